/** The writer of data sets, byte by byte. */
import { describe, expect, it } from 'vitest';
import { writeDataSet, writePart10 } from '#main/samples/write-data-set.ts';
import { PacsError } from '#shared/errors.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('writeDataSet', () => {
  it('sorts by tag, pads to even lengths and joins values', () => {
    const bytes = writeDataSet({ Rows: 258, PatientID: 'A', ImageType: ['ORIGINAL', 'PRIMARY'], SOPClassUID: '1.2' });
    expect(hex(bytes)).toBe(
      '08000800435310004f524947494e414c5c5052494d415259' +
        '080016005549040031 2e3200'.replace(' ', '') +
        '100020004c4f02004120' +
        '280010005553 02000201'.replace(' ', ''),
    );
  });

  it('writes sequences with their items, empty ones too', () => {
    expect(hex(writeDataSet({ AcquisitionContextSequence: [] }))).toBe('400055055351000000000000');
    expect(hex(writeDataSet({ AnatomicRegionSequence: [{ CodeValue: 'AB' }] }))).toBe(
      '0800182253510000' + '12000000' + 'feff00e00a000000' + '08000001534802004142',
    );
  });

  it('writes compressed frames with their offsets', () => {
    const bytes = writeDataSet({ PixelData: { frames: [Uint8Array.of(1, 2, 3), Uint8Array.of(4)] } });
    expect(hex(bytes)).toBe(
      'e07f10004f420000ffffffff' +
        'feff00e008000000' +
        '000000000c000000' +
        'feff00e00400000001020300' +
        'feff00e0020000000400' +
        'feffdde000000000',
    );
  });

  it('writes texts in UTF-8, tags and numbers by their VR', () => {
    expect(hex(writeDataSet({ PatientName: 'é' }))).toBe('10001000504e0200c3a9');
    expect(hex(writeDataSet({ FrameIncrementPointer: '00181063' }))).toBe('280009004154040018006310');
    expect(hex(writeDataSet({ PhysicalDeltaX: 0.5 }))).toBe('18002c6046440800000000000000e03f');
    expect(hex(writeDataSet({ PixelIntensityRelationshipSign: -1 }))).toBe('280041105353 0200ffff'.replace(' ', ''));
  });

  it('leaves out what is undefined and refuses what it does not know', () => {
    expect(writeDataSet({ PatientID: undefined })).toHaveLength(0);
    expect(() => writeDataSet({ NoSuchKeyword: '1' })).toThrow(PacsError);
  });
});

describe('writePart10', () => {
  it('begins with preamble, prefix and meta information', () => {
    const bytes = writePart10({ SOPClassUID: '1.2.840.10008.5.1.4.1.1.7', SOPInstanceUID: '2.25.1' });
    expect(bytes.subarray(0, 128).every((byte) => byte === 0)).toBe(true);
    expect(bytes.toString('latin1', 128, 132)).toBe('DICM');
    expect(bytes.includes('1.2.840.10008.1.2.1')).toBe(true);
    expect(hex(bytes.subarray(-14))).toBe('08001800554906 00322e32352e31'.replace(' ', ''));
  });
});
