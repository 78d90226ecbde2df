/** The head of a DICOM file: preamble and File Meta Information, PS3.10 7.1. */

/** Names our files: the UUID e89fe268-9d6c-4e1a-96fb-70ede292a5d2 as a UID, PS3.5 B.2. */
export const ImplementationClassUID = '2.25.309211062335626926233176487690035701202';
/** The version of this program as files and associations tell it, PS3.7 D.3.3.2. */
export const ImplementationVersionName = 'CHAIRSIDE_010';

/** What the head says of its data set; application entity titles as far as they are known. */
export interface FileMeta {
  readonly TransferSyntaxUID: string;
  readonly SOPClassUID: string;
  readonly SOPInstanceUID: string;
  /** Who made or last wrote the file. */
  readonly sourceAET?: string;
  /** Who sent and who received, when the data set came over a network. */
  readonly sendingAET?: string;
  readonly receivingAET?: string;
}

const longVRs = new Set(['OB']);

function element(tag: number, vr: string, value: Buffer): Buffer {
  const isLong = longVRs.has(vr);
  const head = Buffer.alloc(isLong ? 12 : 8);
  head.writeUInt16LE(2, 0);
  head.writeUInt16LE(tag, 2);
  head.write(vr, 4, 'latin1');
  if (isLong) head.writeUInt32LE(value.length, 8);
  else head.writeUInt16LE(value.length, 6);
  return Buffer.concat([head, value]);
}

function text(tag: number, vr: 'UI' | 'SH' | 'AE', value: string | undefined): Buffer[] {
  if (value === undefined || value === '') return [];
  const isOdd = value.length % 2 === 1;
  return [element(tag, vr, Buffer.from(isOdd ? value + (vr === 'UI' ? '\0' : ' ') : value, 'latin1'))];
}

/** The first bytes of a Part 10 file, up to where the data set begins. */
export function fileMetaInformation(meta: FileMeta): Uint8Array {
  const group = Buffer.concat([
    element(0x01, 'OB', Buffer.from([0, 1])),
    ...text(0x02, 'UI', meta.SOPClassUID),
    ...text(0x03, 'UI', meta.SOPInstanceUID),
    ...text(0x10, 'UI', meta.TransferSyntaxUID),
    ...text(0x12, 'UI', ImplementationClassUID),
    ...text(0x13, 'SH', ImplementationVersionName),
    ...text(0x16, 'AE', meta.sourceAET),
    ...text(0x17, 'AE', meta.sendingAET),
    ...text(0x18, 'AE', meta.receivingAET),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(group.length);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), element(0x00, 'UL', length), group]);
}
