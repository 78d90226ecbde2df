/** WADO-RS: single frames as they are kept or decoded, PS3.18 10.4.1.1.6. */
import { readHeader } from '../dicom/header-reader.ts';
import { describePixels } from '../dicom/pixel-description.ts';
import { acceptOf, negotiate } from './accept.ts';
import { readAhead, streamed } from './body.ts';
import { entityTag, notModified, privateCache } from './caching.ts';
import type { WebDeps } from './deps.ts';
import { openFrames } from './frame-bytes.ts';
import { parseFrameList } from './frame-list.ts';
import { multipartRelated } from './multipart.ts';
import { contentType, frameOffers } from './pixel-media.ts';
import { dicomWebBase, retrieveURL } from './retrieve-url.ts';
import type { Handler } from './routes.ts';
import { filesOf, scopeOf } from './scope.ts';

/** The frames of a list as multipart/related; one frame alone where a single part is asked for. Read one after the other. */
export const retrieveFrames =
  (deps: WebDeps): Handler =>
  async (c) => {
    const [file] = await filesOf(deps.store, scopeOf(c));
    const frames = parseFrameList(c.req.param('frames') ?? '', file.NumberOfFrames);
    const header = await readHeader(file.path);
    describePixels(header); // throws where there are no pixels
    const { isMultipart, value: form } = negotiate(acceptOf(c.req.raw), frameOffers(header, frames.length === 1));
    const tag = entityTag(file.path, file.size, isMultipart ? 'm' : 's', contentType(form), ...frames);
    const headers = { ETag: tag, 'Cache-Control': privateCache, Vary: 'Accept' };
    const known = notModified(c.req.raw, tag);
    if (known) return known;
    const bytesOf = await openFrames(deps.pixels, file, header, frames, form);
    const [first = 0] = frames;
    if (!isMultipart) {
      const bytes = (await bytesOf(first)) as Uint8Array<ArrayBuffer>;
      return new Response(bytes, { headers: { ...headers, 'Content-Type': contentType(form) } });
    }
    const at = `${retrieveURL(dicomWebBase(c.req.raw, deps.settings), file)}/frames`;
    const parts = frames.map((frame) => ({
      headers: { 'Content-Type': contentType(form), 'Content-Location': `${at}/${frame + 1}` },
      async *body() {
        yield await bytesOf(frame);
      },
    }));
    const body = multipartRelated(form.type, parts);
    return new Response(streamed(readAhead(body.chunks())), { headers: { ...body.headers, ...headers } });
  };
