/** The study list's store: pages, questions that overtake each other, and the cursor. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Input, Outputs } from '#shared/contract.ts';
import type { Row } from '#shared/model.ts';
import { maximumPages, pageSize } from '#window/state/row-pages.ts';
import { createStudiesStore } from '#window/state/studies-store.ts';
import { studyKey } from '#window/state/study-id.ts';
import { fakeBridge } from './fake-bridge.ts';
import type { FakeBridge } from './fake-bridge.ts';

const study = (n: number): Row => ({ StudyInstanceUID: `1.${n}`, PatientName: `Name^${n}` });
const chosen = (StudyInstanceUID: string, PatientID = '') => ({ PatientID, StudyInstanceUID });
const stored = (StudyInstanceUID: string) => ({
  PatientID: '',
  StudyInstanceUID,
  SeriesInstanceUID: '1',
  SOPInstanceUID: '1',
  SOPClassUID: '1',
  isNewStudy: true,
});

let archive: Row[];
let bridge: FakeBridge;

const list = ({ offset = 0, limit = 100, text }: Input<'studies.list'>): Outputs['studies.list'] => {
  const found = text ? archive.filter((row) => row.PatientName?.includes(text)) : archive;
  return { total: found.length, rows: found.slice(offset, offset + limit) };
};

const settle = () => vi.advanceTimersByTimeAsync(700);

beforeEach(() => {
  vi.useFakeTimers();
  archive = Array.from({ length: 10_000 }, (_, n) => study(n));
  bridge = fakeBridge({ 'studies.list': list });
  return () => vi.useRealTimers();
});

describe('the study list store', () => {
  it('loads the top at once and other pages as they are shown, each once', async () => {
    const { getState } = createStudiesStore(bridge);
    await settle();
    expect(getState().total).toBe(10_000);
    getState().show(950, 1010);
    getState().show(955, 1015);
    await settle();
    expect([...getState().pages.keys()].toSorted((a, b) => a - b)).toEqual([0, 9, 10]);
    expect(bridge.asked.length).toBe(3);
  });

  it('keeps a bounded number of pages', async () => {
    const { getState } = createStudiesStore(bridge);
    await settle();
    for (let page = 0; page < 90; page++) {
      getState().show(page * pageSize, page * pageSize + 20);
      await settle();
    }
    expect(getState().pages.size).toBeLessThanOrEqual(maximumPages);
    expect(getState().pages.has(89)).toBe(true);
  });

  it('lets no old answer overtake a new question', async () => {
    let slow: ((answer: Outputs['studies.list']) => void) | undefined;
    const late = fakeBridge({
      'studies.list': (input) =>
        input.text === 'slow' ? new Promise((resolve) => (slow = resolve)) : { total: 1, rows: [study(1)] },
    });
    const { getState } = createStudiesStore(late);
    await settle();
    getState().search('slow');
    await settle();
    getState().search('fast');
    await settle();
    slow?.({ total: 7, rows: [study(7)] });
    await settle();
    expect(getState().total).toBe(1);
    expect(getState().isLoading).toBe(false);
  });

  it('knows whether its total is that of the whole archive, whatever has been typed since', async () => {
    const { getState } = createStudiesStore(bridge);
    await settle();
    expect(getState()).toMatchObject({ total: 10_000, isTotalOfAll: true });
    getState().search('nobody');
    expect(getState().isTotalOfAll).toBe(true);
    await settle();
    expect(getState()).toMatchObject({ total: 0, isTotalOfAll: false });
    getState().clear();
    expect(getState()).toMatchObject({ total: 0, isTotalOfAll: false });
    await settle();
    expect(getState()).toMatchObject({ total: 10_000, isTotalOfAll: true });
  });

  it('asks once for letters typed quickly', async () => {
    const { getState } = createStudiesStore(bridge);
    await settle();
    for (const text of ['N', 'Na', 'Nam', 'Name^77']) getState().search(text);
    await settle();
    expect(bridge.asked.slice(1).map(([, input]) => (input as Input<'studies.list'>).text)).toEqual(['Name^77']);
  });

  it('keeps the choice with its study when rows come in above it', async () => {
    const { getState } = createStudiesStore(bridge);
    await settle();
    getState().moveTo(4);
    archive.unshift(study(-1));
    bridge.tell('instance.stored', stored('1.-1'));
    await settle();
    expect(getState()).toMatchObject({ selected: chosen('1.4'), cursor: 5, total: 10_001 });
    expect(getState().fresh.has(studyKey(chosen('1.-1')))).toBe(true);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(getState().fresh.size).toBe(0);
  });

  it('tells two patients apart that share a StudyInstanceUID', async () => {
    archive = ['A', 'B'].map((PatientID) => ({ ...study(1), PatientID }));
    const { getState } = createStudiesStore(bridge);
    await settle();
    getState().moveTo(1);
    archive.unshift({ ...study(1), PatientID: 'C' });
    bridge.tell('instance.stored', { ...stored('1.1'), PatientID: 'C' });
    await settle();
    expect(getState()).toMatchObject({ selected: chosen('1.1', 'B'), cursor: 2 });
    expect([...getState().fresh]).toEqual([studyKey(chosen('1.1', 'C'))]);
  });

  it('chooses a row that has not come yet as soon as it comes', async () => {
    const { getState } = createStudiesStore(bridge);
    await settle();
    getState().moveTo(9_999_999);
    expect(getState()).toMatchObject({ cursor: 9999, selected: undefined });
    getState().show(9980, 9999);
    await settle();
    expect(getState().selected).toEqual(chosen('1.9999'));
  });

  it('refreshes at most twice a second in a flood, and a last time after it', async () => {
    createStudiesStore(bridge);
    await settle();
    const before = bridge.asked.length;
    for (let n = 0; n < 200; n++) {
      bridge.tell('instance.stored', { ...stored('1.5'), isNewStudy: false });
      await vi.advanceTimersByTimeAsync(10);
    }
    await settle();
    const count = bridge.asked.length - before;
    expect(count).toBeGreaterThanOrEqual(4);
    expect(count).toBeLessThanOrEqual(6);
  });

  it('keeps its rows when a refresh fails, tells, and asks again when the line is back', async () => {
    let isDown = false;
    const shaky = fakeBridge({
      'studies.list': (input) => {
        if (isDown) throw new Error('down');
        return list(input);
      },
    });
    const { getState } = createStudiesStore(shaky);
    await settle();
    isDown = true;
    getState().refresh();
    await settle();
    expect(getState()).toMatchObject({ total: 10_000, error: { code: 'internal' } });
    isDown = false;
    shaky.connect('connected');
    await settle();
    expect(getState().error).toBeUndefined();
  });

  it('picks studies out one by one and in ranges, also of rows that have not come', async () => {
    const { getState } = createStudiesStore(bridge);
    await settle();
    const marked = () => [...getState().marks.values()].map(({ StudyInstanceUID }) => StudyInstanceUID);
    getState().mark(3);
    getState().mark(5);
    getState().mark(3);
    expect(marked()).toEqual(['1.5']);
    getState().moveTo(7);
    await getState().markTo(9);
    expect(marked()).toEqual(['1.5', '1.7', '1.8', '1.9']);
    getState().moveTo(95);
    await getState().markTo(204);
    expect(getState().marks.size).toBe(4 + 110);
    expect(getState().cursor).toBe(204);
    getState().clearMarks();
    expect(marked()).toEqual([]);
  });

  it('picks out no more than can be sent at once, and keeps what is picked whatever the list shows', async () => {
    const { getState } = createStudiesStore(bridge);
    await settle();
    getState().moveTo(0);
    await getState().markTo(9999);
    expect(getState().marks.size).toBe(1000);
    getState().search('Name^42');
    await settle();
    expect(getState().marks.size).toBe(1000);
  });
});
