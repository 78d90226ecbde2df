/** WADO-RS: retrieves a study, series or instance as it is kept, PS3.18 10.4. */
import { PacsError } from '#shared/errors.ts';
import type { StoredFile } from '../store/store.ts';
import { acceptOf, accepts, type MediaRange, negotiate, type Offer } from './accept.ts';
import { readAhead, streamed } from './body.ts';
import { entityTag, notModified, privateCache } from './caching.ts';
import type { WebContext } from './connection.ts';
import type { WebDeps } from './deps.ts';
import { multipartRelated, type Part } from './multipart.ts';
import { missingHead, part10Chunks } from './part10-file.ts';
import { dicomWebBase, retrieveURL } from './retrieve-url.ts';
import type { Handler } from './routes.ts';
import { filesOf, scopeOf } from './scope.ts';
import { warningHeader } from './warning.ts';

const dicom = 'application/dicom';
const offerOf = (file: StoredFile, isMultipart: boolean): Offer<StoredFile> => ({
  type: dicom,
  isMultipart,
  transferSyntax: file.TransferSyntaxUID,
  value: file,
});

/** The form of the answer, and the files whose kept transfer syntax the caller takes in that form. */
function choose(accepted: readonly MediaRange[], files: readonly StoredFile[]) {
  const bySyntax = [...new Map(files.map((file) => [file.TransferSyntaxUID, file])).values()];
  const { isMultipart } = negotiate(accepted, [
    ...bySyntax.map((file) => offerOf(file, true)),
    ...(files.length === 1 ? bySyntax.map((file) => offerOf(file, false)) : []),
  ]);
  return { isMultipart, taken: files.filter((file) => accepts(accepted, offerOf(file, isMultipart))) };
}

const contentType = (file: StoredFile) => `${dicom}; transfer-syntax=${file.TransferSyntaxUID}`;

const partOf = (file: StoredFile, base: string): Part => ({
  headers: { 'Content-Type': contentType(file), 'Content-Location': retrieveURL(base, file) },
  body: () => part10Chunks(file),
});

async function single(c: WebContext, file: StoredFile): Promise<Response> {
  const tag = entityTag(file.path, file.size);
  const known = notModified(c.req.raw, tag);
  if (known) return known;
  const head = await missingHead(file);
  return new Response(streamed(readAhead(part10Chunks(file))), {
    headers: {
      'Content-Type': contentType(file),
      'Content-Length': String(head.length + file.size),
      ETag: tag,
      'Cache-Control': privateCache,
      Vary: 'Accept',
    },
  });
}

/**
 * The files of a scope as multipart/related, or one instance alone where `application/dicom` is asked for. Files are given
 * in the transfer syntax they are kept in; 406 where the caller takes none of these, 206 where it takes some.
 */
export const retrieveInstances =
  (deps: WebDeps): Handler =>
  async (c) => {
    const files = await filesOf(deps.store, scopeOf(c));
    const { isMultipart, taken } = choose(acceptOf(c.req.raw), files);
    const [first] = taken;
    if (!first) throw new PacsError('not-acceptable', 'No instance is kept in a transfer syntax that is accepted.');
    if (!isMultipart) return single(c, first);
    const base = dicomWebBase(c.req.raw, deps.settings);
    const body = multipartRelated(
      dicom,
      taken.map((file) => partOf(file, base)),
    );
    const missing = files.length - taken.length;
    const sentence = `${missing} instances are kept in other transfer syntaxes than the accepted ones`;
    return new Response(streamed(readAhead(body.chunks())), {
      status: missing > 0 ? 206 : 200,
      headers: {
        ...body.headers,
        'Cache-Control': privateCache,
        Vary: 'Accept',
        ...warningHeader(deps.settings, missing > 0 ? [sentence] : []),
      },
    });
  };
