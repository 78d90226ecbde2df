/** The worklist query: every kind of matching of PS3.4 C.2.2.2 and K.6.1.2, what is answered, and how fast. */
import { describe, expect, it } from 'vitest';
import type { DicomJson } from '#main/dicom/dicom-json.ts';
import { items, text } from '#main/dicom/data-set-values.ts';
import { dataSetTest, hasUnsupportedKey } from '#main/dicom/match-data-set.ts';
import { matchesWildcard } from '#main/dicom/match-wildcard.ts';
import { ItemsIndex } from '#main/worklist/items-index.ts';
import { findSteps } from '#main/worklist/find-steps.ts';
import { tags } from '#main/worklist/tags.ts';
import { dataSet, openTestWorklist, order, query } from './support.ts';

const options = { CaseSensitivePN: false, StrictAetComparison: false };
const matches = (asked: DicomJson, kept: DicomJson, more = {}): boolean =>
  dataSetTest(asked, { ...options, ...more })(kept);
const stepIds = (answers: readonly DicomJson[]): readonly string[] =>
  answers.map((answer) => text(items(answer, tags.ScheduledProcedureStepSequence)[0]!, tags.ScheduledProcedureStepID));

describe('one key', () => {
  it.each([
    ['PatientName', 'Müller^Jürgen', 'MULLER^JURGEN', true],
    ['PatientName', 'Müller^Jürgen', 'muller*', true],
    ['PatientName', 'Müller^Jürgen', '*jurgen', true],
    ['PatientName', 'Müller^Jürgen', 'müller', false],
    ['PatientName', 'Smith', 'Smith^*', true],
    ['PatientName', 'Smithson^Ann', 'Smith^*', false],
    ['PatientName', 'Smith^Ann', 'Sm?th^*', true],
    ['PatientName', 'Yamada^Tarou=山田^太郎=やまだ^たろう', '山田*', true],
    ['PatientName', 'Yamada^Tarou=山田^太郎=やまだ^たろう', 'yamada^tarou', true],
    ['PatientName', 'Yamada^Tarou=山田^太郎', 'Yamada^*=山田^*', true],
    ['PatientName', 'Yamada^Tarou=山田^太郎', 'Yamada^*=鈴木^*', false],
    ['PatientName', '', 'Smith', false],
    ['PatientName', 'Smith', '*', true],
    ['PatientID', 'AB-12', 'ab-12', true],
    ['PatientID', 'AB-12', 'AB', false],
    ['PatientID', 'AB-12', 'AB*', true],
    ['PatientID', 'AB-12', 'AB-1?', true],
    ['PatientBirthDate', '19700131', '19700131', true],
    ['PatientBirthDate', '1970.01.31', '19700131', true],
    ['PatientBirthDate', '19700131', '19700101-19701231', true],
    ['PatientBirthDate', '19700131', '-19691231', false],
    ['PatientBirthDate', '19700131', '19700131-', true],
    ['PatientBirthDate', '', '19000101-', false],
    ['StudyInstanceUID', '1.2.3', '1.2.3', true],
    ['StudyInstanceUID', '1.2.3', '1.2', false],
    ['StudyInstanceUID', '1.2.3', '9.9\\1.2.3', true],
    ['PatientSex', 'F', 'F', true],
    ['PatientSex', 'F', 'M', false],
    ['StudyTime', '103000', '10', true],
    ['StudyTime', '103000.5', '1000-1030', true],
    ['StudyTime', '10:30:00', '1031-', false],
    ['Rows', '512', '512', true],
    ['PatientWeight', '70', '70.0', true],
  ])('%s %j by %j: %s', (keyword, kept, asked, expected) => {
    expect(matches(dataSet({ [keyword]: asked }), dataSet({ [keyword]: kept }))).toBe(expected);
  });

  it('matches names with regard to case and accents where the settings say so', () => {
    const name = dataSet({ PatientName: 'Müller^Jürgen' });
    const strict = { CaseSensitivePN: true };
    expect(matches(dataSet({ PatientName: 'Müller^*' }), name, strict)).toBe(true);
    expect(matches(dataSet({ PatientName: 'MÜLLER^*' }), name, strict)).toBe(false);
    expect(matches(dataSet({ PatientName: 'Muller^Jurgen' }), name, strict)).toBe(false);
  });

  it('matches AE titles with regard to case only where the settings say so', () => {
    const kept = dataSet({ ScheduledStationAETitle: 'us1\\US2' });
    expect(matches(dataSet({ ScheduledStationAETitle: 'US1' }), kept)).toBe(true);
    expect(matches(dataSet({ ScheduledStationAETitle: 'US1' }), kept, { StrictAetComparison: true })).toBe(false);
    expect(matches(dataSet({ ScheduledStationAETitle: 'US2' }), kept, { StrictAetComparison: true })).toBe(true);
  });

  it('does not regard private keys and bytes, and says so', () => {
    const asked: DicomJson = { '00091001': { vr: 'LO', Value: ['x'] }, '00100020': { vr: 'LO', Value: ['1'] } };
    expect(matches(asked, dataSet({ PatientID: '1' }))).toBe(true);
    expect(hasUnsupportedKey(asked)).toBe(true);
    expect(hasUnsupportedKey({ '00091001': { vr: 'LO' } })).toBe(false);
  });

  it.each([
    ['a date', dataSet({ PatientBirthDate: 'yesterday' })],
    ['a range', dataSet({ PatientBirthDate: '2026-11-21' })],
    ['a time', dataSet({ StudyTime: '25 h' })],
    ['a list without end', dataSet({ PatientID: Array.from({ length: 3000 }, (_, at) => `${at}`).join('\\') })],
    ['two items', dataSet({ ScheduledProcedureStepSequence: [{ Modality: 'US' }, { Modality: 'PX' }] })],
  ])('refuses %s of no form', (_what, asked) => {
    expect(() => dataSetTest(asked, options)).toThrow(expect.objectContaining({ code: 'bad-request' }));
  });

  it('comes to an end for a hostile pattern', () => {
    expect(matchesWildcard(`${'*a'.repeat(2000)}b`, 'a'.repeat(10_000))).toBe(false);
  });
});

