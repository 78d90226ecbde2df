/** The calls of the contract over HTTP: JSON in, JSON out. */
import { PacsError } from '#shared/errors.ts';
import { answerCall } from '../calls.ts';
import { parseMediaType } from './accept.ts';
import type { WebDeps } from './deps.ts';
import { requestText } from './request-body.ts';
import type { Handler } from './routes.ts';

const maximumInput = 1 << 20;

function parseInput(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new PacsError('bad-request', 'The input is not JSON.');
  }
}

/** Answers `POST /call/:name`; throws what the call throws, and `unsupported` for input of another type than JSON. */
export const carryCall =
  ({ handlers }: Pick<WebDeps, 'handlers'>): Handler =>
  async (c) => {
    const text = await requestText(c, maximumInput);
    const isJson = parseMediaType(c.req.header('Content-Type') ?? '').type === 'application/json';
    if (text !== '' && !isJson) throw new PacsError('unsupported', 'The input of a call is application/json.');
    const output = await answerCall(handlers, c.req.param('name'), parseInput(text));
    return new Response(JSON.stringify(output ?? null), {
      headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
    });
  };
