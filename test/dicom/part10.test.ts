import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { createHeaderReader } from '#main/dicom/header-reader.ts';
import { ImplementationClassUID, ImplementationVersionName, fileMetaInformation } from '#main/dicom/part10.ts';
import { text } from '#main/dicom/values.ts';
import { buildDataSet, instanceElements } from '../support/build-data-set.ts';

const meta = {
  TransferSyntaxUID: '1.2.840.10008.1.2.1',
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.7',
  SOPInstanceUID: '1.2.3.4.3',
  sourceAET: 'SCANNER',
  receivingAET: 'CHAIRSIDE',
};

it('the head of a file says what it was given, in even lengths and with a right group length', () => {
  const head = fileMetaInformation(meta);
  expect(head.length % 2).toBe(0);
  expect(Buffer.from(head.subarray(128, 132)).toString()).toBe('DICM');
  expect(Buffer.from(head).readUInt32LE(140)).toBe(head.length - 144);
  const reader = createHeaderReader();
  reader.write(head);
  reader.write(buildDataSet(instanceElements()));
  const header = reader.end();
  const source = { ...header, dataSet: header.meta };
  const said = ['00020002', '00020003', '00020010', '00020012', '00020013', '00020016', '00020017', '00020018'];
  expect(said.map((tag) => text(source, tag))).toEqual([
    meta.SOPClassUID,
    meta.SOPInstanceUID,
    meta.TransferSyntaxUID,
    ImplementationClassUID,
    ImplementationVersionName,
    'SCANNER',
    undefined,
    'CHAIRSIDE',
  ]);
  expect(header.dataSetOffset).toBe(head.length);
});

it('our names fit their VRs', () => {
  expect(ImplementationClassUID).toMatch(/^2\.25\.[1-9]\d{1,38}$/);
  expect(ImplementationVersionName.length).toBeLessThanOrEqual(16);
});

const hasDcmdump = spawnSync('dcmdump', ['--version']).error === undefined;

it.skipIf(!hasDcmdump)(`DCMTK reads it without a word${hasDcmdump ? '' : ' (left out: dcmdump is not here)'}`, () => {
  const input = Buffer.concat([fileMetaInformation(meta), buildDataSet(instanceElements())]);
  const { status, stdout, stderr } = spawnSync('dcmdump', ['-'], { input, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('[CHAIRSIDE_010]');
});
