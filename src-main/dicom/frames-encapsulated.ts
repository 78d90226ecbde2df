/** Fragments of encapsulated pixel data and which of them make up a frame, PS3.5 A.4. */
import type { FileHandle } from 'node:fs/promises';
import { PacsError } from '#shared/errors.ts';
import type { Header } from './data-set.ts';
import { readLength, readTag } from './read-bytes.ts';

/** Bytes of the file. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** The ranges of each frame; none for a frame that is missing. */
export interface EncapsulatedFrames {
  rangesOf(frame: number): readonly ByteRange[];
}

const maximumFragments = 4_000_000;
const maximumTableBytes = 64 * 1024 * 1024;

/** Reads the item headers of the pixel data and assigns the fragments to frames. @throws PacsError damaged */
export async function encapsulatedFrames(
  file: FileHandle,
  header: Header,
  size: number,
  frames: number,
): Promise<EncapsulatedFrames> {
  const items = await readItems(file, header.pixelData!.offset, size);
  const [table, ...fragments] = items;
  if (!table || fragments.length === 0) return { rangesOf: () => [] };
  if (frames === 1) return { rangesOf: () => fragments };
  if (fragments.length === frames) return { rangesOf: (frame) => [fragments[frame]!] };
  const starts =
    startsByTable(extendedTable(header), fragments, frames) ??
    startsByTable(await basicTable(file, table), fragments, frames) ??
    (fragments.length > frames ? await startsByLooking(file, fragments) : fragments.map((_, index) => index));
  return {
    rangesOf: (frame) => {
      const start = starts[frame];
      // One group too few or too many means that nobody can tell which frame is which.
      if (start === undefined || starts.length > frames) return [];
      return fragments.slice(start, starts[frame + 1] ?? fragments.length);
    },
  };
}

/** The items from `at` on, up to the delimiter, the end of the file, or the first thing that is no item. */
async function readItems(file: FileHandle, at: number, size: number): Promise<ByteRange[]> {
  const items: ByteRange[] = [];
  const reader = createReader(file);
  for (let position = at; position + 8 <= size;) {
    const head = await reader(position);
    if (head.length < 8 || readTag(head, 0, true) !== 0xfffe_e000) break;
    const length = readLength(head, 4, true);
    if (length === 0xffff_ffff) break;
    const offset = position + 8;
    if (items.length > maximumFragments) throw new PacsError('damaged', 'The image data are in too many pieces.');
    // What a last fragment lacks the codec will miss; some images can still be shown so.
    if (offset + length > size) {
      if (offset < size && items.length > 0) items.push({ offset, length: size - offset });
      break;
    }
    items.push({ offset, length });
    position = offset + length;
  }
  return items;
}

/** Reads eight bytes anywhere; neighbouring ones come out of one read of 16 KB. */
function createReader(file: FileHandle): (position: number) => Promise<Uint8Array> {
  const buffer = new Uint8Array(16_384);
  let start = 0;
  let length = 0;
  return async (position) => {
    if (position < start || position + 8 > start + length) {
      start = position;
      length = (await file.read(buffer, 0, buffer.length, position)).bytesRead;
    }
    return buffer.subarray(position - start, Math.min(position - start + 8, length));
  };
}

/** Extended Offset Table (7FE0,0001): eight bytes a frame, PS3.3 C.7.6.3. */
function extendedTable(header: Header): number[] {
  const value = header.dataSet.get('7FE00001')?.value;
  if (!value) return [];
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  return Array.from({ length: Math.floor(value.byteLength / 8) }, (_, index) =>
    Number(view.getBigUint64(index * 8, true)),
  );
}

async function basicTable(file: FileHandle, table: ByteRange): Promise<number[]> {
  if (table.length > maximumTableBytes) return [];
  const bytes = new Uint8Array(table.length);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, table.offset);
  return Array.from({ length: Math.floor(bytesRead / 4) }, (_, index) => readLength(bytes, index * 4, true));
}

/** The first fragment of each frame by an offset table; undefined when the table is empty or points anywhere else. */
function startsByTable(
  table: readonly number[],
  fragments: readonly ByteRange[],
  frames: number,
): number[] | undefined {
  if (table.length !== frames || table[0] !== 0) return undefined;
  const base = fragments[0]!.offset;
  const byOffset = new Map(fragments.map((fragment, index) => [fragment.offset - base, index]));
  const starts = table.map((offset) => byOffset.get(offset) ?? -1);
  const isRising = starts.every((start, index) => index === 0 || start > starts[index - 1]!);
  return isRising ? starts : undefined;
}

/** The fragments that begin like a codestream, where no table tells. */
async function startsByLooking(file: FileHandle, fragments: readonly ByteRange[]): Promise<number[]> {
  const starts: number[] = [];
  const reader = createReader(file);
  for (const [index, fragment] of fragments.entries()) {
    if (index === 0 || (fragment.length >= 4 && isCodestreamStart(await reader(fragment.offset)))) starts.push(index);
  }
  return starts;
}

/** SOI of JPEG and JPEG-LS, SOC of JPEG 2000, the boxes of JP2 and JPEG XL, the bare JPEG XL codestream. */
function isCodestreamStart(bytes: Uint8Array): boolean {
  const first = readLength(bytes, 0, false);
  const short = Math.floor(first / 65_536);
  if (short === 0xffd8) return (first & 0xff00) === 0xff00;
  return first === 0xff4f_ff51 || short === 0xff0a || first === 0x0c;
}
