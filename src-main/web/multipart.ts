/** Writes multipart/related bodies, RFC 2387, PS3.18 8.6.1.2. */
import { randomBytes } from 'node:crypto';

/** One part: its header fields and its body. */
export interface Part {
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes of the body, where they are known before it is made. */
  readonly length?: number;
  readonly body: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** A multipart body that is made while it is sent, and its headers. */
export interface Multipart {
  readonly headers: Readonly<Record<string, string>>;
  readonly chunks: () => AsyncGenerator<Uint8Array>;
}

/** A multipart/related body of parts whose root type is `type`; Content-Length is told where all parts tell theirs. */
export function multipartRelated(type: string, parts: readonly Part[]): Multipart {
  const boundary = randomBytes(24).toString('hex');
  const heads = parts.map(({ headers }) =>
    Buffer.from(
      `\r\n--${boundary}\r\n${Object.entries(headers)
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join('')}\r\n`,
    ),
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const length = parts.reduce(
    (sum, part, index) => sum + (part.length ?? Number.NaN) + (heads[index]?.length ?? 0),
    tail.length,
  );
  return {
    headers: {
      'Content-Type': `multipart/related; type="${type}"; boundary=${boundary}`,
      ...(Number.isNaN(length) ? {} : { 'Content-Length': String(length) }),
    },
    async *chunks() {
      for (const [index, part] of parts.entries()) {
        yield heads[index] as Uint8Array;
        yield* part.body();
      }
      yield tail;
    },
  };
}
