/** STOW-RS: stores the instances of a multipart/related upload as they come in, PS3.18 10.5. */
import { PacsError, toPacsError } from '#shared/errors.ts';
import type { Identifiers, Origin } from '#shared/model.ts';
import type { Store } from '../store/store.ts';
import { acceptOf, negotiate, parseMediaType } from './accept.ts';
import type { WebContext } from './connection.ts';
import type { WebDeps } from './deps.ts';
import { peekMeta } from './meta-peek.ts';
import { checkedBoundary, type IncomingPart, readMultipart } from './multipart-reader.ts';
import { requestBody } from './request-body.ts';
import { dicomWebBase } from './retrieve-url.ts';
import type { Handler } from './routes.ts';
import { scopeOf } from './scope.ts';
import { type PartOutcome, stowAnswer, stowStatus } from './stow-answer.ts';

const partsAtOnce = 8;
const maximumParts = 100_000;

/** Where an upload came from. */
const originOf = (c: WebContext): Origin => {
  const user = c.get('user');
  return { kind: 'http', remoteAddress: c.env.remoteAddress, ...(user === undefined ? {} : { user }) };
};

/** The boundary of the upload; throws `unsupported` for other types than multipart/related; type="application/dicom". */
function boundaryOf(request: Request): string {
  const { type, parameters } = parseMediaType(request.headers.get('Content-Type') ?? '');
  if (type !== 'multipart/related' || (parameters.get('type') ?? '').toLowerCase() !== 'application/dicom')
    throw new PacsError('unsupported', 'An upload must be multipart/related; type="application/dicom".');
  return checkedBoundary(parameters.get('boundary'));
}

async function storePart(
  store: Store,
  part: IncomingPart,
  origin: Origin,
  claim: Partial<Identifiers>,
): Promise<PartOutcome> {
  const type = parseMediaType(part.headers.get('content-type') ?? 'application/dicom').type;
  if (type !== 'application/dicom') return { code: 'unsupported' };
  const peek = peekMeta(part.body);
  try {
    return { receipt: await store.receive(peek.stream, origin, claim) };
  } catch (error) {
    const identifiers = peek.identifiers();
    return { code: toPacsError(error).code, ...(identifiers ? { identifiers } : {}) };
  }
}

/**
 * Hands each part to the archive as it comes in. While one is being made durable the next is read already, eight at most.
 * A body that breaks off makes the last part a failure; what was stored before stays and is told.
 */
async function storeParts(
  parts: AsyncIterable<IncomingPart>,
  storeOne: (part: IncomingPart) => Promise<PartOutcome>,
): Promise<readonly PartOutcome[]> {
  const outcomes: PartOutcome[] = [];
  const running = new Set<Promise<void>>();
  const start = (part: IncomingPart, index: number) => {
    const work: Promise<void> = storeOne(part).then((outcome) => {
      outcomes[index] = outcome;
      running.delete(work);
    });
    running.add(work);
    return work;
  };
  let count = 0;
  try {
    for await (const part of parts) {
      if (count >= maximumParts) throw new PacsError('too-large', 'The upload has too many parts.');
      const done = start(part, count++);
      await Promise.race([done, part.finished]);
      if (running.size >= partsAtOnce) await Promise.race(running);
    }
  } catch (error) {
    await Promise.all(running);
    const { code } = toPacsError(error);
    if (code === 'too-large' || outcomes.length === 0) throw error;
    // A part that was cut off has its own outcome already.
    if (!outcomes.some((outcome) => 'code' in outcome)) outcomes.push({ code });
  }
  await Promise.all(running);
  return outcomes;
}

/** Stores an upload and tells what became of each instance; 200, 202, 409 or 507, PS3.18 Table 10.5.3-1. */
export const storeInstances =
  (deps: WebDeps): Handler =>
  async (c) => {
    const { type } = negotiate(
      acceptOf(c.req.raw),
      ['application/dicom+json', 'application/json'].map((type) => ({ type, isMultipart: false, value: type })),
    );
    const boundary = boundaryOf(c.req.raw);
    const { StudyInstanceUID } = scopeOf(c);
    const claim = StudyInstanceUID === undefined ? {} : { StudyInstanceUID };
    const body = requestBody(c, deps.settings.MaximumRequestBodySizeMB * 2 ** 20);
    const origin = originOf(c);
    const outcomes = await storeParts(readMultipart(body, boundary), (part) =>
      storePart(deps.store, part, origin, claim),
    );
    if (outcomes.length === 0) throw new PacsError('bad-request', 'The upload holds no instance.');
    const answer = stowAnswer(outcomes, dicomWebBase(c.req.raw, deps.settings));
    return new Response(JSON.stringify(answer), {
      status: stowStatus(outcomes),
      headers: { 'Content-Type': type, 'Cache-Control': 'no-store' },
    });
  };
