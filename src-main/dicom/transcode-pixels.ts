/** How the pixel data of a file get into another transfer syntax: copied, decoded or encoded, one frame in memory at a time. */
import { PacsError } from '#shared/errors.ts';
import type { TransferSyntax } from '#shared/transfer-syntaxes.ts';
import type { Header } from './data-set.ts';
import type { StoredFrame } from './decode-frame.ts';
import { readFrame } from './frames.ts';
import { describePixels } from './pixel-description.ts';
import { CellPacker, decodeForTranscoding, frameCells } from './transcode-cells.ts';
import { pixelChanges, type Changes } from './transcode-changes.ts';
import { swapped, swapUnit, type ElementSource, type ElementWriter } from './transcode-elements.ts';
import { frameEncoder, type FrameEncoder } from './transcode-encoders.ts';
import type { TranscodeSink } from './transcode-sink.ts';
import type { TranscodeSource } from './transcode-source.ts';
import { itemTag, sequenceEnd, undefinedLength } from './walk-frame.ts';
import { number, text } from './values.ts';

/** What is done with the pixel data. */
export interface PixelPlan {
  /** False where they are copied. */
  readonly isChanged: boolean;
  readonly changes: Changes;
  readonly lossyMethod?: string;
  /** Writes the element; the answer is by how much the frames have shrunk. @throws PacsError */
  write(writer: ElementWriter, sink: TranscodeSink, from: ElementSource): Promise<number>;
}

const damaged = (what: string): PacsError => new PacsError('damaged', `The image cannot be changed: ${what}.`);

/** The plan for a file, or undefined without pixel data. @throws PacsError unsupported, damaged */
export async function planPixels(source: TranscodeSource, target: TransferSyntax): Promise<PixelPlan | undefined> {
  const { pixelData } = source.header;
  if (!pixelData) return undefined;
  const isNative = pixelData.length >= 0;
  if (isNative && !target.encapsulated) return copyPlan(source.header, target);
  if (source.TransferSyntaxUID === target.uid && !isNative) return fragmentsPlan(source);
  const frames = await openFrames(source);
  return target.encapsulated ? encodePlan(frames, target) : decodePlan(frames, target);
}

const unchanged = { isChanged: false, changes: new Map() } as const;

/* Toolkits disagree whether longer cells in OW change their bytes by twos or by fours, PS3.5 7.3. */
function checkByteOrder(BitsAllocated: number, from: boolean, to: boolean, vr: string): void {
  if (from === to || vr === 'OF' || vr === 'OD' || [1, 8, 16].includes(BitsAllocated)) return;
  throw new PacsError('unsupported', 'Images of this depth cannot be changed into another byte order.');
}

function copyPlan(header: Header, target: TransferSyntax): PixelPlan {
  const { tag, vr, offset, length } = header.pixelData!;
  const BitsAllocated = number(header, '00280100') ?? 8;
  /* Words that somebody called bytes would keep their byte order. */
  const written = vr === 'OB' && BitsAllocated > 8 && length > 0 ? 'OW' : vr;
  checkByteOrder(BitsAllocated, header.littleEndian, !target.bigEndian, vr);
  const unit = header.littleEndian === !target.bigEndian ? 1 : swapUnit(written);
  return {
    ...unchanged,
    write: async (writer, sink, from) => {
      writer.head(tag, written, length + (length % 2));
      writer.copy(from, offset, length, unit);
      if (length % 2) sink.write(new Uint8Array(1));
      return 1;
    },
  };
}

/* The same compression: the fragments as they lie. */
function fragmentsPlan({ header, trailerOffset }: TranscodeSource): PixelPlan {
  const { tag, vr, offset } = header.pixelData!;
  return {
    ...unchanged,
    write: async (writer, _, from) => {
      writer.head(tag, vr, undefinedLength);
      writer.copy(from, offset, trailerOffset - offset, 1);
      return 1;
    },
  };
}

/** The frames of a file, decoded one by one; the first is there already. */
interface Frames {
  readonly header: Header;
  readonly count: number;
  readonly first: StoredFrame;
  at(frame: number): Promise<StoredFrame>;
}

