/** Reads multipart bodies as they come in: never a whole part in memory, and no input makes it hold more than a bound. */
import { PacsError } from '#shared/errors.ts';

/** One part; its body must be read (or left) before the next part is asked for. */
export interface IncomingPart {
  /** Header fields, names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: AsyncIterable<Uint8Array>;
  /** Resolves when the body has been read to its end, or left. */
  readonly finished: Promise<void>;
}

const maximumHeadLength = 16_384;
const maximumPreambleLength = 65_536;
const empty = Buffer.alloc(0);

/** The boundary parameter when it is one, RFC 2046 5.1.1; throws `bad-request` else. */
export function checkedBoundary(boundary: string | undefined): string {
  if (!boundary || boundary.length > 70 || !/^[\x20-\x7e]*[\x21-\x7e]$/.test(boundary))
    throw new PacsError('bad-request', 'The multipart body needs a boundary of 1 to 70 printable characters.');
  return boundary;
}

const truncated = () => new PacsError('truncated', 'The multipart body ended before its closing boundary.');

function parseHead(head: Buffer): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const line of head.toString('latin1').split('\r\n')) {
    if (line === '') continue;
    const colon = line.indexOf(':');
    if (colon <= 0) throw new PacsError('bad-request', 'A part of the multipart body has a malformed header.');
    headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}

/** What has come and is not used yet, and the source for more. */
class Window {
  bytes: Buffer = empty;
  readonly #source: AsyncIterator<Uint8Array>;
  #failure: unknown;

  constructor(source: AsyncIterator<Uint8Array>) {
    this.#source = source;
  }

  /** Adds the next chunk behind what is here; throws `truncated` at the end of the source, and what it failed with ever after. */
  async more(): Promise<void> {
    if (this.#failure) throw this.#failure;
    const { done, value } = await this.#source.next().catch((error: unknown) => {
      this.#failure = error;
      throw error;
    });
    if (done) throw (this.#failure = truncated());
    const chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    this.bytes = this.bytes.length === 0 ? chunk : Buffer.concat([this.bytes, chunk]);
  }

  take(count: number): Buffer {
    const taken = this.bytes.subarray(0, count);
    this.bytes = this.bytes.subarray(count);
    return taken;
  }

  /** Takes all before `mark` and the mark itself; throws `bad-request` with the sentence past `bound`. */
  async takeThrough(mark: Buffer, bound: number, sentence: string): Promise<Buffer> {
    for (let from = 0; ;) {
      const at = this.bytes.indexOf(mark, from);
      if (at > bound || (at < 0 && this.bytes.length > bound + mark.length))
        throw new PacsError('bad-request', sentence);
      if (at >= 0) return this.take(at + mark.length).subarray(0, at);
      from = Math.max(0, this.bytes.length - mark.length + 1);
      await this.more();
    }
  }
}

/** The bytes up to the delimiter, which is taken too. */
async function* bodyUpTo(window: Window, delimiter: Buffer): AsyncGenerator<Uint8Array> {
  for (;;) {
    const at = window.bytes.indexOf(delimiter);
    if (at >= 0) {
      if (at > 0) yield window.take(at);
      window.take(delimiter.length);
      return;
    }
    const safe = window.bytes.length - delimiter.length + 1;
    if (safe > 0) yield window.take(safe);
    await window.more();
  }
}

/** What follows a delimiter: `--` ends the body, padding and CRLF begin a part. */
async function isLast(window: Window): Promise<boolean> {
  while (window.bytes.length < 2) await window.more();
  if (window.bytes.subarray(0, 2).toString('latin1') === '--') return true;
  const padding = await window.takeThrough(Buffer.from('\r\n'), 256, 'A boundary of the multipart body is malformed.');
  if (/[^ \t]/.test(padding.toString('latin1')))
    throw new PacsError('bad-request', 'A boundary of the multipart body is malformed.');
  return false;
}

async function readHead(window: Window): Promise<ReadonlyMap<string, string>> {
  while (window.bytes.length < 2) await window.more();
  if (window.bytes.subarray(0, 2).toString('latin1') === '\r\n') {
    window.take(2);
    return new Map();
  }
  return parseHead(
    await window.takeThrough(
      Buffer.from('\r\n\r\n'),
      maximumHeadLength,
      'A part of the multipart body has too long a header.',
    ),
  );
}

/** A part whose body may be left half read without ending the source. */
function makePart(headers: ReadonlyMap<string, string>, chunks: AsyncGenerator<Uint8Array>): IncomingPart {
  const { promise: finished, resolve } = Promise.withResolvers<void>();
  const iterator: AsyncIterator<Uint8Array> = {
    next: async () => {
      const step = await chunks.next().catch((error: unknown) => {
        resolve();
        throw error;
      });
      if (step.done) resolve();
      return step;
    },
    return: async () => {
      resolve();
      return { done: true, value: undefined };
    },
  };
  return { headers, body: { [Symbol.asyncIterator]: () => iterator }, finished };
}

/**
 * The parts of a multipart body, one after the other; what of a body was left is skipped. The epilogue is not read.
 * @throws PacsError `bad-request` for what is no multipart body, `truncated` where it ends too early.
 */
export async function* readMultipart(
  source: AsyncIterable<Uint8Array>,
  boundary: string,
): AsyncGenerator<IncomingPart> {
  const iterator = source[Symbol.asyncIterator]();
  const window = new Window(iterator);
  // The delimiter includes the CRLF before it; the first one may stand at the very beginning.
  window.bytes = Buffer.from('\r\n');
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  try {
    await window.takeThrough(delimiter, maximumPreambleLength, 'The body does not begin with its multipart boundary.');
    while (!(await isLast(window))) {
      const chunks = bodyUpTo(window, delimiter);
      yield makePart(await readHead(window), chunks);
      while (!(await chunks.next()).done);
    }
  } finally {
    await iterator.return?.();
  }
}