describe('the window of a start', () => {
  const at = (date: string, time: string) =>
    order({ ScheduledProcedureStepStartDate: date, ScheduledProcedureStepStartTime: time });
  const asked = query({
    ScheduledProcedureStepStartDate: '20260705-20260707',
    ScheduledProcedureStepStartTime: '1000-1800',
  });

  it.each([
    ['20260705', '0900', false],
    ['20260705', '1000', true],
    ['20260706', '0300', true],
    ['20260707', '180000', true],
    ['20260707', '1801', false],
    ['20260708', '1200', false],
    ['20260706', '', true],
  ])('of %s %s: %s', (date, time, expected) => {
    expect(matches(asked, at(date, time))).toBe(expected);
  });

  it('is one of days and of hours where only one of them is a range', () => {
    const hours = query({ ScheduledProcedureStepStartDate: '20260706', ScheduledProcedureStepStartTime: '1000-1800' });
    expect(matches(hours, at('20260706', '0300'))).toBe(false);
    expect(matches(hours, at('20260706', '1100'))).toBe(true);
  });
});

describe('the answers', () => {
  it('hold what was asked for and nothing else, empty where it is not known', async () => {
    const { worklist } = await openTestWorklist();
    await worklist.saveDataSet(order({}, { MedicalAlerts: 'Latex' }), {});
    const asked = {
      ...query({ Modality: '', CommentsOnTheScheduledProcedureStep: '' }, { PatientComments: '', MedicalAlerts: '' }),
      '00090010': { vr: 'LO' },
      '00080005': { vr: 'CS', Value: ['ISO_IR 100'] },
    };
    const [answer] = await worklist.find(asked, 'US1');
    expect(answer).toEqual({
      ...dataSet({
        PatientName: 'Roth^Anna',
        PatientID: 'P-1',
        PatientComments: '',
        MedicalAlerts: 'Latex',
        ScheduledProcedureStepSequence: [
          { ScheduledProcedureStepID: 'S1', Modality: 'US', CommentsOnTheScheduledProcedureStep: '' },
        ],
      }),
      '00090010': { vr: 'LO' },
    });
  });

  it('hold a sequence whole that was asked for without keys', async () => {
    const { worklist } = await openTestWorklist();
    await worklist.saveDataSet(
      order({}, { RequestedProcedureCodeSequence: [{ CodeValue: '1', CodeMeaning: 'x' }] }),
      {},
    );
    const asked = dataSet({
      RequestedProcedureCodeSequence: [],
      ReferencedStudySequence: [],
      ScheduledProcedureStepSequence: [{}],
    });
    const [answer] = await worklist.find(asked, 'US1');
    expect(text(items(answer!, '00321064')[0]!, '00080104')).toBe('x');
    expect(answer!['00081110']).toEqual({ vr: 'SQ' });
    expect(text(items(answer!, tags.ScheduledProcedureStepSequence)[0]!, tags.Modality)).toBe('US');
  });

  it('are one a step, in the order of their start, without the done ones', async () => {
    const { worklist } = await openTestWorklist();
    const two = order({ ScheduledProcedureStepID: 'late', ScheduledProcedureStepStartTime: '1200' });
    two[tags.ScheduledProcedureStepSequence] = {
      vr: 'SQ',
      Value: [
        ...items(two, tags.ScheduledProcedureStepSequence),
        ...items(
          order({ ScheduledProcedureStepID: 'early', ScheduledProcedureStepStartTime: '0700' }),
          tags.ScheduledProcedureStepSequence,
        ),
      ],
    };
    await worklist.saveDataSet(two, {});
    await worklist.saveDataSet(order({ ScheduledProcedureStepID: 'middle' }), {});
    const done = await worklist.saveDataSet(order({ ScheduledProcedureStepID: 'done' }), {});
    await worklist.setStatus(done, 'completed');
    expect(stepIds(await worklist.find(query(), 'US1'))).toEqual(['early', 'middle', 'late']);
    expect(stepIds(await worklist.find(query({ ScheduledProcedureStepStartTime: '1200' }), 'US1'))).toEqual(['late']);
  });

  it('are at most as many as are wanted', async () => {
    const { worklist } = await openTestWorklist();
    for (const id of ['1', '2', '3']) await worklist.saveDataSet(order({ ScheduledProcedureStepID: id }), {});
    expect(await worklist.find(query(), 'US1', { limit: 2 })).toHaveLength(2);
  });

  it('are for the station that is asked for, or for any where the item names none', async () => {
    const { worklist } = await openTestWorklist();
    await worklist.saveDataSet(order({ ScheduledProcedureStepID: 'US1' }), {});
    await worklist.saveDataSet(order({ ScheduledProcedureStepID: 'both', ScheduledStationAETitle: 'US1\\US2' }), {});
    await worklist.saveDataSet(order({ ScheduledProcedureStepID: 'any', ScheduledStationAETitle: '' }), {});
    const ask = (AET: string) => worklist.find(query({ ScheduledStationAETitle: AET }), 'SCU');
    expect(stepIds(await ask('US1'))).toEqual(['US1', 'both', 'any']);
    expect(stepIds(await ask('us2'))).toEqual(['both', 'any']);
    expect(stepIds(await ask('US*'))).toEqual(['US1', 'both', 'any']);
    expect(stepIds(await ask(''))).toEqual(['US1', 'both', 'any']);
    const [, anywhere] = await ask('US2');
    const step = items(anywhere!, tags.ScheduledProcedureStepSequence)[0]!;
    expect(text(step, tags.ScheduledStationAETitle)).toBe('US2');
  });

  it("are the caller's own with FilterIssuerAet, whatever it asks for", async () => {
    const { worklist } = await openTestWorklist({ Worklists: { FilterIssuerAet: true } });
    await worklist.saveDataSet(order({ ScheduledProcedureStepID: 'US1' }), {});
    await worklist.saveDataSet(order({ ScheduledProcedureStepID: 'US2', ScheduledStationAETitle: 'US2' }), {});
    await worklist.saveDataSet(order({ ScheduledProcedureStepID: 'any', ScheduledStationAETitle: '' }), {});
    expect(stepIds(await worklist.find(query({ ScheduledStationAETitle: 'US1' }), 'US2'))).toEqual(['US2', 'any']);
    expect(stepIds(await worklist.find(query(), 'us1'))).toEqual(['US1', 'any']);
    expect(await worklist.find(dataSet({ PatientName: '' }), 'US1')).toHaveLength(2);
    expect(stepIds(await worklist.find(query(), 'U*'))).toEqual(['any']);
  });
});

