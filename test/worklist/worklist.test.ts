/** Worklist items on a real file: made in the window, over REST, kept, changed, done, removed. */
import { describe, expect, it, vi } from 'vitest';
import { text } from '#main/dicom/data-set-values.ts';
import { tags } from '#main/worklist/tags.ts';
import { until } from '../dimse/support.ts';
import { dataSet, fields, openTestWorklist, order, query, testFolder } from './support.ts';

describe('items of the window', () => {
  it('get the identifiers that a device needs', async () => {
    const { worklist } = await openTestWorklist();
    const id = await worklist.save(fields());
    const { item } = (await worklist.get(id))!;
    expect(item).toMatchObject({ status: 'scheduled', source: 'window', PatientName: 'Roth^Anna', Modality: 'US' });
    expect(item.StudyInstanceUID).toMatch(/^2\.25\.[0-9]{10,39}$/);
    expect(item.AccessionNumber).toMatch(/^[0-9]{16}$/);
    expect(item.RequestedProcedureID).toMatch(/^P[0-9]{15}$/);
    expect(item.ScheduledProcedureStepID).toMatch(/^S[0-9]{15}$/);
  });

  it('keep them when they are changed, and what other attributes they have', async () => {
    const { worklist } = await openTestWorklist();
    const id = await worklist.saveDataSet({ ...order({}, { MedicalAlerts: 'Latex' }) }, {});
    await worklist.save(fields({ PatientName: 'Roth^Anne', AccessionNumber: '' }), id);
    const { item, dataSet: whole } = (await worklist.get(id))!;
    expect(item).toMatchObject({
      PatientName: 'Roth^Anne',
      AccessionNumber: 'A1',
      StudyInstanceUID: '1.2.3.1',
      source: 'rest',
    });
    expect(text(whole, '00102000')).toBe('Latex');
  });

  it('are there again after a restart', async () => {
    const folder = await testFolder();
    const first = await openTestWorklist({}, folder);
    const id = await first.worklist.save(fields({ PatientName: 'Müller^Jürgen=山田^太郎' }));
    await first.worklist.setStatus(id, 'arrived');
    const before = await first.worklist.get(id);
    await first.close();
    const second = await openTestWorklist({}, folder);
    expect(await second.worklist.get(id)).toEqual(before);
  });

  it('are listed by day, device, status and text, in the order of their start', async () => {
    const { worklist } = await openTestWorklist();
    const late = await worklist.save(fields({ ScheduledProcedureStepStartTime: '1500', PatientName: 'Günther^Paul' }));
    const early = await worklist.save(fields());
    const other = await worklist.save(
      fields({ ScheduledProcedureStepStartDate: '20261201', ScheduledStationAETitle: 'PX1' }),
    );
    await worklist.setStatus(late, 'completed');
    const ids = async (filter: Parameters<typeof worklist.list>[0]) =>
      (await worklist.list(filter)).map(({ id }) => id);
    expect(await ids({})).toEqual([early, late, other]);
    expect(await ids({ from: '20261121', to: '20261121' })).toEqual([early, late]);
    expect(await ids({ from: '20261122' })).toEqual([other]);
    expect(await ids({ ScheduledStationAETitle: 'PX1' })).toEqual([other]);
    expect(await ids({ status: ['completed'] })).toEqual([late]);
    expect(await ids({ text: 'paul gunther' })).toEqual([late]);
    expect(await ids({ text: 'nobody' })).toEqual([]);
  });

  it('tell that something changed', async () => {
    const { worklist } = await openTestWorklist();
    const heard = vi.fn();
    worklist.events.on('worklist.changed', heard);
    await Promise.all([worklist.save(fields()), worklist.save(fields()), worklist.save(fields())]);
    await until(() => heard.mock.calls.length > 0);
    expect(heard).toHaveBeenCalledOnce();
  });

  it('are removed; one that is not there is not found', async () => {
    const { worklist } = await openTestWorklist();
    const id = await worklist.save(fields());
    await worklist.remove(id);
    expect(await worklist.get(id)).toBeUndefined();
    await expect(worklist.remove(id)).rejects.toMatchObject({ code: 'not-found' });
    await expect(worklist.setStatus(id, 'arrived')).rejects.toMatchObject({ code: 'not-found' });
    await expect(worklist.save(fields(), id)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('get accession numbers that no other has', async () => {
    const { worklist } = await openTestWorklist();
    await Promise.all(Array.from({ length: 200 }, () => worklist.save(fields())));
    const numbers = (await worklist.list({})).map(({ AccessionNumber }) => AccessionNumber);
    expect(new Set(numbers).size).toBe(200);
  });
});

describe('items as data sets', () => {
  it('need a modality and a day, unless forced', async () => {
    const { worklist } = await openTestWorklist();
    const bad = { code: 'bad-request' };
    await expect(worklist.saveDataSet(dataSet({ PatientID: '1' }), {})).rejects.toMatchObject(bad);
    await expect(worklist.saveDataSet(order({ Modality: '' }), {})).rejects.toMatchObject(bad);
    await expect(worklist.saveDataSet(order({ ScheduledProcedureStepStartDate: '' }), {})).rejects.toMatchObject(bad);
    const id = await worklist.saveDataSet(dataSet({ PatientID: '1' }), { force: true });
    expect((await worklist.get(id))!.item.PatientID).toBe('1');
  });

  it.each([
    ['a day that is none', { ScheduledProcedureStepStartDate: '20260231' }, {}],
    ['a time that is none', { ScheduledProcedureStepStartTime: '2561' }, {}],
    ['a UID that is none', {}, { StudyInstanceUID: '1.2.x' }],
    ['an accession number that is too long', {}, { AccessionNumber: '12345678901234567' }],
  ])('with %s are refused, also when forced', async (_what, step, patient) => {
    const { worklist } = await openTestWorklist();
    await expect(worklist.saveDataSet(order(step, patient), { force: true })).rejects.toMatchObject({
      code: 'bad-request',
    });
    expect(await worklist.list({})).toEqual([]);
  });

  it('get a study instance UID only where the settings say so', async () => {
    const { worklist } = await openTestWorklist({ Worklists: { SetStudyInstanceUidIfMissing: false } });
    const id = await worklist.saveDataSet(order({}, { StudyInstanceUID: '' }), {});
    expect((await worklist.get(id))!.item.StudyInstanceUID).toBe('');
  });
});

describe('the course of an item', () => {
  it('is in progress with the first image of its study and complete when no more come', async () => {
    const { worklist } = await openTestWorklist({ StableAge: 0.3, Worklists: { HousekeepingInterval: 1 } });
    const id = await worklist.saveDataSet(order(), {});
    const status = async () => (await worklist.get(id))!.item.status;
    worklist.arrived({ StudyInstanceUID: '1.2.3.999', PatientID: 'P-1' });
    worklist.arrived({ StudyInstanceUID: '1.2.3.1', PatientID: 'P-1' });
    await until(async () => (await status()) === 'in progress');
    expect(await worklist.find(query(), 'US1')).toHaveLength(1);
    await until(async () => (await status()) === 'completed');
    expect(await worklist.find(query(), 'US1')).toEqual([]);
  });

  it('is known by accession number and patient where the device made its own study UID', async () => {
    const { worklist } = await openTestWorklist();
    const id = await worklist.saveDataSet(order(), {});
    worklist.arrived({ StudyInstanceUID: '9.9', PatientID: 'P-2', AccessionNumber: 'A1' });
    worklist.arrived({ StudyInstanceUID: '9.9', PatientID: 'P-1', AccessionNumber: 'A1' });
    await until(async () => (await worklist.get(id))!.item.status === 'in progress');
  });

  it('of two of one study only the one of the modality is begun', async () => {
    const { worklist } = await openTestWorklist();
    const us = await worklist.saveDataSet(order(), {});
    const px = await worklist.saveDataSet(order({ Modality: 'PX', ScheduledProcedureStepID: 'S2' }), {});
    worklist.arrived({ StudyInstanceUID: '1.2.3.1', PatientID: 'P-1', Modality: 'PX' });
    await until(async () => (await worklist.get(px))!.item.status === 'in progress');
    expect((await worklist.get(us))!.item.status).toBe('scheduled');
  });

  it('of two of one study and modality the earlier is begun, and the other stays on the list', async () => {
    const { worklist } = await openTestWorklist();
    const later = await worklist.saveDataSet(order({ ScheduledProcedureStepStartTime: '1100' }), {});
    const first = await worklist.saveDataSet(order({ ScheduledProcedureStepID: 'S2' }), {});
    for (let image = 0; image < 50; image++)
      worklist.arrived({ StudyInstanceUID: '1.2.3.1', PatientID: 'P-1', Modality: 'US' });
    await until(async () => (await worklist.get(first))!.item.status === 'in progress');
    worklist.arrived({ StudyInstanceUID: '1.2.3.1', PatientID: 'P-1', Modality: 'US' });
    expect((await worklist.get(later))!.item.status).toBe('scheduled');
  });

  it('waits for new images when it was opened again', async () => {
    const { worklist } = await openTestWorklist({ StableAge: 0.2, Worklists: { HousekeepingInterval: 1 } });
    const id = await worklist.saveDataSet(order(), {});
    worklist.arrived({ StudyInstanceUID: '1.2.3.1', PatientID: 'P-1' });
    await until(async () => (await worklist.get(id))!.item.status === 'completed');
    await worklist.setStatus(id, 'scheduled');
    await new Promise((resolve) => setTimeout(resolve, 1300));
    expect((await worklist.get(id))!.item.status).toBe('scheduled');
    worklist.arrived({ StudyInstanceUID: '1.2.3.1', PatientID: 'P-1' });
    await until(async () => (await worklist.get(id))!.item.status === 'in progress');
  });

  it('tells once when images that a device has named do not come', async () => {
    const { worklist, records, lines, here } = await openTestWorklist({ Worklists: { HousekeepingInterval: 1 } });
    const named = dataSet({
      PerformedSeriesSequence: [
        { ReferencedImageSequence: [{ ReferencedSOPInstanceUID: '1.1' }, { ReferencedSOPInstanceUID: '1.2' }] },
        { ReferencedNonImageCompositeSOPInstanceSequence: [{ ReferencedSOPInstanceUID: '1.3' }] },
      ],
    });
    here.add('1.1');
    await records.change({
      sql: "INSERT INTO worklist_steps VALUES ('9.1', 'COMPLETED', 'US1', ?, ?, ?, 0)",
      values: [JSON.stringify(named), '', new Date(Date.now() - 3_600_000).toISOString()],
    });
    await until(() => lines.length > 0);
    expect(lines).toEqual(['warn US1 reported an examination of 3 images; 2 of them have not come.']);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(lines).toHaveLength(1);
    expect(await worklist.list({})).toEqual([]);
  });

  it('ends with its removal after the delay', async () => {
    const { worklist } = await openTestWorklist({
      Worklists: { HousekeepingInterval: 1, DeleteWorklistsDelay: 0.0001 },
    });
    const done = await worklist.save(fields());
    const open = await worklist.save(fields());
    await worklist.setStatus(done, 'discontinued');
    await until(async () => (await worklist.get(done)) === undefined);
    expect(await worklist.get(open)).toBeDefined();
  });

  it('tells devices how far it is', async () => {
    const { worklist } = await openTestWorklist();
    const id = await worklist.saveDataSet(order(), {});
    const asked = query({ ScheduledProcedureStepStatus: '' });
    const told = async () =>
      JSON.stringify((await worklist.find(asked, 'US1'))[0]![tags.ScheduledProcedureStepSequence]);
    expect(await told()).toContain('SCHEDULED');
    await worklist.setStatus(id, 'arrived');
    expect(await told()).toContain('ARRIVED');
    await worklist.setStatus(id, 'in progress');
    expect(await told()).toContain('STARTED');
  });
});
