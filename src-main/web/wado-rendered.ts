/** WADO-RS: rendered images and thumbnails of a study, series, instance or frame, PS3.18 10.4.1.1.3 and .4. */
import { PacsError, toPacsError } from '#shared/errors.ts';
import type { RenderOptions } from '../dicom/render-frame.ts';
import { acceptOf, negotiate } from './accept.ts';
import { entityTag, notModified, privateCache } from './caching.ts';
import type { WebContext } from './connection.ts';
import type { WebDeps } from './deps.ts';
import { parseFrameList } from './frame-list.ts';
import { parseRenderOptions } from './render-options.ts';
import { candidates, type FrameOf } from './representative.ts';
import type { Handler } from './routes.ts';
import { filesOf, scopeOf } from './scope.ts';
import { warningHeader } from './warning.ts';

const formats = [
  { type: 'image/jpeg', isMultipart: false, value: 'jpeg' },
  { type: 'image/png', isMultipart: false, value: 'png' },
  { type: 'image/webp', isMultipart: false, value: 'webp' },
] as const;
const thumbnailViewport = { width: 256, height: 256 };

/** The frames that may stand for what the path names, best first. */
async function framesOf(deps: WebDeps, c: WebContext): Promise<readonly FrameOf[]> {
  const scope = scopeOf(c);
  const [file, ...others] = await filesOf(deps.store, scope);
  if (scope.SOPInstanceUID === undefined) return candidates([file, ...others]);
  const frames = c.req.param('frames');
  if (frames === undefined) return file.NumberOfFrames > 0 ? [{ file, frame: 0 }] : [];
  const list = parseFrameList(frames, file.NumberOfFrames);
  if (list.length !== 1) throw new PacsError('bad-request', 'Only one frame can be rendered at a time.');
  return [{ file, frame: list[0] as number }];
}

/** Draws the first frame that can be drawn; throws the last error where none can, `unsupported` where there is none. */
async function draw({ pixels }: WebDeps, frames: readonly FrameOf[], options: RenderOptions) {
  let failure: unknown = new PacsError('unsupported', 'There is no image here to show.');
  for (const { file, frame } of frames) {
    try {
      return await pixels.render(file.path, frame, options);
    } catch (error) {
      failure = error;
      if (toPacsError(error).code === 'busy') break;
    }
  }
  throw failure;
}

async function answer(deps: WebDeps, c: WebContext, preset: Partial<RenderOptions>): Promise<Response> {
  const { value: format } = negotiate(acceptOf(c.req.raw), formats);
  const { options, warnings } = parseRenderOptions(new URL(c.req.url).searchParams);
  const wish: RenderOptions = { ...preset, ...options, format };
  const frames = await framesOf(deps, c);
  const tag = entityTag(JSON.stringify(wish), ...frames.map(({ file, frame }) => `${file.path} ${frame}`));
  const known = notModified(c.req.raw, tag);
  if (known) return known;
  const { bytes, contentType } = await draw(deps, frames, wish);
  return new Response(bytes as Uint8Array<ArrayBuffer>, {
    headers: {
      'Content-Type': contentType,
      ETag: tag,
      'Cache-Control': privateCache,
      Vary: 'Accept',
      ...warningHeader(deps.settings, warnings),
    },
  });
}

/** The image in its full size unless `viewport` says else; a series or study is stood for by its middle image. */
export const retrieveRendered =
  (deps: WebDeps): Handler =>
  (c) =>
    answer(deps, c, {});

/** The same, within 256 x 256 pixels unless `viewport` says else. */
export const retrieveThumbnail =
  (deps: WebDeps): Handler =>
  (c) =>
    answer(deps, c, { viewport: thumbnailViewport });
