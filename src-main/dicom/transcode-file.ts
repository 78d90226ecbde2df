/** Changes the transfer syntax of one file, frame by frame; all else is kept as it is. Synchronous in the main, for threads. */
import { createReadStream, createWriteStream } from 'node:fs';
import { appendFile, stat, unlink } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createDeflateRaw, deflateRawSync } from 'node:zlib';
import { PacsError } from '#shared/errors.ts';
import { findTransferSyntax, type TransferSyntax } from '#shared/transfer-syntaxes.ts';
import type { Element } from './data-set.ts';
import { lossyChanges, ratioText, rememberedLoss, type Changes } from './transcode-changes.ts';
import { ElementWriter, holdsFragments, type ElementSource } from './transcode-elements.ts';
import { planPixels } from './transcode-pixels.ts';
import { TranscodeSink, type TranscodePart, type Written } from './transcode-sink.ts';
import { openSource, type TranscodeSource } from './transcode-source.ts';

const unsupported = (): PacsError =>
  new PacsError('unsupported', 'Images cannot be changed into this transfer syntax.');

/**
 * The data set of a file in another transfer syntax; what stays as it lies is only pointed to. `workPath` is the beginning of
 * the names of files that are made; only those of the answer are left. @throws PacsError unsupported, damaged, too-large; nothing is left behind
 */
export async function transcodeFile(path: string, TransferSyntaxUID: string, workPath: string): Promise<Written> {
  const target = findTransferSyntax(TransferSyntaxUID);
  if (!target) throw unsupported();
  const [inflated, plain] = [`${workPath}.inflated`, `${workPath}.data`];
  const sink = new TranscodeSink(plain);
  let source: TranscodeSource | undefined;
  try {
    source = await openSource(path, inflated);
    await writeDataSet(source, target, sink);
    const written = sink.finish();
    return target.deflated ? await deflated(written, `${workPath}.deflated`) : written;
  } catch (error) {
    sink.close();
    for (const made of [plain, `${workPath}.deflated`]) await unlink(made).catch(() => undefined);
    throw error;
  } finally {
    source?.close();
    await unlink(inflated).catch(() => undefined);
  }
}

async function writeDataSet(source: TranscodeSource, target: TransferSyntax, sink: TranscodeSink): Promise<void> {
  const { header } = source;
  const plan = await planPixels(source, target);
  const encoding = { explicitVR: target.explicitVR, littleEndian: !target.bigEndian };
  const writer = new ElementWriter(sink, encoding);
  const { explicitVR, littleEndian } = header;
  /* What is deflated afterwards is read in one go. */
  const path = source.isKept && !target.deflated ? source.path : undefined;
  const from = { explicitVR, littleEndian, read: source.read, base: 0, path, size: source.size };
  const made = { ...from, explicitVR: true, littleEndian: true };
  const lossy = plan?.lossyMethod
    ? lossyChanges(header, plan.lossyMethod, 1)
    : rememberedLoss(header, source.TransferSyntaxUID);
  const changes: Changes = new Map(plan?.isChanged ? [...plan.changes, ...lossy] : []);
  let ratioEnd: number | undefined;
  for (const { element, isNew } of merged(header.dataSet.values(), changes)) {
    if (plan?.isChanged && isIconToLose(element)) continue;
    writer.dataSet([element], isNew ? made : from);
    if (element.tag === '00282112') ratioEnd = sink.size;
  }
  if (plan) {
    const ratio = await plan.write(writer, sink, from);
    if (plan.lossyMethod && ratioEnd !== undefined) patchRatio(sink, ratioEnd, ratio);
  }
  writeTrailer(writer, source, from);
}

/* Icons are compressed like the image, PS3.3 C.7.6.1.1.6, and need not be there. */
const isIconToLose = (element: Element): boolean => element.tag === '00880200' && holdsFragments(element);

function patchRatio(sink: TranscodeSink, end: number, ratio: number): void {
  const value = Buffer.from(ratioText(ratio), 'latin1');
  sink.patch(end - value.length, value);
}

function writeTrailer(writer: ElementWriter, source: TranscodeSource, from: ElementSource): void {
  const elements = sorted(source.trailer.values());
  writer.dataSet(elements, { ...from, base: source.trailerOffset });
}

const sorted = (elements: Iterable<Element>): Element[] => [...elements].toSorted((a, b) => (a.tag < b.tag ? -1 : 1));

/* Elements come in the order of their tags, PS3.5 7.1, also where the source had them otherwise. */
function merged(kept: Iterable<Element>, changes: Changes): { element: Element; isNew: boolean }[] {
  const old = [...kept].filter(({ tag }) => !changes.has(tag)).map((element) => ({ element, isNew: false }));
  const added = [...changes.values()].flatMap((element) => (element ? [{ element, isNew: true }] : []));
  return [...old, ...added].toSorted((a, b) => (a.element.tag < b.element.tag ? -1 : 1));
}

/* Padded to an even length, PS3.5 A.5. */
async function deflated({ parts }: Written, path: string): Promise<Written> {
  const inMemory = parts.filter((part) => part instanceof Uint8Array);
  if (inMemory.length === parts.length) {
    const bytes = deflateRawSync(Buffer.concat(inMemory));
    const even = new Uint8Array(bytes.length + (bytes.length % 2));
    even.set(bytes);
    return { size: even.length, parts: [even] };
  }
  await pipeline(Readable.from(bytesOf(parts)), createDeflateRaw(), createWriteStream(path, { flags: 'wx' }));
  for (const part of parts) if (!(part instanceof Uint8Array)) await unlink(part.path).catch(() => undefined);
  const { size } = await stat(path);
  if (size % 2) await appendFile(path, new Uint8Array(1));
  const length = size + (size % 2);
  return { size: length, parts: [{ path, offset: 0, length, isMade: true }] };
}

async function* bytesOf(parts: readonly TranscodePart[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Uint8Array) yield part;
    else yield* createReadStream(part.path, { start: part.offset, end: part.offset + part.length - 1 });
  }
}