describe('many items', () => {
  const index = new ItemsIndex();
  const days = Array.from({ length: 50 }, (_, day) => `202611${String(1 + (day % 30)).padStart(2, '0')}`);
  for (let number = 0; number < 10_000; number++)
    index.put({
      id: `item-${number}`,
      source: 'rest',
      status: 'scheduled',
      file: null,
      stamp: null,
      createdAt: '',
      changedAt: '',
      doneAt: null,
      imageAt: null,
      dataSet: order(
        {
          ScheduledProcedureStepStartDate: days[number % 50]!,
          ScheduledStationAETitle: `US${number % 20}`,
          ScheduledProcedureStepID: `S${number}`,
        },
        { PatientName: `Muster${number}^Jörg`, PatientID: `P-${number}`, StudyInstanceUID: `1.2.${number}` },
      ),
    });
  const find = { ...options, FilterIssuerAet: false, limit: Infinity };

  it.each([
    ['day and station', query({ ScheduledProcedureStepStartDate: '20261107', ScheduledStationAETitle: 'US6' }), 200],
    ['a week', query({ ScheduledProcedureStepStartDate: '20261101-20261107', Modality: 'US' }), 2800],
    ['a name', query({}, { PatientName: 'muster77^jorg' }), 1],
    ['a part of a name', query({}, { PatientName: '*er12*' }), 111],
  ])('are asked by %s', async (_what, asked, expected) => {
    expect(await findSteps(index, asked, 'US1', find)).toHaveLength(expected);
  });

  it.each([
    ['a day', { from: '20261107', to: '20261107' }, 400],
    ['a week', { from: '20261101', to: '20261107' }, 2800],
    ['days to come', { from: '20261130' }, 200],
    ['a station', { station: 'US6' }, 500],
    ['a day and a station, the day being fewer', { from: '20261107', to: '20261107', station: 'US6' }, 400],
    ['a year and a station, the station being fewer', { from: '20260101', to: '20261231', station: 'US6' }, 500],
    ['a station that is not there', { station: 'NOBODY' }, 0],
    ['nothing', {}, 10_000],
  ])('by %s are looked at only where they may match', (_what, narrowing, expected) => {
    expect([...index.open(narrowing)]).toHaveLength(expected);
  });

  it('end with their caller', async () => {
    expect(await findSteps(index, query(), 'US1', { ...find, signal: AbortSignal.abort() })).toEqual([]);
  });
});
