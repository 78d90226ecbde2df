/** A look at the file meta information of a stream that passes by: which instance a part claims to be, PS3.10 7.1. */
import type { Identifiers } from '#shared/model.ts';

const bound = 2048;
const longVRs = new Set(['OB', 'UN', 'SQ', 'OW', 'UT', 'UC', 'UR']);

/** A stream that passes by, and what its beginning told so far. */
export interface Peek {
  readonly stream: AsyncIterable<Uint8Array>;
  /** The MediaStorage UIDs of group 0002, where both were there. */
  identifiers(): Pick<Identifiers, 'SOPClassUID' | 'SOPInstanceUID'> | undefined;
}

/** Reads UI values of group 0002, explicit VR little endian, as far as the bytes go. */
function readMeta(bytes: Buffer): ReadonlyMap<number, string> {
  const values = new Map<number, string>();
  if (bytes.toString('latin1', 128, 132) !== 'DICM') return values;
  for (let at = 132; at + 12 <= bytes.length && bytes.readUInt16LE(at) === 2;) {
    const isLong = longVRs.has(bytes.toString('latin1', at + 4, at + 6));
    const length = isLong ? bytes.readUInt32LE(at + 8) : bytes.readUInt16LE(at + 6);
    const start = at + (isLong ? 12 : 8);
    if (start + length > bytes.length) break;
    values.set(bytes.readUInt16LE(at + 2), bytes.toString('latin1', start, start + length).replace(/[\0 ]+$/, ''));
    at = start + length;
  }
  return values;
}

/** Lets a stream pass and keeps its first 2 KiB for a look. */
export function peekMeta(stream: AsyncIterable<Uint8Array>): Peek {
  let kept = Buffer.alloc(0);
  async function* passing() {
    for await (const chunk of stream) {
      if (kept.length < bound) kept = Buffer.concat([kept, chunk.subarray(0, bound - kept.length)]);
      yield chunk;
    }
  }
  return {
    stream: passing(),
    identifiers: () => {
      const values = readMeta(kept);
      const [SOPClassUID, SOPInstanceUID] = [values.get(0x0002), values.get(0x0003)];
      const areUids = [SOPClassUID, SOPInstanceUID].every(
        (value) => value !== undefined && /^[0-9.]{1,64}$/.test(value),
      );
      return areUids ? { SOPClassUID: SOPClassUID as string, SOPInstanceUID: SOPInstanceUID as string } : undefined;
    },
  };
}
