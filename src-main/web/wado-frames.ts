/** WADO-RS: the encoded or uncompressed bytes of single frames, PS3.18 10.4.1.1.6. */
import { open } from 'node:fs/promises';
import type { Header } from '../dicom/data-set.ts';
import { frameLocations, readFrame } from '../dicom/frames.ts';
import { readHeader } from '../dicom/header-reader.ts';
import { describePixels } from '../dicom/pixel-description.ts';
import type { StoredFile } from '../store/store.ts';
import { acceptOf, negotiate } from './accept.ts';
import { readAhead, streamed } from './body.ts';
import { entityTag, notModified, privateCache } from './caching.ts';
import type { WebDeps } from './deps.ts';
import { parseFrameList } from './frame-list.ts';
import { swapped } from './little-endian.ts';
import { multipartRelated, type Part } from './multipart.ts';
import { type FrameForm, frameOffers, isEncapsulated } from './pixel-media.ts';
import { dicomWebBase, retrieveURL } from './retrieve-url.ts';
import type { Handler } from './routes.ts';
import { filesOf, scopeOf } from './scope.ts';

/** Looks where the frames lie before anything is sent; throws `damaged` for one that is missing. */
export async function checkFrames(path: string, header: Header, frames: readonly number[]): Promise<void> {
  const file = await open(path);
  try {
    const locations = await frameLocations(file, header, path);
    for (const frame of frames) locations.at(frame);
  } finally {
    await file.close();
  }
}

/** One frame's bytes, numbers in little endian. */
async function frameBytes({ path }: StoredFile, header: Header, frame: number): Promise<Uint8Array> {
  const bytes = await readFrame(path, header, frame);
  if (header.littleEndian || isEncapsulated(header)) return bytes;
  return swapped(bytes, describePixels(header).BitsAllocated / 8);
}

const contentType = ({ type, transferSyntax }: FrameForm) => `${type}; transfer-syntax=${transferSyntax}`;

function partsOf(file: StoredFile, header: Header, frames: readonly number[], form: FrameForm, base: string): Part[] {
  const at = `${retrieveURL(base, file)}/frames`;
  return frames.map((frame) => ({
    headers: { 'Content-Type': contentType(form), 'Content-Location': `${at}/${frame + 1}` },
    async *body() {
      yield await frameBytes(file, header, frame);
    },
  }));
}

/** The frames of a list as multipart/related; one frame alone where a single part is asked for. Read one after the other. */
export const retrieveFrames =
  (deps: WebDeps): Handler =>
  async (c) => {
    const [file] = await filesOf(deps.store, scopeOf(c));
    const frames = parseFrameList(c.req.param('frames') ?? '', file.NumberOfFrames);
    const header = await readHeader(file.path);
    describePixels(header); // throws where there are no pixels
    await checkFrames(file.path, header, frames);
    const { isMultipart, value: form } = negotiate(acceptOf(c.req.raw), frameOffers(header, frames.length === 1));
    const tag = entityTag(file.path, file.size, isMultipart ? 'm' : 's', form.type, ...frames);
    const headers = { ETag: tag, 'Cache-Control': privateCache, Vary: 'Accept' };
    const known = notModified(c.req.raw, tag);
    if (known) return known;
    const [first = 0] = frames;
    if (!isMultipart) {
      const bytes = (await frameBytes(file, header, first)) as Uint8Array<ArrayBuffer>;
      return new Response(bytes, { headers: { ...headers, 'Content-Type': contentType(form) } });
    }
    const base = dicomWebBase(c.req.raw, deps.settings);
    const body = multipartRelated(form.type, partsOf(file, header, frames, form, base));
    return new Response(streamed(readAhead(body.chunks())), { headers: { ...body.headers, ...headers } });
  };
