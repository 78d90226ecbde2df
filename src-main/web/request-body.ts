/** The body of a request as a stream that ends with an error past its bound. */
import { PacsError } from '#shared/errors.ts';

const tooLarge = () => new PacsError('too-large', 'The upload is larger than the settings allow.');

/** The bytes of the body; throws `too-large` past `bound` bytes, `bad-request` without a body, `aborted` when the client goes. */
export function requestBody(request: Request, bound: number): AsyncIterable<Uint8Array> {
  if (Number(request.headers.get('Content-Length') ?? 0) > bound) throw tooLarge();
  if (!request.body) throw new PacsError('bad-request', 'The request has no body.');
  return bounded(request.body as unknown as AsyncIterable<Uint8Array>, bound);
}

async function* bounded(body: AsyncIterable<Uint8Array>, bound: number): AsyncGenerator<Uint8Array> {
  let length = 0;
  try {
    for await (const chunk of body) {
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
export async function requestText(request: Request, bound: number): Promise<string> {
  if (!request.body) return '';
  const chunks: Uint8Array[] = [];
  for await (const chunk of requestBody(request, bound)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
