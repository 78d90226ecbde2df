/** The addresses of DICOMweb, PS3.18 chapter 10. */
import type { WebDeps } from './deps.ts';
import { search } from './qido.ts';
import { route, type WebApp } from './routes.ts';
import { storeInstances } from './stow.ts';
import { retrieveBulkdata } from './wado-bulkdata.ts';
import { retrieveFrames } from './wado-frames.ts';
import { retrieveInstances } from './wado-instances.ts';
import { retrieveMetadata } from './wado-metadata.ts';
import { retrieveRendered, retrieveThumbnail } from './wado-rendered.ts';

const study = '/studies/:study';
const series = `${study}/series/:series`;
const instance = `${series}/instances/:instance`;

/** Adds QIDO-RS, WADO-RS and STOW-RS under `root`. */
export function addDicomWeb(app: WebApp, root: string, deps: WebDeps): void {
  const add = (path: string, methods: Parameters<typeof route>[2]) => route(app, root + path, methods);

  add('/studies', { GET: search(deps, 'STUDY'), POST: storeInstances(deps) });
  add('/series', { GET: search(deps, 'SERIES') });
  add('/instances', { GET: search(deps, 'IMAGE') });
  add(`${study}/series`, { GET: search(deps, 'SERIES') });
  add(`${study}/instances`, { GET: search(deps, 'IMAGE') });
  add(`${series}/instances`, { GET: search(deps, 'IMAGE') });

  add(study, { GET: retrieveInstances(deps), POST: storeInstances(deps) });
  add(series, { GET: retrieveInstances(deps) });
  add(instance, { GET: retrieveInstances(deps) });

  for (const path of [study, series, instance]) {
    add(`${path}/metadata`, { GET: retrieveMetadata(deps) });
    add(`${path}/rendered`, { GET: retrieveRendered(deps) });
    add(`${path}/thumbnail`, { GET: retrieveThumbnail(deps) });
  }
  add(`${instance}/frames/:frames`, { GET: retrieveFrames(deps) });
  add(`${instance}/frames/:frames/rendered`, { GET: retrieveRendered(deps) });
  add(`${instance}/frames/:frames/thumbnail`, { GET: retrieveThumbnail(deps) });
  add(`${instance}/bulkdata/:path{.+}`, { GET: retrieveBulkdata(deps) });
}
