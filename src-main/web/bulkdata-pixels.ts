/** Pixel data in fragments as bulk data: frame by frame as they are kept, or decoded to one native value. */
import { open } from 'node:fs/promises';
import type { Header } from '../dicom/data-set.ts';
import { encapsulatedFrames } from '../dicom/frames-encapsulated.ts';
import { isVideo } from '../dicom/pixel-codec.ts';
import { describePixels } from '../dicom/pixel-description.ts';
import type { StoredFile } from '../store/store.ts';
import type { Offer } from './accept.ts';
import { fileChunks } from './body.ts';
import type { Pixels } from './deps.ts';
import { isDecoded, openFrames } from './frame-bytes.ts';
import type { Part } from './multipart.ts';
import { contentType, type FrameForm, frameOffers } from './pixel-media.ts';

/** What fragments may be given as: kept frames a part each, a video or a decoded value alone too. @throws PacsError */
export function pixelOffers(header: Header): readonly Offer<FrameForm>[] {
  const { NumberOfFrames, frameBits } = describePixels(header);
  const isOnePart = NumberOfFrames === 1 || isVideo(header.TransferSyntaxUID);
  // Frames of single bits follow each other without padding in a native value, which decoded frames cannot be joined to.
  const isJoinable = NumberOfFrames === 1 || frameBits % 8 === 0;
  return frameOffers(header, true).filter(({ isMultipart, value }) =>
    isDecoded(header, value) ? isJoinable : isMultipart || isOnePart,
  );
}

/** The fragments of a video, which is one stream whatever NumberOfFrames says, PS3.5 8.2.5. */
async function* videoChunks({ path, size }: StoredFile, header: Header): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  const { rangesOf } = await encapsulatedFrames(file, header, size, 1).finally(() => file.close());
  for (const { offset, length } of rangesOf(0)) yield* fileChunks(path, length, offset);
}

/** The frames one after the other and a byte more where their length is odd, as native pixel data are, PS3.5 8.1.1. */
async function* joined(frames: readonly number[], bytesOf: (frame: number) => Promise<Uint8Array>) {
  let length = 0;
  for (const frame of frames) {
    const bytes = await bytesOf(frame);
    length += bytes.length;
    yield bytes;
  }
  if (length % 2 === 1) yield new Uint8Array(1);
}

/** The parts of fragments in the form that was agreed on. @throws PacsError where a frame is missing */
export async function pixelParts(
  pixels: Pixels,
  file: StoredFile,
  header: Header,
  form: FrameForm,
): Promise<readonly Part[]> {
  const headers = { 'Content-Type': contentType(form) };
  if (isVideo(header.TransferSyntaxUID)) return [{ headers, body: () => videoChunks(file, header) }];
  const frames = Array.from({ length: describePixels(header).NumberOfFrames }, (_, frame) => frame);
  const bytesOf = await openFrames(pixels, file, header, frames, form);
  if (isDecoded(header, form)) return [{ headers, body: () => joined(frames, bytesOf) }];
  return frames.map((frame) => ({
    headers,
    async *body() {
      yield await bytesOf(frame);
    },
  }));
}
