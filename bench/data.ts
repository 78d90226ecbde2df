/** The images that the loads send: made here, the same at every run. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileMetaInformation } from '../src-main/dicom/part10.ts';

const [ctImage, explicitLittleEndian] = ['1.2.840.10008.5.1.4.1.1.2', '1.2.840.10008.1.2.1'];

/** One image: its data set in explicit VR little endian, and its UID. */
export interface BenchImage {
  readonly SOPClassUID: string;
  readonly SOPInstanceUID: string;
  readonly dataSet: Buffer;
}

/** One data element in explicit VR little endian; texts are padded. */
export function element(group: number, number: number, vr: string, value: string | Buffer): Buffer {
  const text = typeof value === 'string' ? Buffer.from(value) : value;
  const padded = text.length % 2 ? Buffer.concat([text, Buffer.from(vr === 'UI' ? '\0' : ' ')]) : text;
  const head = Buffer.alloc(vr === 'OW' ? 12 : 8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(number, 2);
  head.write(vr, 4, 'latin1');
  if (vr === 'OW') head.writeUInt32LE(padded.length, 8);
  else head.writeUInt16LE(padded.length, 6);
  return Buffer.concat([head, padded]);
}

const us = (value: number): Buffer => Buffer.from([value & 255, value >> 8]);

/* Noise, so that no file system or network can be clever about it; the same at each run. */
function noise(bytes: number, seed: number): Buffer {
  const words = new Uint32Array(Math.ceil(bytes / 4));
  let state = seed * 2654435761 + 1;
  for (let at = 0; at < words.length; at++) words[at] = state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Buffer.from(words.buffer, 0, bytes);
}

/** CT images of one series: `count` images of `rows` x `columns` 16 bit; `series` tells series apart. */
export function ctSeries(series: number, count: number, rows: number, columns: number): BenchImage[] {
  const root = `1.2.826.0.1.3680043.8.498.${series + 1}`;
  return Array.from({ length: count }, (_, at) => {
    const SOPInstanceUID = `${root}.1.1.${at + 1}`;
    const dataSet = Buffer.concat([
      element(0x0008, 0x0005, 'CS', 'ISO_IR 100'),
      element(0x0008, 0x0016, 'UI', ctImage),
      element(0x0008, 0x0018, 'UI', SOPInstanceUID),
      element(0x0008, 0x0020, 'DA', '20261121'),
      element(0x0008, 0x0030, 'TM', '101500'),
      element(0x0008, 0x0050, 'SH', `ACC${series}`),
      element(0x0008, 0x0060, 'CS', 'CT'),
      element(0x0008, 0x1030, 'LO', 'Bench study'),
      element(0x0010, 0x0010, 'PN', `Bench^Patient ${series}`),
      element(0x0010, 0x0020, 'LO', `BENCH-${series}`),
      element(0x0020, 0x000d, 'UI', root),
      element(0x0020, 0x000e, 'UI', `${root}.1`),
      element(0x0020, 0x0011, 'IS', '1'),
      element(0x0020, 0x0013, 'IS', String(at + 1)),
      element(0x0028, 0x0002, 'US', us(1)),
      element(0x0028, 0x0004, 'CS', 'MONOCHROME2'),
      element(0x0028, 0x0010, 'US', us(rows)),
      element(0x0028, 0x0011, 'US', us(columns)),
      element(0x0028, 0x0100, 'US', us(16)),
      element(0x0028, 0x0101, 'US', us(16)),
      element(0x0028, 0x0102, 'US', us(15)),
      element(0x0028, 0x0103, 'US', us(0)),
      element(0x7fe0, 0x0010, 'OW', noise(rows * columns * 2, series * 1000 + at)),
    ]);
    return { SOPClassUID: ctImage, SOPInstanceUID, dataSet };
  });
}

/** Writes images as Part 10 files into a folder. */
export function writeFiles(folder: string, images: readonly BenchImage[]): void {
  mkdirSync(folder, { recursive: true });
  for (const [at, { dataSet, ...uids }] of images.entries()) {
    const head = fileMetaInformation({ TransferSyntaxUID: explicitLittleEndian, ...uids });
    writeFileSync(join(folder, `${String(at).padStart(5, '0')}.dcm`), Buffer.concat([head, dataSet]));
  }
}
