/** WADO-RS: the values that metadata give as addresses, PS3.18 10.4.1.1.5. */
import { open } from 'node:fs/promises';
import { PacsError } from '#shared/errors.ts';
import type { DataSet, Element, Header } from '../dicom/data-set.ts';
import { readDeflated } from '../dicom/frames-deflated.ts';
import { readHeader } from '../dicom/header-reader.ts';
import { text } from '../dicom/values.ts';
import type { StoredFile } from '../store/store.ts';
import { acceptOf, negotiate, type Offer } from './accept.ts';
import { fileChunks, readAhead, streamed } from './body.ts';
import { pixelOffers, pixelParts } from './bulkdata-pixels.ts';
import { entityTag, notModified, privateCache } from './caching.ts';
import type { Pixels, WebDeps } from './deps.ts';
import { numberLength, swapped, swappedChunks } from './little-endian.ts';
import { multipartRelated, type Part } from './multipart.ts';
import { isEncapsulated } from './pixel-media.ts';
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

/** A form in which a value can be given, and its parts. */
interface ValueForm {
  readonly type: string;
  readonly transferSyntax?: string;
  readonly parts: () => Promise<readonly Part[]>;
}

/** What a value may be given as; an encapsulated document by its own type too. */
function valueOffers(file: StoredFile, header: Header, element: Element): readonly Offer<ValueForm>[] {
  const own = element.tag === encapsulatedDocument ? text(header, mimeType)?.trim().toLowerCase() : undefined;
  const types = own && /^[\w.+-]+\/[\w.+-]+$/.test(own) && own !== octets ? [octets, own] : [octets];
  return [true, false].flatMap((isMultipart) =>
    types.map((type) => {
      const body = () => valueChunks(file, header, element);
      const part = { headers: { 'Content-Type': type }, length: element.length, body };
      return { type, isMultipart, value: { type, parts: async () => [part] } };
    }),
  );
}

function offersOf(pixels: Pixels, file: StoredFile, header: Header, element: Element): readonly Offer<ValueForm>[] {
  if (element !== header.pixelData || !isEncapsulated(header)) return valueOffers(file, header, element);
  return pixelOffers(header).map((offer) => ({
    ...offer,
    value: { ...offer.value, parts: () => pixelParts(pixels, file, header, offer.value) },
  }));
}

/** One value as multipart/related, or alone where a single part is asked for. */
export const retrieveBulkdata =
  (deps: WebDeps): Handler =>
  async (c) => {
    const [file] = await filesOf(deps.store, scopeOf(c));
    const path = c.req.param('path') ?? '';
    const header = await readHeader(file.path);
    const offers = offersOf(deps.pixels, file, header, elementAt(header, path));
    const { isMultipart, value } = negotiate(acceptOf(c.req.raw), offers);
    const { type, transferSyntax = '' } = value;
    const tag = entityTag(file.path, file.size, path, isMultipart ? 'm' : 's', type, transferSyntax);
    const headers = { ETag: tag, 'Cache-Control': privateCache, Vary: 'Accept' };
    const known = notModified(c.req.raw, tag);
    if (known) return known;
    const parts = await value.parts();
    const [only] = parts;
    if (isMultipart || !only) {
      const body = multipartRelated(type, parts);
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
