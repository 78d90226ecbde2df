/** WADO-RS: the values that metadata give as addresses, PS3.18 10.4.1.1.5. */
import { open } from 'node:fs/promises';
import { PacsError } from '#shared/errors.ts';
import type { DataSet, Element, Header } from '../dicom/data-set.ts';
import { readDeflated } from '../dicom/frames-deflated.ts';
import { encapsulatedFrames } from '../dicom/frames-encapsulated.ts';
import { readFrame } from '../dicom/frames.ts';
import { readHeader } from '../dicom/header-reader.ts';
import { isVideo } from '../dicom/pixel-codec.ts';
import { describePixels } from '../dicom/pixel-description.ts';
import { text } from '../dicom/values.ts';
import type { StoredFile } from '../store/store.ts';
import { acceptOf, negotiate, type Offer } from './accept.ts';
import { fileChunks, readAhead, streamed } from './body.ts';
import { entityTag, notModified, privateCache } from './caching.ts';
import type { WebDeps } from './deps.ts';
import { numberLength, swapped, swappedChunks } from './little-endian.ts';
import { multipartRelated, type Part } from './multipart.ts';
import { frameOffers, frameSyntax, isEncapsulated } from './pixel-media.ts';
import { checkFrames } from './wado-frames.ts';
import type { Handler } from './routes.ts';
import { filesOf, scopeOf } from './scope.ts';

const octets = 'application/octet-stream';
const encapsulatedDocument = '00420011';
const mimeType = '00420012';
const DeflatedExplicitVRLittleEndian = '1.2.840.10008.1.2.1.99';

const noSuchValue = () => new PacsError('not-found', 'This instance has no such bulk data.');

/** The element of a path such as `7FE00010` or `00409096/1/00409212`; throws `not-found`. */
function elementAt(header: Header, path: string): Element {
  const steps = path.split('/');
  if (header.pixelData?.tag === path) return header.pixelData;
  let dataSet: DataSet | undefined = header.dataSet;
  for (; steps.length > 1; steps.splice(0, 2)) {
    const [tag = '', item = ''] = steps;
    dataSet = /^[1-9]\d*$/.test(item) ? dataSet?.get(tag)?.items?.[Number(item) - 1] : undefined;
  }
  const element = dataSet?.get(steps[0] ?? '');
  if (!element || element.items) throw noSuchValue();
  return element;
}

/** The bytes of a value, numbers in little endian. */
async function* valueChunks({ path }: StoredFile, header: Header, element: Element): AsyncGenerator<Uint8Array> {
  const { offset, length, value, vr } = element;
  const unit = header.littleEndian ? 1 : numberLength(vr);
  if (value) yield unit === 1 ? value : swapped(value, unit);
  else if (header.TransferSyntaxUID === DeflatedExplicitVRLittleEndian) yield await inflated(path, header, element);
  else yield* unit === 1 ? fileChunks(path, length, offset) : swappedChunks(fileChunks(path, length, offset), unit);
}

async function inflated(path: string, header: Header, { offset, length }: Element): Promise<Uint8Array> {
  const file = await open(path);
  try {
    return await readDeflated(file, header, { offset, length });
  } finally {
    await file.close();
  }
}

/** What a value may be given as; an encapsulated document by its own type too. */
function valueOffers(header: Header, element: Element): readonly Offer<{ readonly type: string }>[] {
  const own = element.tag === encapsulatedDocument ? text(header, mimeType)?.trim().toLowerCase() : undefined;
  const types = own && /^[\w.+-]+\/[\w.+-]+$/.test(own) && own !== octets ? [octets, own] : [octets];
  return [true, false].flatMap((isMultipart) => types.map((type) => ({ type, isMultipart, value: { type } })));
}

/** The fragments of a video, which is one stream whatever NumberOfFrames says, PS3.5 8.2.5. */
async function* videoChunks({ path, size }: StoredFile, header: Header): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  const { rangesOf } = await encapsulatedFrames(file, header, size, 1).finally(() => file.close());
  for (const { offset, length } of rangesOf(0)) yield* fileChunks(path, length, offset);
}

const areFrames = (header: Header, element: Element) => element === header.pixelData && isEncapsulated(header);

/** How many parts pixel data in fragments have. */
const partCount = (header: Header) => (isVideo(header.TransferSyntaxUID) ? 1 : describePixels(header).NumberOfFrames);

/** The parts of a value: one, or one a frame for pixel data in fragments. */
async function partsOf(file: StoredFile, header: Header, element: Element, type: string): Promise<readonly Part[]> {
  if (!areFrames(header, element))
    return [
      { headers: { 'Content-Type': type }, length: element.length, body: () => valueChunks(file, header, element) },
    ];
  const headers = { 'Content-Type': `${type}; transfer-syntax=${frameSyntax(header)}` };
  if (isVideo(header.TransferSyntaxUID)) return [{ headers, body: () => videoChunks(file, header) }];
  const frames = Array.from({ length: partCount(header) }, (_, frame) => frame);
  await checkFrames(file.path, header, frames);
  return frames.map((frame) => ({
    headers,
    async *body() {
      yield await readFrame(file.path, header, frame);
    },
  }));
}

/** One value as multipart/related, or alone where a single part is asked for; pixel data in fragments frame by frame. */
export const retrieveBulkdata =
  (deps: WebDeps): Handler =>
  async (c) => {
    const [file] = await filesOf(deps.store, scopeOf(c));
    const path = c.req.param('path') ?? '';
    const header = await readHeader(file.path);
    const element = elementAt(header, path);
    const isPixels = element === header.pixelData && isEncapsulated(header);
    const offers = isPixels
      ? frameOffers(header, describePixels(header).NumberOfFrames === 1)
      : valueOffers(header, element);
    const { isMultipart, value } = negotiate<{ readonly type: string }>(acceptOf(c.req.raw), offers);
    const tag = entityTag(file.path, file.size, path, isMultipart ? 'm' : 's', value.type);
    const headers = { ETag: tag, 'Cache-Control': privateCache, Vary: 'Accept' };
    const known = notModified(c.req.raw, tag);
    if (known) return known;
    const parts = await partsOf(file, header, element, value.type);
    const [only] = parts;
    if (isMultipart || !only) {
      const body = multipartRelated(value.type, parts);
      return new Response(streamed(readAhead(body.chunks())), { headers: { ...body.headers, ...headers } });
    }
    const length = only.length === undefined ? {} : { 'Content-Length': String(only.length) };
    return new Response(streamed(readAhead(toAsync(only.body()))), {
      headers: { ...only.headers, ...length, ...headers },
    });
  };

async function* toAsync(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
