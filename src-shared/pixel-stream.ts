/** The records of the body that carries a series' frames to the window: a 16 byte head, little endian, then the frame. */
import type { PixelKind } from './model.ts';

const kinds: readonly ('error' | PixelKind)[] = ['error', 'uint8', 'int16', 'uint16', 'float32', 'rgb8'];

/** Bytes of a record's head. */
export const recordHeadLength = 16;

/** The head of one record. For kind `error` the body is a sentence in UTF-8 instead of pixels. */
export interface RecordHead {
  /** Frame of the series: frames of its instances counted through in the order of SeriesView. */
  readonly frame: number;
  readonly kind: 'error' | PixelKind;
  readonly rows: number;
  readonly columns: number;
  /** Bytes of the body: rows x columns samples (x 3 for rgb8), little endian, rows from the top. */
  readonly length: number;
}

/** Bytes of one sample of a kind. */
export const sampleBytes: Readonly<Record<PixelKind, number>> = { uint8: 1, int16: 2, uint16: 2, float32: 4, rgb8: 3 };

/** Writes a record's head. */
export function encodeRecordHead(head: RecordHead): Uint8Array {
  const bytes = new Uint8Array(recordHeadLength);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, head.frame, true);
  view.setUint32(4, kinds.indexOf(head.kind), true);
  view.setUint16(8, head.rows, true);
  view.setUint16(10, head.columns, true);
  view.setUint32(12, head.length, true);
  return bytes;
}

/** Reads a record's head from 16 bytes; throws a RangeError when they are none. */
export function decodeRecordHead(bytes: Uint8Array): RecordHead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, recordHeadLength);
  const kind = kinds[view.getUint32(4, true)];
  if (!kind) throw new RangeError('not a pixel record');
  return {
    frame: view.getUint32(0, true),
    kind,
    rows: view.getUint16(8, true),
    columns: view.getUint16(10, true),
    length: view.getUint32(12, true),
  };
}

/** The order in which frames are sent: `first`, then its neighbours outwards, later one first. */
export function* framesOutward(count: number, first: number): Generator<number> {
  yield first;
  for (let distance = 1; distance < count; distance++) {
    if (first + distance < count) yield first + distance;
    if (first - distance >= 0) yield first - distance;
  }
}
