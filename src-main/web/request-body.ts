/** The body of a request as a stream that ends with an error past its bound. */
import { PacsError } from '#shared/errors.ts';
import type { WebContext } from './connection.ts';

const tooLarge = () => new PacsError('too-large', 'The upload is larger than the settings allow.');

/** The bytes as they come; who stops early leaves the connection open, so that the answer still gets through. */
function sourceOf({ env, req }: WebContext): AsyncIterable<Uint8Array> | undefined {
  const { incoming } = env;
  if (incoming) return incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  return (req.raw.body ?? undefined) as AsyncIterable<Uint8Array> | undefined;
}

/** The bytes of the body; throws `too-large` past `bound` bytes, `aborted` when the client goes. */
export function requestBody(c: WebContext, bound: number): AsyncIterable<Uint8Array> {
  if (Number(c.req.header('Content-Length') ?? 0) > bound) throw tooLarge();
  return bounded(sourceOf(c), bound);
}

async function* bounded(body: AsyncIterable<Uint8Array> | undefined, bound: number): AsyncGenerator<Uint8Array> {
  let length = 0;
  try {
    for await (const chunk of body ?? []) {
      length += chunk.byteLength;
      if (length > bound) throw tooLarge();
      yield chunk;
    }
  } catch (error) {
    if (error instanceof PacsError) throw error;
    throw new PacsError('aborted', 'The upload ended before it was complete.', { cause: error });
  }
}

/** The body as text of at most `bound` bytes. */
export async function requestText(c: WebContext, bound: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of requestBody(c, bound)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
