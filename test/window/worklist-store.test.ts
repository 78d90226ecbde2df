/** The store of the worklist: days and weeks, questions that overtake each other, midnight, and the form's fields. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Input } from '#shared/contract.ts';
import { inputs } from '#shared/contract.ts';
import { PacsError } from '#shared/errors.ts';
import type { WorklistItem } from '#shared/model.ts';
import { addDays, dayOfIso, isoDay, weekOf } from '#window/state/dicom-day.ts';
import { createWorklistStore } from '#window/state/worklist-store.ts';
import {
  draftLike,
  draftOfItem,
  draftOfStudy,
  emptyDraft,
  faultsOfDraft,
  itemOfDraft,
} from '#window/state/worklist-fields.ts';
import { madeItem } from '../app/support/made-clinic.ts';
import { fakeBridge } from './fake-bridge.ts';
import type { FakeBridge } from './fake-bridge.ts';

let items: WorklistItem[];
let bridge: FakeBridge;
const settle = () => vi.advanceTimersByTimeAsync(1200);
const questions = () =>
  bridge.asked.filter(([name]) => name === 'worklist.list').map(([, input]) => input as Input<'worklist.list'>);

beforeEach(() => {
  vi.useFakeTimers({ now: new Date(2026, 10, 21, 12) });
  items = [madeItem({ id: '1', PatientName: 'Berg^Jonas' })];
  bridge = fakeBridge({
    'worklist.list': () => items,
    'worklist.save': ({ id, item }) => {
      if (item.AccessionNumber === 'TWICE') throw new PacsError('bad-request', 'It is there already.');
      items = [...items, madeItem({ id: id ?? '2', PatientName: item.PatientName })];
      return { id: id ?? '2' };
    },
    'worklist.status': () => undefined,
  });
  return () => vi.useRealTimers();
});

describe('the worklist store', () => {
  it('begins with today, steps by day and by week', async () => {
    const { getState } = createWorklistStore(bridge);
    await settle();
    expect(questions()).toEqual([{ from: '20261121', to: '20261121' }]);
    getState().step(1);
    expect(questions().at(-1)).toEqual({ from: '20261122', to: '20261122' });
    getState().filter({ span: 'week', day: '20261121' });
    expect(questions().at(-1)).toEqual({ from: '20261116', to: '20261122' });
    getState().step(-1);
    expect(questions().at(-1)).toEqual({ from: '20261109', to: '20261115' });
  });

  it('asks for a device, a part and words, the words once they rest', async () => {
    const { getState } = createWorklistStore(bridge);
    await settle();
    getState().filter({ station: 'PANO', part: 'open' });
    for (const text of ['b', 'be', 'ber ']) getState().filter({ text });
    await settle();
    expect(questions().slice(1)).toEqual([
      {
        from: '20261121',
        to: '20261121',
        ScheduledStationAETitle: 'PANO',
        status: ['scheduled', 'arrived', 'in progress'],
      },
      {
        from: '20261121',
        to: '20261121',
        ScheduledStationAETitle: 'PANO',
        status: ['scheduled', 'arrived', 'in progress'],
        text: 'ber',
      },
    ]);
  });

  it('lets no old answer overtake a new question', async () => {
    let slow: ((answer: WorklistItem[]) => void) | undefined;
    const late = fakeBridge({
      'worklist.list': ({ from }) => (from === '20261122' ? new Promise((resolve) => (slow = resolve)) : items),
    });
    const { getState } = createWorklistStore(late);
    await settle();
    getState().step(1);
    getState().step(1);
    await settle();
    slow?.([]);
    await settle();
    expect(getState()).toMatchObject({ day: '20261123', isLoading: false, items: [{ id: '1' }] });
  });

  it('goes on to the new day at midnight, but stays on a day that was chosen', async () => {
    vi.setSystemTime(new Date(2026, 10, 21, 23, 59, 50));
    const [following, staying] = [createWorklistStore(bridge), createWorklistStore(bridge)];
    staying.getState().filter({ day: '20261224' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(following.getState()).toMatchObject({ today: '20261122', day: '20261122' });
    expect(staying.getState()).toMatchObject({ today: '20261122', day: '20261224' });
  });

  it('closes the form and chooses the item when it is saved, and keeps it open when it is not', async () => {
    const { getState } = createWorklistStore(bridge);
    await settle();
    const draft = { ...emptyDraft('20261121'), family: 'Okafor', given: 'Grace', PatientID: 'P', Modality: 'PX' };
    getState().edit(draft);
    expect(await getState().save({ ...draft, AccessionNumber: 'TWICE' })).toMatchObject({ code: 'bad-request' });
    expect(getState().draft).toBe(draft);
    expect(await getState().save(draft)).toBeUndefined();
    expect(getState()).toMatchObject({ draft: undefined, chosen: '2' });
    expect(getState().items?.map(({ PatientName }) => PatientName)).toContain('Okafor^Grace');
  });

  it('asks again when told, also after the line was lost', async () => {
    const { getState } = createWorklistStore(bridge);
    await settle();
    items = [];
    bridge.tell('worklist.changed', {});
    await settle();
    expect(getState().items).toEqual([]);
    const before = questions().length;
    bridge.connect('connected');
    await settle();
    expect(questions().length).toBe(before + 1);
  });
});

describe('the fields of a worklist item', () => {
  const item = madeItem({
    id: '7',
    PatientName: 'Yamada^Tarou^M^Dr.=山田^太郎=やまだ^たろう',
    PatientID: 'P-1',
    PatientSex: 'M',
    Modality: 'CT',
    AccessionNumber: 'A1',
    ReferringPhysicianName: 'Weber^Eva^^Dr.',
    ScheduledProcedureStepStartDate: '20261121',
    ScheduledProcedureStepStartTime: '093000',
  });

  it('come back as they were, with the parts of names that the form does not show', () => {
    const back = itemOfDraft(draftOfItem(item));
    for (const [key, value] of Object.entries(back))
      expect([key, item[key as keyof WorklistItem]]).toEqual([key, value]);
    expect(inputs['worklist.save'].parse({ id: '7', item: back }).item).toEqual(back);
  });

  it('change only the part of a name that was typed', () => {
    const draft = { ...draftOfItem(item), family: 'Yamamoto', referring: 'Weber, Ewa' };
    expect(itemOfDraft(draft)).toMatchObject({
      PatientName: 'Yamamoto^Tarou^M^Dr.=山田^太郎=やまだ^たろう',
      ReferringPhysicianName: 'Weber^Ewa^^Dr.',
    });
  });

  it('let nobody type the signs that structure a name', () =>
    expect(itemOfDraft({ ...emptyDraft('20261121'), family: 'A^B=C\\D', given: '  E ' }).PatientName).toBe(
      'A B C D^E',
    ));

  it('of another step of the same have no time and no accession number', () => {
    const again = draftLike(item, '20261201');
    expect(again).toMatchObject({ id: undefined, AccessionNumber: '', ScheduledProcedureStepStartTime: '' });
    expect(again).toMatchObject({ ScheduledProcedureStepStartDate: '20261201', PatientID: 'P-1', Modality: 'CT' });
  });

  it('come from a study', () =>
    expect(
      draftOfStudy(
        {
          PatientName: 'Berg^Jonas',
          PatientID: 'P',
          PatientBirthDate: '2011',
          ModalitiesInStudy: 'CT\\PX',
          StudyDescription: 'CBCT',
        },
        '20261121',
      ),
    ).toMatchObject({
      family: 'Berg',
      given: 'Jonas',
      PatientBirthDate: '',
      Modality: 'CT',
      RequestedProcedureDescription: 'CBCT',
    }));

  it('that were left empty are what the archive takes', () => {
    const draft = { ...emptyDraft('20261121'), family: 'Berg', PatientID: '1', Modality: 'US' };
    const { item: taken } = inputs['worklist.save'].parse({ item: itemOfDraft(draft) });
    expect(taken).toMatchObject({ PatientName: 'Berg', ScheduledProcedureStepStartTime: '', PatientBirthDate: '' });
  });

  it('say what is missing', () => {
    expect([...faultsOfDraft(emptyDraft(''))]).toEqual(['name', 'PatientID', 'Modality', 'day']);
    const full = { ...emptyDraft('20261121'), given: 'Cher', PatientID: '1', Modality: 'US' };
    expect(faultsOfDraft(full).size).toBe(0);
  });
});

describe('days', () => {
  it('count on over months, years and the change of summer time', () => {
    expect(addDays('20261231', 1)).toBe('20270101');
    expect(addDays('20280228', 1)).toBe('20280229');
    expect(addDays('20261025', 1)).toBe('20261026');
    expect(addDays('20260329', -1)).toBe('20260328');
  });

  it('lie in weeks from Monday to Sunday', () => {
    expect(weekOf('20261122')).toEqual(['20261116', '20261122']);
    expect(weekOf('20261116')).toEqual(['20261116', '20261122']);
  });

  it('are what date pickers take', () => {
    expect([isoDay('20261121'), isoDay('')]).toEqual(['2026-11-21', null]);
    expect([dayOfIso('2026-11-21'), dayOfIso(null)]).toEqual(['20261121', '']);
  });
});
