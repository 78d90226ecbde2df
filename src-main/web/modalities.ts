/** The known DICOM nodes over REST, by Orthanc's addresses and in its words. */
import { inputs } from '#shared/contract.ts';
import { modalitySchema } from '#shared/settings.ts';
import { fromOrthanc, toOrthanc } from '../peers/orthanc-modality.ts';
import type { Peers } from '../peers/peers.ts';
import type { WebDeps } from './deps.ts';
import { addJobs } from './jobs.ts';
import { flag, json, text } from './modalities-answer.ts';
import { checked, jsonBody } from './modalities-body.ts';
import { addModalityCalls, modalityOperations } from './modalities-calls.ts';
import { addCommitments } from './modalities-commitment.ts';
import { modalityOf } from './modalities-resources.ts';
import { addStraight } from './modalities-straight.ts';
import { addQueries } from './queries.ts';
import { createKeptQueries } from './queries-kept.ts';
import { route, type WebApp } from './routes.ts';

/** The first parts of the paths that `addNetwork` adds. */
export const networkPaths: readonly string[] = [
  '/modalities',
  '/queries',
  '/jobs',
  '/storage-commitment',
  '/tools/dicom-echo',
];

/** Adds all that is about other DICOM nodes: `/modalities`, `/queries`, `/jobs`, `/storage-commitment`, `/tools/dicom-echo`. */
export function addNetwork(app: WebApp, deps: WebDeps): void {
  const kept = createKeptQueries();
  addModalities(app, deps.peers);
  addModalityCalls(app, deps, kept);
  addStraight(app, deps);
  addCommitments(app, deps);
  addQueries(app, deps, kept);
  addJobs(app, deps);
}

function addModalities(app: WebApp, peers: Peers): void {
  route(app, '/modalities', {
    GET: (c) => {
      const nodes = peers.list().toSorted((a, b) => (a.name < b.name ? -1 : 1));
      const names = nodes.map(({ name }) => name);
      return json(flag(c, 'expand') ? Object.fromEntries(nodes.map((node) => [node.name, toOrthanc(node)])) : names);
    },
  });
  route(app, '/modalities/:id', {
    GET: (c) => {
      modalityOf(c, peers);
      return json(['configuration', ...modalityOperations].toSorted());
    },
    PUT: async (c) => {
      const name = checked(inputs['devices.save'].shape.name, c.req.param('id'));
      await peers.save(name, checked(modalitySchema, fromOrthanc(await jsonBody(c))));
      return text();
    },
    DELETE: async (c) => {
      await peers.remove(modalityOf(c, peers).name);
      return text();
    },
  });
  route(app, '/modalities/:id/configuration', { GET: (c) => json(toOrthanc(modalityOf(c, peers))) });
}
