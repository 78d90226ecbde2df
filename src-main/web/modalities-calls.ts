/** What a node can be asked over REST: test, send, query, move, get, worklist. Names and forms are Orthanc's. */
import { z } from 'zod';
import { PacsError } from '#shared/errors.ts';
import type { Modality } from '#shared/model.ts';
import { modalitySchema } from '#shared/settings.ts';
import { fromOrthanc } from '../peers/orthanc-modality.ts';
import type { WebDeps } from './deps.ts';
import { answerJob } from './jobs.ts';
import { created, json, overNetwork } from './modalities-answer.ts';
import {
  callDetails,
  callFields,
  checked,
  isSynchronous,
  jobFields,
  jsonBody,
  levelField,
  wordOrJson,
} from './modalities-body.ts';
import { modalityOf, scopesOf } from './modalities-resources.ts';
import type { KeptQueries } from './queries-kept.ts';
import { retrieveContent, uniqueKeysOf } from './queries-keys.ts';
import { readTags } from './read-tags.ts';
import { route, type Handler, type WebApp } from './routes.ts';
import { showTags, type TagsFormat } from './show-tags.ts';

const calls = { echo, store, move, get, 'find-worklist': findWorklist } as const;

/** The names below `/modalities/{id}` that are called with POST. */
export const modalityOperations: readonly string[] = [
  ...Object.keys(calls),
  'query',
  'storage-commitment',
  'store-straight',
];

/** Adds `/modalities/{id}/…` and `/tools/dicom-echo`. */
export function addModalityCalls(app: WebApp, deps: WebDeps, kept: KeptQueries): void {
  for (const [name, call] of Object.entries(calls)) route(app, `/modalities/:id/${name}`, { POST: call(deps) });
  route(app, '/modalities/:id/query', { POST: query(deps, kept) });
  route(app, '/tools/dicom-echo', { POST: echoAnyone(deps) });
}

const text = z.string().max(64);

function echo({ network, peers }: WebDeps): Handler {
  const fields = z.object({ ...callFields, CheckFind: z.boolean().optional() });
  return async (c) => {
    const node = modalityOf(c, peers);
    const { CheckFind, ...call } = checked(fields, await jsonBody(c));
    await overNetwork(network.nodes.echo({ ...node, ...callDetails(call) }, CheckFind));
    return json({});
  };
}

function echoAnyone({ network }: WebDeps): Handler {
  return async (c) => {
    const body = fromOrthanc(await jsonBody(c));
    const node = checked(modalitySchema, body);
    const { CheckFind } = checked(z.object({ CheckFind: z.boolean().optional() }), body);
    await overNetwork(network.nodes.echo({ ...node, name: node.AET }, CheckFind));
    return json({});
  };
}

function store(deps: WebDeps): Handler {
  const fields = z.object({
    ...callFields,
    ...jobFields,
    Resources: z.array(text).min(1).max(100_000),
    StorageCommitment: z.boolean().default(false),
    MoveOriginatorAet: modalitySchema.shape.AET.optional(),
    MoveOriginatorID: z.int().min(0).max(65_535).default(0),
  });
  return async (c) => {
    const node = modalityOf(c, deps.peers);
    const given = await wordOrJson(c);
    const body = checked(
      fields,
      typeof given === 'string' || Array.isArray(given) ? { Resources: [given].flat() } : given,
    );
    const { Resources, StorageCommitment, MoveOriginatorAet, MoveOriginatorID, Priority, UserData } = body;
    const id = await deps.network.nodes.send(node, {
      scopes: await scopesOf(deps.store, Resources),
      commit: StorageCommitment,
      originator: MoveOriginatorAet ? { AET: MoveOriginatorAet, MessageID: MoveOriginatorID } : undefined,
      call: callDetails(body),
      priority: Priority,
      rest: { UserData, Content: { ParentResources: Resources } },
    });
    return answerJob(c, id, { isWaitedFor: isSynchronous(body), isPermissive: body.Permissive }, deps);
  };
}

function query({ network, peers }: WebDeps, kept: KeptQueries): Handler {
  const fields = z.object({ ...callFields, Level: levelField, Query: z.unknown().default({}) });
  return async (c) => {
    const node = modalityOf(c, peers);
    const body = checked(fields, await jsonBody(c));
    const [call, identifier] = [callDetails(body), readTags(body.Query)];
    const answers = await overNetwork(network.nodes.find({ ...node, ...call }, body.Level, identifier));
    return created(kept.add({ name: node.name, level: body.Level, identifier, answers, call }), 'queries');
  };
}

function move(deps: WebDeps): Handler {
  return retrieve(deps, 'C-MOVE');
}

function get(deps: WebDeps): Handler {
  return retrieve(deps, 'C-GET');
}

function retrieve(deps: WebDeps, method: Modality['RetrieveMethod']): Handler {
  const fields = z.object({
    ...callFields,
    ...jobFields,
    Level: levelField,
    Resources: z.array(z.unknown()).min(1).max(1000),
    TargetAet: modalitySchema.shape.AET.optional(),
  });
  return async (c) => {
    const node = modalityOf(c, deps.peers);
    const body = checked(fields, await jsonBody(c));
    const { Level: level, Resources, TargetAet, Priority, UserData } = body;
    if (TargetAet && method === 'C-GET')
      throw new PacsError('bad-request', 'A C-GET has no TargetAet: images come here.');
    const answers = Resources.map((resource) => readTags(resource));
    const id = await deps.network.nodes.retrieve(node, {
      level,
      items: answers.map((answer) => uniqueKeysOf(answer, level)),
      method,
      destination: TargetAet,
      call: callDetails(body),
      priority: Priority,
      rest: { UserData, Content: retrieveContent(answers, level, 'Short', TargetAet) },
    });
    return answerJob(c, id, { isWaitedFor: isSynchronous(body) }, deps);
  };
}

function findWorklist({ network, peers }: WebDeps): Handler {
  const fields = z.object({ Full: z.boolean().default(false), Short: z.boolean().default(false) });
  return async (c) => {
    const node = modalityOf(c, peers);
    const body = checked(z.record(z.string(), z.unknown()), await jsonBody(c));
    /* Before 1.11.1 the body of Orthanc was the query itself. */
    const isWrapped = 'Query' in body || 'Full' in body || 'Short' in body;
    const { Full, Short } = checked(fields, isWrapped ? body : {});
    const identifier = readTags((isWrapped ? body['Query'] : body) ?? {});
    const format: TagsFormat = Full ? 'Full' : Short ? 'Short' : 'Simplify';
    const answers = await overNetwork(network.nodes.findWorklist(node, identifier));
    return json(answers.map((answer) => showTags(answer, format)));
  };
}
