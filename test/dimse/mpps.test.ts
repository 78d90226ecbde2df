/** Performed procedure steps over the network, from a device of dcmjs-dimse: the rules of PS3.4 F.7.2 and what becomes of the worklist. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { performedProcedureStep } from '#main/dimse/mpps.ts';
import { buildDataSet, buildPart10 } from '../support/build-data-set.ts';
import { connect, explicitLittleEndian, makeCommand, makePdv, pdu } from '../support/raw-association.ts';
import { order, query, testFolder } from '../worklist/support.ts';
import { dcmtk, dcmtkNote, hasDcmtk, until } from './support.ts';
import { beginning, completion, createStep, getStep, setStep, type Elements } from './mpps-peer.ts';
import { startWorklist } from './worklist-support.ts';

const step = '1.2.3.4.100';

async function startWithItem() {
  const test = await startWorklist();
  const id = await test.worklist.saveDataSet(order(), {});
  const status = async () => (await test.worklist.get(id))!.item.status;
  return { ...test, id, status };
}

const without = (elements: Elements, keyword: string): Elements =>
  Object.fromEntries(Object.entries(elements).filter(([name]) => name !== keyword));

describe('a procedure step', () => {
  it('takes its worklist item from scheduled to completed', async () => {
    const { port, worklist, status, id, told, here } = await startWithItem();
    expect((await createStep({ port }, step, beginning())).Status).toBe(0);
    expect(await status()).toBe('in progress');
    expect(await worklist.find(query(), 'US1')).toHaveLength(1);
    expect((await setStep({ port }, step, completion())).Status).toBe(0);
    expect(await status()).toBe('completed');
    expect(await worklist.find(query(), 'US1')).toEqual([]);
    here.add('1.2.3.1.1.2');
    expect(await worklist.steps.list(id)).toMatchObject([
      { SOPInstanceUID: step, status: 'COMPLETED', callingAET: 'US1', referenced: 2, present: 1 },
    ]);
    expect(told.map(({ kind, SOPInstanceUID, callingAET }) => [kind, SOPInstanceUID, callingAET])).toEqual([
      ['create', step, 'US1'],
      ['set', step, 'US1'],
    ]);
    expect(told[1]!.dataSet['00400252']).toEqual({ vr: 'CS', Value: ['COMPLETED'] });
  });

  it('that is broken off discontinues it, or leaves it to be done where the wrong one was chosen', async () => {
    const { port, status } = await startWithItem();
    const end = {
      PerformedProcedureStepStatus: 'DISCONTINUED',
      PerformedProcedureStepEndDate: '20261121',
      PerformedProcedureStepEndTime: '0930',
    };
    await createStep({ port }, step, beginning());
    const reason = [
      { CodeValue: '110514', CodingSchemeDesignator: 'DCM', CodeMeaning: 'Incorrect worklist entry selected' },
    ];
    const discontinued = { ...end, PerformedProcedureStepDiscontinuationReasonCodeSequence: reason };
    expect((await setStep({ port }, step, discontinued)).Status).toBe(0);
    expect(await status()).toBe('scheduled');
    await createStep({ port }, `${step}.1`, beginning());
    expect((await setStep({ port }, `${step}.1`, end)).Status).toBe(0);
    expect(await status()).toBe('discontinued');
  });

  it('of two of one item: the one that goes on outweighs the one that has ended', async () => {
    const { port, status } = await startWithItem();
    await createStep({ port }, step, beginning());
    await createStep({ port }, `${step}.1`, beginning());
    await setStep({ port }, step, completion());
    expect(await status()).toBe('in progress');
    await setStep({ port }, `${step}.1`, completion());
    expect(await status()).toBe('completed');
  });

  it('that was not scheduled is kept without an item', async () => {
    const { port, status } = await startWithItem();
    const unscheduled = beginning(
      { PatientID: 'X' },
      { StudyInstanceUID: '7.7', AccessionNumber: '', ScheduledProcedureStepID: '' },
    );
    expect((await createStep({ port }, step, unscheduled)).Status).toBe(0);
    expect(await status()).toBe('scheduled');
  });

  it('finds its item by accession number and patient where the study UID is another', async () => {
    const { port, status } = await startWithItem();
    await createStep({ port }, step, beginning({}, { StudyInstanceUID: '7.7', ScheduledProcedureStepID: '' }));
    expect(await status()).toBe('in progress');
  });

  it("waits with the images' silence until the device has ended it", async () => {
    const { port, worklist, id } = await (async () => {
      const test = await startWorklist({ StableAge: 0.1, Worklists: { HousekeepingInterval: 1 } });
      return { ...test, id: await test.worklist.saveDataSet(order(), {}) };
    })();
    const status = async () => (await worklist.get(id))!.item.status;
    await createStep({ port }, step, beginning());
    worklist.arrived({ StudyInstanceUID: '1.2.3.1', PatientID: 'P-1' });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await status()).toBe('in progress');
    await setStep({ port }, step, completion());
    expect(await status()).toBe('completed');
  });

  it('gets a UID of ours where it has none', async () => {
    const { port, worklist, id } = await startWithItem();
    const { Status, command } = await createStep({ port }, '', beginning());
    expect(Status).toBe(0);
    expect(command['AffectedSOPInstanceUID']).toMatch(/^2\.25\.\d+$/);
    expect((await worklist.steps.list(id))[0]!.SOPInstanceUID).toBe(command['AffectedSOPInstanceUID']);
  });

  it('comes back whole and as it came', async () => {
    const { port, lines } = await startWithItem();
    const association = await connect({
      port,
      contexts: [{ id: 1, abstractSyntax: performedProcedureStep, transferSyntaxes: [explicitLittleEndian] }],
    });
    const dataSet = buildDataSet([
      { tag: 'Modality', value: 'US' },
      { tag: '00091001', vr: 'UN', value: Buffer.from('01020304', 'hex') },
      { tag: '00091002', vr: 'LO', value: 'private ' },
      { tag: 'PatientName', value: 'Roth^Anna^^' },
      { tag: 'PatientID', value: 'P-1 ' },
      { tag: 'PatientWeight', value: '61.50 ' },
      { tag: 'PerformedStationAETitle', value: 'US1 ' },
      { tag: 'PerformedProcedureStepStartDate', value: '20261121' },
      { tag: 'PerformedProcedureStepStartTime', value: '091500' },
      { tag: 'PerformedProcedureStepStatus', value: 'IN PROGRESS ' },
      { tag: 'PerformedProcedureStepID', value: '007 ' },
      { tag: 'ScheduledStepAttributesSequence', value: [[{ tag: 'StudyInstanceUID', value: '1.2.3.1' }]] },
      { tag: 'TotalNumberOfExposures', value: 7 },
    ]);
    const message = (field: number, uid: number, cls: number, body?: Buffer) => {
      const command = {
        [cls]: performedProcedureStep,
        0x0100: field,
        0x0110: field,
        0x0800: body ? 1 : 0x0101,
        [uid]: step,
      };
      association.sendPdu(pdu.data, makePdv(1, 3, makeCommand(command)));
      if (body) association.sendPdu(pdu.data, makePdv(1, 2, body));
    };
    message(0x140, 0x1000, 0x0002, dataSet);
    expect((await association.nextResponse()).Status).toBe(0);
    message(0x110, 0x1001, 0x0003);
    expect((await association.nextResponse()).Status).toBe(0);
    const parts: Buffer[] = [];
    for (let isLast = false; !isLast;) {
      const next = (await association.nextPdu())!;
      isLast = (next.body[5]! & 2) === 2;
      parts.push(next.body.subarray(6));
    }
    expect(Buffer.concat(parts).toString('latin1')).toBe(dataSet.toString('latin1'));
    await association.release();
    expect(lines).toEqual([]);
  });

  it('is read by N-GET, attribute by attribute where some are asked for', async () => {
    const { port } = await startWithItem();
    await createStep({ port }, step, beginning({ PatientName: 'Müller^Jörg' }));
    const whole = await getStep({ port }, step);
    expect(whole.Status).toBe(0);
    expect(whole.dataSet).toMatchObject({ PatientID: 'P-1', PerformedProcedureStepStatus: 'IN PROGRESS' });
    const some = await getStep({ port }, step, ['PerformedProcedureStepStatus', 'PerformedProcedureStepID']);
    expect(
      Object.keys(some.dataSet!)
        .filter((key) => !key.startsWith('_'))
        .toSorted(),
    ).toEqual(['PerformedProcedureStepID', 'PerformedProcedureStepStatus']);
    const partly = await getStep({ port }, step, ['PerformedProcedureStepStatus', 'PatientComments']);
    expect(partly.Status).toBe(0x0107);
    expect(partly.dataSet).toMatchObject({ PerformedProcedureStepStatus: 'IN PROGRESS' });
    expect((await getStep({ port }, '9.9.9')).Status).toBe(0x0112);
  });

  it.skipIf(!hasDcmtk)(`is a data set that dcmdump reads without a complaint${dcmtkNote}`, async () => {
    const { port, worklist } = await startWithItem();
    await createStep({ port }, step, beginning({ PatientName: 'Müller^Jörg' }));
    await setStep({ port }, step, completion());
    const json = await worklist.steps.get(step);
    const { writeDicomJson } = await import('#main/dicom/write-dicom-json.ts');
    const bytes = writeDicomJson(json, {
      TransferSyntaxUID: explicitLittleEndian,
      SpecificCharacterSet: ['ISO_IR 192'],
    });
    const path = join(await testFolder(), 'step.dcm');
    const head = buildPart10({
      elements: [
        { tag: 'SOPClassUID', value: performedProcedureStep },
        { tag: 'SOPInstanceUID', value: step },
      ],
    });
    const meta = head.subarray(0, 144 + head.readUInt32LE(140));
    await writeFile(path, Buffer.concat([meta, bytes]));
    const dumped = await dcmtk('dcmdump', '+Ep', path);
    expect(dumped.code).toBe(0);
    expect(dumped.output).not.toMatch(/^[EW]:/m);
    expect(dumped.output).toContain('COMPLETED');
  });
});

describe('the rules of procedure steps', () => {
  it('nothing is changed after the end: 0x0110 with A506', async () => {
    const { port, lines } = await startWithItem();
    await createStep({ port }, step, beginning());
    await setStep({ port }, step, completion());
    for (const again of [
      completion(),
      { PerformedProcedureStepDescription: 'late' },
      { PerformedProcedureStepStatus: 'IN PROGRESS' },
    ]) {
      const { Status, ErrorComment, command } = await setStep({ port }, step, again);
      expect(Status).toBe(0x0110);
      expect(ErrorComment).toBe('Performed Procedure Step Object may no longer be updated');
      expect(command['ErrorID']).toBe(0xa506);
    }
    expect(lines.filter((line) => line.includes('US1') && line.includes('refused'))).toHaveLength(3);
    expect((await getStep({ port }, step)).dataSet).toMatchObject({ PerformedProcedureStepDescription: '' });
  });

  it('two of one UID: 0x0111, and the first stays', async () => {
    const { port } = await startWithItem();
    await createStep({ port }, step, beginning());
    expect((await createStep({ port }, step, beginning({ PatientID: 'other' }))).Status).toBe(0x0111);
    expect((await getStep({ port }, step)).dataSet).toMatchObject({ PatientID: 'P-1' });
  });

  it('a step that is not known: 0x0112', async () => {
    const { port } = await startWithItem();
    expect((await setStep({ port }, step, completion())).Status).toBe(0x0112);
  });

  it.each([
    ['Modality'],
    ['PerformedStationAETitle'],
    ['PerformedProcedureStepStartDate'],
    ['PerformedProcedureStepStartTime'],
    ['PerformedProcedureStepStatus'],
    ['PerformedProcedureStepID'],
    ['ScheduledStepAttributesSequence'],
  ])('a beginning without %s: 0x0120, without its value 0x0121', async (keyword) => {
    const { port, status } = await startWithItem();
    expect((await createStep({ port }, step, without(beginning(), keyword))).Status).toBe(0x0120);
    const empty = beginning({ [keyword]: keyword.endsWith('Sequence') ? [] : '' });
    expect((await createStep({ port }, step, empty)).Status).toBe(0x0121);
    expect(await status()).toBe('scheduled');
    expect((await getStep({ port }, step)).Status).toBe(0x0112);
  });

  it.each([
    ['another status', { PerformedProcedureStepStatus: 'COMPLETED' }],
    ['no status of the Standard', { PerformedProcedureStepStatus: 'BUSY' }],
    ['a day that is none', { PerformedProcedureStepStartDate: '20261345' }],
    ['a time that is none', { PerformedProcedureStepStartTime: 'noon' }],
  ])('a beginning with %s: 0x0106', async (_what, more) => {
    const { port } = await startWithItem();
    expect((await createStep({ port }, step, beginning(more))).Status).toBe(0x0106);
  });

  it('a UID that is none: 0x0117', async () => {
    const { port } = await startWithItem();
    expect((await createStep({ port }, '1.2.x', beginning())).Status).toBe(0x0117);
  });

  it('a value that is too long: kept, with the warning 0x0116', async () => {
    const { port } = await startWithItem();
    const long = { PerformedProcedureStepDescription: 'x'.repeat(100) };
    expect((await createStep({ port }, step, beginning(long))).Status).toBe(0x0116);
    expect((await getStep({ port }, step)).dataSet).toMatchObject(long);
  });

  it.each([['PerformedProcedureStepEndDate'], ['PerformedProcedureStepEndTime'], ['PerformedSeriesSequence']])(
    'a completion without %s: refused, and the step goes on',
    async (keyword) => {
      const { port, status } = await startWithItem();
      await createStep({ port }, step, without(beginning(), keyword));
      expect((await setStep({ port }, step, without(completion(), keyword))).Status).toBe(0x0120);
      const empty = completion({ [keyword]: keyword.endsWith('Sequence') ? [] : '' });
      expect((await setStep({ port }, step, empty)).Status).toBe(0x0121);
      expect(await status()).toBe('in progress');
      expect((await setStep({ port }, step, completion())).Status).toBe(0);
    },
  );

  it('a completion whose series has no protocol: 0x0120', async () => {
    const { port } = await startWithItem();
    await createStep({ port }, step, beginning());
    const series = { SeriesInstanceUID: '1.2.3.1.1', ReferencedImageSequence: [] };
    const { Status, command } = await setStep({ port }, step, completion({ PerformedSeriesSequence: [series] }));
    expect(Status).toBe(0x0120);
    expect(JSON.stringify(command['AttributeIdentifierList'])).toMatch(/181030|1577008/);
  });

  it('what must not change is not changed: the warning 0x0107', async () => {
    const { port } = await startWithItem();
    await createStep({ port }, step, beginning());
    const same = await setStep({ port }, step, { PatientID: 'P-1', PerformedProcedureStepDescription: 'Neck' });
    expect(same.Status).toBe(0);
    const { Status } = await setStep({ port }, step, { PatientID: 'P-2', PerformedProcedureStepDescription: 'Throat' });
    expect(Status).toBe(0x0107);
    expect((await getStep({ port }, step)).dataSet).toMatchObject({
      PatientID: 'P-1',
      PerformedProcedureStepDescription: 'Throat',
    });
  });

  it('a damaged data set: a failure, and the association lives on', async () => {
    const { port } = await startWithItem();
    const association = await connect({
      port,
      contexts: [{ id: 1, abstractSyntax: performedProcedureStep, transferSyntaxes: [explicitLittleEndian] }],
    });
    const command = (values: Record<number, number | string>) =>
      association.sendPdu(
        pdu.data,
        makePdv(1, 3, makeCommand({ 0x0002: performedProcedureStep, 0x0110: 1, ...values })),
      );
    command({ 0x0100: 0x140, 0x0800: 1, 0x1000: step });
    association.sendPdu(pdu.data, makePdv(1, 2, Buffer.from('cafebabe'.repeat(10), 'hex')));
    expect((await association.nextResponse()).Status).toBe(0x0110);
    command({ 0x0100: 0x140, 0x0800: 0x0101, 0x1000: step });
    expect((await association.nextResponse()).Status).toBe(0x0110);
    command({ 0x0100: 0x150, 0x0800: 0x0101, 0x1000: step });
    expect((await association.nextResponse()).Status).toBe(0x0211);
    await association.release();
  });

  it('hold for many at once: each step is created once', async () => {
    const { port, worklist, id } = await startWithItem();
    const statuses = await Promise.all(Array.from({ length: 8 }, () => createStep({ port }, step, beginning())));
    expect(statuses.filter(({ Status }) => Status === 0)).toHaveLength(1);
    expect(statuses.filter(({ Status }) => Status === 0x0111)).toHaveLength(7);
    expect(await worklist.steps.list(id)).toHaveLength(1);
  });

  it('are for callers with the right only', async () => {
    const { port, refusals } = await startWorklist({ Chairside: { DicomAlwaysAllowMpps: false } });
    const association = await connect({
      port,
      contexts: [{ id: 1, abstractSyntax: performedProcedureStep, transferSyntaxes: [explicitLittleEndian] }],
    });
    expect([...association.accepted]).toEqual([]);
    association.destroy();
    await until(() => refusals.length === 1);
  });
});
