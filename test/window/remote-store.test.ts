/** The store that asks another node: the question, the answers, what is here, and what is fetched. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Input, RemoteRow } from '#shared/contract.ts';
import { PacsError } from '#shared/errors.ts';
import { createRemoteStore, itemKey } from '#window/state/remote-store.ts';
import { createPatientSearchStore } from '#window/state/patient-search-store.ts';
import { createSendStore } from '#window/state/send-store.ts';
import { fakeBridge } from './fake-bridge.ts';
import type { FakeBridge } from './fake-bridge.ts';

const uid = (n: number) => `1.2.826.0.1.3680043.10.999.${'7'.repeat(28)}.${n}`;
const study = (n: number, StudyDate: string): RemoteRow => ({
  StudyInstanceUID: uid(n),
  StudyDate,
  PatientName: 'A^B',
});

let answers: RemoteRow[];
let bridge: FakeBridge;
const settle = () => vi.advanceTimersByTimeAsync(3000);
const asked = (wanted: string) => bridge.asked.filter(([name]) => name === wanted).map(([, input]) => input);

beforeEach(() => {
  vi.useFakeTimers({ now: new Date(2026, 10, 21, 12) });
  answers = [study(1, '20260101'), study(2, '20261101'), { StudyDate: '20260505' }, study(2, '20261101'), study(3, '')];
  bridge = fakeBridge({
    'remote.find': ({ name, level }) => {
      if (name === 'Down') throw new PacsError('busy', 'Nothing answers.');
      if (level === 'STUDY') return { rows: answers, isCut: true };
      return {
        rows: [
          { SeriesInstanceUID: 's10', SeriesNumber: '10' },
          { SeriesInstanceUID: 's2', SeriesNumber: '2' },
        ],
        isCut: false,
      };
    },
    'remote.retrieve': ({ level }) => ({ jobId: `job of ${level}` }),
    'studies.list': ({ filters }) => {
      const wanted = filters?.StudyInstanceUID?.split('\\') ?? [];
      const rows = wanted.includes(uid(2)) ? [{ StudyInstanceUID: uid(2), NumberOfStudyRelatedInstances: '18' }] : [];
      return { total: rows.length, rows };
    },
  });
  return () => vi.useRealTimers();
});

async function asking(typed: Readonly<Record<string, string>> = { PatientName: 'Nov' }) {
  const { getState } = createRemoteStore(bridge);
  getState().choose('PACS');
  for (const [field, text] of Object.entries(typed)) getState().type(field as 'PatientName', text);
  await getState().ask();
  return getState;
}

describe('asking another node', () => {
  it('sends what was typed as DICOM writes it, and asks for what is shown', async () => {
    await asking({ PatientName: 'Müller, An', StudyDate: '2026', ModalitiesInStudy: 'ct', PatientID: ' P-1 ' });
    const [{ keys, ...rest }] = asked('remote.find') as [Input<'remote.find'>];
    expect(rest).toEqual({ name: 'PACS', level: 'STUDY', limit: 500 });
    expect(keys).toMatchObject({
      PatientName: 'Müller*An*',
      StudyDate: '20260101-20261231',
      ModalitiesInStudy: 'CT',
      PatientID: 'P-1',
      StudyInstanceUID: '',
      NumberOfStudyRelatedInstances: '',
    });
  });

  it('asks neither for everything nor for a date that is none', async () => {
    expect((await asking({}))()).toMatchObject({ isTooWide: true });
    const unclear = await asking({ PatientBirthDate: 'soon' });
    expect([...unclear().unclear]).toEqual(['PatientBirthDate']);
    expect(asked('remote.find')).toEqual([]);
  });

  it('shows each study once, the latest first, and marks those that are here', async () => {
    const getState = await asking();
    await settle();
    expect(getState().answers?.map((row) => row['StudyInstanceUID'])).toEqual([uid(2), uid(1), uid(3)]);
    expect(getState().isCut).toBe(true);
    expect([...getState().here]).toEqual([[uid(2), 18]]);
    for (const input of asked('studies.list') as Input<'studies.list'>[])
      expect(input.filters?.StudyInstanceUID?.length).toBeLessThanOrEqual(6500);
  });

  it('looks again for what is here when an image of the answers comes', async () => {
    await asking();
    await settle();
    const before = asked('studies.list').length;
    const stored = { PatientID: '', SeriesInstanceUID: '1', SOPInstanceUID: '1', SOPClassUID: '1', isNewStudy: true };
    bridge.tell('instance.stored', { ...stored, StudyInstanceUID: '9.9' });
    await settle();
    expect(asked('studies.list').length).toBe(before);
    bridge.tell('instance.stored', { ...stored, StudyInstanceUID: uid(1) });
    await settle();
    expect(asked('studies.list').length).toBeGreaterThan(before);
  });

  it('opens a study to its series in their order, and closes it', async () => {
    const getState = await asking();
    await getState().toggle(uid(1));
    expect(
      getState()
        .series.get(uid(1))
        ?.rows?.map((row) => row['SeriesInstanceUID']),
    ).toEqual(['s2', 's10']);
    await getState().toggle(uid(1));
    expect(getState().series.size).toBe(0);
  });

  it('fetches studies and series by their level; a series of a chosen study comes with it', async () => {
    const getState = await asking();
    const items = [{ StudyInstanceUID: uid(1) }, { StudyInstanceUID: uid(1), SeriesInstanceUID: 's2' }];
    for (const item of [...items, { StudyInstanceUID: uid(2), SeriesInstanceUID: 's9' }]) getState().mark(item);
    expect(await getState().fetch()).toEqual({ jobIds: ['job of STUDY', 'job of SERIES'] });
    expect(asked('remote.retrieve')).toEqual([
      { name: 'PACS', level: 'STUDY', items: [{ StudyInstanceUID: uid(1) }] },
      { name: 'PACS', level: 'SERIES', items: [{ StudyInstanceUID: uid(2), SeriesInstanceUID: 's9' }] },
    ]);
    expect(getState().marked.size).toBe(0);
  });

  it('puts a chosen thing back', async () => {
    const getState = await asking();
    getState().mark({ StudyInstanceUID: uid(1) });
    expect([...getState().marked.keys()]).toEqual([itemKey({ StudyInstanceUID: uid(1) })]);
    getState().mark({ StudyInstanceUID: uid(1) });
    expect(getState().marked.size).toBe(0);
  });

  it('tells why a node could not be asked, and fetches from the node that answered', async () => {
    const getState = await asking();
    getState().choose('Down');
    getState().mark({ StudyInstanceUID: uid(1) });
    await getState().fetch();
    expect(asked('remote.retrieve')).toMatchObject([{ name: 'PACS' }]);
    await getState().ask();
    expect(getState()).toMatchObject({ error: { code: 'busy' }, answers: undefined, isAsking: false });
  });
});

describe('sending', () => {
  it('closes when the job is on its way, and stays open with the error when there is none', async () => {
    let isDown = true;
    const store = createSendStore(
      fakeBridge({
        'remote.send': () => {
          if (isDown) throw new PacsError('not-found', 'There is no device "X".');
          return { jobId: '1' };
        },
      }),
    );
    const scopes = [{ PatientID: 'P', StudyInstanceUID: '1.2' }];
    store.getState().open({ kind: 'studies', scopes });
    store.getState().choose({ node: 'X', commit: true });
    expect(await store.getState().send()).toMatchObject({ error: { code: 'not-found' } });
    expect(store.getState().subject).toBeDefined();
    isDown = false;
    expect(await store.getState().send()).toEqual({ jobId: '1' });
    expect(store.getState()).toMatchObject({ subject: undefined, node: 'X', commit: true });
  });
});

describe('the search for known patients', () => {
  it('offers each patient once, by the latest study, and nothing for one letter', async () => {
    const rows = [
      { PatientName: 'Berg^Jonas', PatientID: '1', PatientBirthDate: '20110819' },
      { PatientName: 'Berg^Ida', PatientID: '2' },
      { PatientName: 'Berg^Jonas', PatientID: '1', PatientBirthDate: '' },
    ];
    const { getState } = createPatientSearchStore(fakeBridge({ 'studies.list': () => ({ total: 3, rows }) }));
    getState().ask('b');
    await settle();
    expect(getState().patients).toEqual([]);
    getState().ask('berg');
    await settle();
    expect(getState().patients).toEqual([rows[0], rows[1]]);
    getState().ask('');
    expect(getState().patients).toEqual([]);
  });
});
