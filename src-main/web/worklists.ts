/** The worklist over REST, by the addresses of Orthanc's worklists plugin. */
import { PacsError } from '#shared/errors.ts';
import type { WorklistItem } from '#shared/model.ts';
import type { DicomJson } from '../dicom/dicom-json.ts';
import type { Worklist } from '../worklist/worklist.ts';
import type { WebContext } from './connection.ts';
import type { WebDeps } from './deps.ts';
import { readTags } from './read-tags.ts';
import { requestText } from './request-body.ts';
import { route, type WebApp } from './routes.ts';
import { showTags, tagsFormat, type TagsFormat } from './show-tags.ts';

const maximumBody = 1 << 20;

const json = (value: unknown): Response =>
  new Response(JSON.stringify(value), { headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' } });

const notFound = (): PacsError => new PacsError('not-found', 'There is no such worklist item.');

interface Body {
  readonly dataSet: DicomJson;
  readonly force: boolean;
}

/** `{ Tags, Force }` of a request. @throws PacsError bad-request, too-large */
async function readBody(c: WebContext): Promise<Body> {
  const body = parse(await requestText(c, maximumBody));
  const { Tags, Force = false } = (body ?? {}) as { Tags?: unknown; Force?: unknown };
  if (Tags === undefined) throw new PacsError('bad-request', 'The request has no Tags.');
  if (typeof Force !== 'boolean') throw new PacsError('bad-request', 'Force is true or false.');
  return { dataSet: readTags(Tags), force: Force };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PacsError('bad-request', 'The request is not JSON.');
  }
}

/* `20261121T091500`, UTC. */
const compactTime = (iso: string): string => iso.replace(/[-:]|\.\d+Z$/g, '');

/* Status and Source are ours; the rest is as Orthanc answers. */
const shown = (item: WorklistItem, dataSet: DicomJson, format: TagsFormat) => ({
  ID: item.id,
  Tags: showTags(dataSet, format),
  CreationDate: compactTime(item.createdAt),
  Status: item.status,
  Source: item.source,
});

/** Adds `/worklists`, `/worklists/create` and `/worklists/{id}`; PUT replaces a data set and implies Force. */
export function addWorklists(app: WebApp, { worklist }: Pick<WebDeps, 'worklist'>): void {
  route(app, '/worklists', { GET: list(worklist) });
  route(app, '/worklists/create', {
    POST: async (c) => {
      const { dataSet, force } = await readBody(c);
      return created(await worklist.saveDataSet(dataSet, { force }));
    },
  });
  route(app, '/worklists/:id', {
    GET: (c) => one(c, worklist),
    PUT: async (c) => {
      const { dataSet } = await readBody(c);
      return created(await worklist.saveDataSet(dataSet, { id: idOf(c), force: true }));
    },
    DELETE: async (c) => {
      await worklist.remove(idOf(c));
      return json({});
    },
  });
}

const idOf = (c: WebContext): string => c.req.param('id') ?? '';

const created = (id: string): Response => json({ ID: id, Path: `/worklists/${id}` });

const list = (worklist: Worklist) => async (c: WebContext) => {
  const format = tagsFormat(c.req.query('format'));
  const found: object[] = [];
  for (const item of await worklist.list({})) {
    const { dataSet } = (await worklist.get(item.id)) ?? {};
    if (dataSet) found.push(shown(item, dataSet, format));
  }
  return json(found);
};

async function one(c: WebContext, worklist: Worklist): Promise<Response> {
  const format = tagsFormat(c.req.query('format'));
  const found = await worklist.get(idOf(c));
  if (!found) throw notFound();
  const steps = await worklist.steps.list(idOf(c));
  const Steps = steps.map(({ SOPInstanceUID, status, callingAET, referenced, present }) => ({
    SOPInstanceUID,
    Status: status,
    CallingAET: callingAET,
    ReferencedInstances: referenced,
    PresentInstances: present,
  }));
  return json({ ...shown(found.item, found.dataSet, format), Steps });
}
