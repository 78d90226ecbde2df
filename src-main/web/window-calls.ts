/** The calls of the contract over HTTP: JSON in, JSON out, checked where they enter. */
import { z } from 'zod';
import { type CallName, type Handlers, inputs } from '#shared/contract.ts';
import { PacsError } from '#shared/errors.ts';
import { parseMediaType } from './accept.ts';
import type { WebDeps } from './deps.ts';
import { requestText } from './request-body.ts';
import type { Handler } from './routes.ts';

const maximumInput = 1 << 20;

function parseInput(name: CallName, text: string): unknown {
  const checked = inputs[name].safeParse(text.trim() === '' ? undefined : parseJson(text));
  if (!checked.success)
    throw new PacsError('bad-request', `The input of ${name} is wrong: ${z.prettifyError(checked.error)}`);
  return checked.data;
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value === null ? undefined : value;
  } catch {
    throw new PacsError('bad-request', 'The input is not JSON.');
  }
}

/** Answers `POST /call/:name`. Throws `not-found` for an unknown name, `bad-request` for input that does not pass its check. */
export const answerCall =
  ({ handlers }: Pick<WebDeps, 'handlers'>): Handler =>
  async (c) => {
    const name = c.req.param('name') ?? '';
    if (!Object.hasOwn(inputs, name)) throw new PacsError('not-found', 'There is no such call.');
    const text = await requestText(c, maximumInput);
    const isJson = parseMediaType(c.req.header('Content-Type') ?? '').type === 'application/json';
    if (text !== '' && !isJson) throw new PacsError('unsupported', 'The input of a call is application/json.');
    const handler = handlers[name as CallName] as Handlers[CallName] & ((input: unknown) => Promise<unknown>);
    const output: unknown = await handler(parseInput(name as CallName, text));
    return new Response(JSON.stringify(output ?? null), {
      headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
    });
  };
