/** The kept answers of other nodes over REST: to look at them, to ask further, and to fetch. */
import { z } from 'zod';
import { levels, type Level } from '#shared/attributes.ts';
import { PacsError } from '#shared/errors.ts';
import { modalitySchema } from '#shared/settings.ts';
import type { DicomJson } from '../dicom/dicom-json.ts';
import type { WebContext } from './connection.ts';
import type { WebDeps } from './deps.ts';
import { answerJob } from './jobs.ts';
import { created, flag, json, overNetwork, text } from './modalities-answer.ts';
import {
  callDetails,
  callFields,
  checked,
  isSynchronous,
  jobFields,
  jsonBody,
  levelWord,
  wordOrJson,
} from './modalities-body.ts';
import type { KeptQueries, KeptQuery } from './queries-kept.ts';
import { retrieveContent, uniqueIdentifier, uniqueKeysOf } from './queries-keys.ts';
import { readTags } from './read-tags.ts';
import { route, type Handler, type WebApp } from './routes.ts';
import { showTags, type TagsFormat } from './show-tags.ts';

const below = { 'query-studies': 'STUDY', 'query-series': 'SERIES', 'query-instances': 'IMAGE' } as const;

/** Adds `/queries` and all below it. */
export function addQueries(app: WebApp, deps: WebDeps, kept: KeptQueries): void {
  const one = '/queries/:id';
  const answer = `${one}/answers/:index`;
  const of = (show: (query: KeptQuery, c: WebContext) => Response): { GET: Handler } => ({
    GET: (c) => show(queryOf(c, kept), c),
  });

  route(app, '/queries', { GET: () => json(kept.ids()) });
  route(app, one, {
    ...of(() => json(['answers', 'level', 'modality', 'query', 'retrieve'])),
    DELETE: (c) => {
      queryOf(c, kept);
      kept.delete(c.req.param('id') ?? '');
      return text();
    },
  });
  route(
    app,
    `${one}/level`,
    of(({ level }) => text(levelWord[level])),
  );
  route(
    app,
    `${one}/modality`,
    of(({ name }) => text(name)),
  );
  route(
    app,
    `${one}/query`,
    of(({ identifier }, c) => json(showTags(identifier, formatOf(c)))),
  );
  route(
    app,
    `${one}/answers`,
    of(({ answers }, c) => json(listed(answers, c))),
  );
  route(app, `${one}/retrieve`, { POST: retrieve(deps, kept, ({ answers }) => answers) });
  route(
    app,
    answer,
    of((query, c) => json((answerOf(query, c), operations(query.level)))),
  );
  route(
    app,
    `${answer}/content`,
    of((query, c) => json(showTags(answerOf(query, c), formatOf(c)))),
  );
  route(app, `${answer}/retrieve`, { POST: retrieve(deps, kept, (query, c) => [answerOf(query, c)]) });
  for (const [name, level] of Object.entries(below))
    route(app, `${answer}/${name}`, { POST: queryBelow(deps, kept, level) });
}

function queryOf(c: WebContext, kept: KeptQueries): KeptQuery {
  const query = kept.get(c.req.param('id') ?? '');
  if (!query) throw new PacsError('not-found', 'There is no such query; only the latest hundred are kept.');
  return query;
}

function answerOf({ answers }: KeptQuery, c: WebContext): DicomJson {
  const index = c.req.param('index') ?? '';
  const answer = /^\d{1,9}$/.test(index) ? answers[Number(index)] : undefined;
  if (!answer) throw new PacsError('bad-request', 'The query has no answer of that number.');
  return answer;
}

const operations = (level: Level): readonly string[] => [
  'content',
  'retrieve',
  ...Object.keys(below).filter((name) => isBelow(below[name as keyof typeof below], level)),
];

const isBelow = (lower: Level, upper: Level): boolean => levels.indexOf(lower) > levels.indexOf(upper);

const listed = (answers: readonly DicomJson[], c: WebContext): unknown =>
  flag(c, 'expand') ? answers.map((answer) => showTags(answer, formatOf(c))) : answers.map((_, index) => String(index));

/* `?simplify`, `?short`, else in full. */
const formatOf = (c: WebContext): TagsFormat =>
  flag(c, 'simplify') ? 'Simplify' : flag(c, 'short') ? 'Short' : 'Full';

/** Asks the same node for what lies below an answer. */
function queryBelow({ network, peers }: WebDeps, kept: KeptQueries, level: Level): Handler {
  const fields = z.object({ Query: z.unknown().default({}), Timeout: callFields.Timeout });
  return async (c) => {
    const query = queryOf(c, kept);
    const answer = answerOf(query, c);
    if (!isBelow(level, query.level)) throw new PacsError('bad-request', 'What is asked for does not lie below.');
    const body = checked(fields, await jsonBody(c));
    const call = { ...query.call, ...callDetails(body) };
    const identifier = { ...readTags(body.Query), ...uniqueIdentifier(answer, query.level) };
    const answers = await overNetwork(network.nodes.find({ ...nodeOf(query, peers), ...call }, level, identifier));
    return created(kept.add({ name: query.name, level, identifier, answers, call }), 'queries');
  };
}

function nodeOf({ name }: KeptQuery, peers: WebDeps['peers']) {
  const node = peers.get(name);
  if (!node) throw new PacsError('not-found', 'The device that was asked is not known any more.');
  return node;
}

const retrieveFields = z.object({
  ...jobFields,
  TargetAet: modalitySchema.shape.AET.optional(),
  RetrieveMethod: modalitySchema.shape.RetrieveMethod.optional(),
  Simplify: z.boolean().default(false),
  Full: z.boolean().default(false),
  Timeout: callFields.Timeout,
});

/** Fetches answers from the node that gave them; the body is an object, or the AE title to send to as a word. */
function retrieve(
  deps: WebDeps,
  kept: KeptQueries,
  chosen: (query: KeptQuery, c: WebContext) => readonly DicomJson[],
): Handler {
  return async (c) => {
    const query = queryOf(c, kept);
    const answers = chosen(query, c);
    const given = await wordOrJson(c);
    const body = checked(retrieveFields, typeof given === 'string' ? { TargetAet: given } : given);
    const { TargetAet, RetrieveMethod, Priority, UserData } = body;
    if (answers.length === 0) throw new PacsError('bad-request', 'The query has no answers to fetch.');
    const format = body.Simplify ? 'Simplify' : body.Full ? 'Full' : 'Short';
    const id = await deps.network.nodes.retrieve(nodeOf(query, deps.peers), {
      level: query.level,
      items: answers.map((answer) => uniqueKeysOf(answer, query.level)),
      method: RetrieveMethod,
      destination: TargetAet,
      call: { ...query.call, ...callDetails(body) },
      priority: Priority,
      rest: { UserData, Content: retrieveContent(answers, query.level, format, TargetAet) },
    });
    return answerJob(c, id, { isWaitedFor: isSynchronous(body) }, deps);
  };
}