async function openFrames({ path, header }: TranscodeSource): Promise<Frames> {
  const { NumberOfFrames: count } = describePixels(header);
  const claimed = Number(text(header, '00280008') ?? 1);
  if (claimed > count) throw damaged('frames are missing in it');
  const decode = async (frame: number): Promise<StoredFrame> =>
    decodeForTranscoding(await readFrame(path, header, frame), header);
  const first = await decode(0);
  const at = async (frame: number): Promise<StoredFrame> => {
    if (frame === 0) return first;
    const found = await decode(frame);
    if (found.photometric !== first.photometric) throw damaged('its frames are of different kinds');
    return found;
  };
  return { header, count, first, at };
}

/** Encapsulated frames as native pixel data. */
function decodePlan({ first, count, at }: Frames, target: TransferSyntax): PixelPlan {
  const { image, photometric } = first;
  const bits = image.Rows * image.Columns * image.SamplesPerPixel * image.BitsAllocated * count;
  const length = Math.ceil(bits / 16) * 2;
  if (length > 0xffff_fffe) throw new PacsError('too-large', 'The image is too large to be sent uncompressed.');
  checkByteOrder(image.BitsAllocated, true, !target.bigEndian, 'OW');
  /* Bytes in OW would have to change places in big endian. */
  const vr = image.BitsAllocated > 8 ? 'OW' : 'OB';
  const unit = target.bigEndian ? swapUnit(vr) : 1;
  return {
    isChanged: true,
    changes: pixelChanges({ ...image, PhotometricInterpretation: photometric }),
    write: async (writer, sink) => {
      writer.head('7FE00010', vr, length);
      const start = sink.size;
      const packer = image.BitsAllocated % 8 ? new CellPacker(image.BitsAllocated) : undefined;
      for (let frame = 0; frame < count; frame++) {
        const decoded = await at(frame);
        const cells = packer ? packer.add(decoded.values) : frameCells(decoded);
        sink.write(unit === 1 ? cells : swapped(cells, unit));
      }
      if (packer) sink.write(packer.end());
      if ((sink.size - start) % 2) sink.write(new Uint8Array(1));
      return 1;
    },
  };
}

/** Frames of any kind in fragments, one a frame, with an offset table where there are several, PS3.5 A.4. */
function encodePlan({ header, first, count, at }: Frames, target: TransferSyntax): PixelPlan {
  const encoder = frameEncoder(target.uid, first, header);
  const { image } = first;
  const frameBytes = Math.ceil((image.Rows * image.Columns * image.SamplesPerPixel * image.BitsAllocated) / 8);
  /* An offset has four bytes; noise may grow a little when it is compressed. */
  const hasTable = count > 1 && frameBytes * count * 1.25 < 0xffff_ffff;
  return {
    isChanged: true,
    changes: pixelChanges({ ...image, ...encoder }),
    ...(encoder.lossyMethod ? { lossyMethod: encoder.lossyMethod } : {}),
    write: async (writer, sink) => {
      writer.head('7FE00010', 'OB', undefinedLength);
      writer.mark(itemTag, hasTable ? count * 4 : 0);
      const table = Buffer.alloc(hasTable ? count * 4 : 0);
      const tableAt = sink.size;
      sink.write(Buffer.from(table));
      for (let frame = 0; frame < count; frame++) {
        if (hasTable) table.writeUInt32LE(sink.size - tableAt - table.length, frame * 4);
        writeFragment(writer, sink, encoder, await at(frame), header);
      }
      sink.patch(tableAt, table);
      const encodedBytes = sink.size - tableAt - table.length - 8 * count;
      writer.mark(sequenceEnd, 0);
      return (frameBytes * count) / encodedBytes;
    },
  };
}

function writeFragment(
  writer: ElementWriter,
  sink: TranscodeSink,
  encoder: FrameEncoder,
  frame: StoredFrame,
  header: Header,
): void {
  const bytes = encoder.encode(frame, header);
  writer.mark(itemTag, bytes.length + (bytes.length % 2));
  sink.write(bytes);
  if (bytes.length % 2) sink.write(new Uint8Array(1));
}
