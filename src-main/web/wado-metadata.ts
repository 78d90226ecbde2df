/** WADO-RS: the metadata of a study, series or instance as DICOM JSON, PS3.18 10.4.1.1.2. */
import { dicomJsonText, toDicomJson } from '../dicom/dicom-json.ts';
import { readHeader } from '../dicom/header-reader.ts';
import type { StoredFile } from '../store/store.ts';
import { acceptOf, negotiate } from './accept.ts';
import { mapAhead } from './ahead.ts';
import { streamed } from './body.ts';
import { entityTag, notModified, privateCache } from './caching.ts';
import type { WebDeps } from './deps.ts';
import { dicomWebBase, retrieveURL } from './retrieve-url.ts';
import type { Handler } from './routes.ts';
import { filesOf, scopeOf } from './scope.ts';

const filesAtOnce = 8;
const offers = ['application/dicom+json', 'application/json'].map((type) => ({
  type,
  isMultipart: false,
  value: type,
}));

/** The JSON text of one file's header; what is not inline is told as an address under the instance's `bulkdata`. */
async function metadataOf(file: StoredFile, base: string): Promise<string> {
  const at = `${retrieveURL(base, file)}/bulkdata`;
  return dicomJsonText(toDicomJson(await readHeader(file.path), { bulkDataURI: (path) => `${at}/${path}` }));
}

async function* jsonArray(files: readonly StoredFile[], base: string): AsyncGenerator<Uint8Array> {
  let separator = '[';
  for await (const text of mapAhead(files, (file) => metadataOf(file, base), { depth: filesAtOnce })) {
    yield Buffer.from(separator + text);
    separator = ',';
  }
  yield Buffer.from(']');
}

/** The headers of all instances of a scope as one JSON array, written while they are read. */
export const retrieveMetadata =
  (deps: WebDeps): Handler =>
  async (c) => {
    const { type } = negotiate(acceptOf(c.req.raw), offers);
    const files = await filesOf(deps.store, scopeOf(c));
    const base = dicomWebBase(c.req.raw, deps.settings);
    const tag = entityTag(type, base, ...files.map(({ path, size }) => `${path} ${size}`));
    const headers = { 'Content-Type': type, ETag: tag, 'Cache-Control': privateCache, Vary: 'Accept' };
    return notModified(c.req.raw, tag) ?? new Response(streamed(jsonArray(files, base)), { headers });
  };
