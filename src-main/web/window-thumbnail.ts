/** Small pictures of studies and series for lists: JPEG, kept in memory for a while. */
import { toPacsError } from '#shared/errors.ts';
import { PacsError } from '#shared/errors.ts';
import { entityTag, notModified, privateCache } from './caching.ts';
import type { WebDeps } from './deps.ts';
import { createLru } from './lru.ts';
import { candidates, type FrameOf } from './representative.ts';
import type { Handler } from './routes.ts';
import { filesOf, windowScopeOf } from './scope.ts';

const maximumCached = 16 * 2 ** 20;

function sizeOf(text: string | undefined): number {
  const size = Number(text ?? 128);
  if (!Number.isInteger(size) || size < 16 || size > 1024)
    throw new PacsError('bad-request', 'The parameter size must be a whole number from 16 to 1024.');
  return size;
}

/** The first candidate that can be drawn; undefined where none has a picture. */
async function draw({ pixels }: WebDeps, frames: readonly FrameOf[], size: number): Promise<Uint8Array | undefined> {
  const options = { format: 'jpeg', viewport: { width: size, height: size }, quality: 80 } as const;
  for (const { file, frame } of frames) {
    try {
      return (await pixels.render(file.path, frame, options)).bytes;
    } catch (error) {
      const { code } = toPacsError(error);
      if (code === 'internal' || code === 'busy') throw error;
    }
  }
  return undefined;
}

/** Answers `GET /window/thumbnail/:study[/:series]?size=[&patient=]` (16 to 1024 pixels, 128 if not given); 204 where there is no picture. */
export function answerThumbnail(deps: WebDeps): Handler {
  const cache = createLru<Promise<Uint8Array | undefined>>(maximumCached, 16_384);
  return async (c) => {
    const size = sizeOf(c.req.query('size'));
    const frames = candidates(await filesOf(deps.store, windowScopeOf(c)));
    const tag = entityTag(size, ...frames.map(({ file, frame }) => `${file.path} ${frame}`));
    const known = notModified(c.req.raw, tag);
    if (known) return known;
    const picture = await cache.get(tag, () => draw(deps, frames, size));
    const headers = { ETag: tag, 'Cache-Control': privateCache };
    if (!picture) return new Response(null, { status: 204, headers });
    return new Response(picture as Uint8Array<ArrayBuffer>, { headers: { ...headers, 'Content-Type': 'image/jpeg' } });
  };
}
