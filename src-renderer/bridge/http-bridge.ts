/** The bridge in a browser: calls by POST, events by a server-sent event stream. */
import type { CallName, Events, EventName, Input, Outputs } from '#shared/contract.ts';
import { PacsError } from '#shared/errors.ts';
import type { PacsErrorValue } from '#shared/errors.ts';
import type { WindowBridge } from './window-bridge.ts';
import { openEventStream } from './event-stream.ts';
import { privateUrl } from './private-url.ts';

/** The error of an HTTP answer: the core's own if its body has one. */
async function errorOf(response: Response): Promise<PacsError> {
  const value = (await response.json().catch(() => undefined)) as Partial<PacsErrorValue> | undefined;
  if (value?.code && value.message) return new PacsError(value.code, value.message);
  const code = response.status === 401 ? 'unauthorized' : 'internal';
  return new PacsError(code, `HTTP ${response.status}`);
}

/** One request to the core. @throws PacsError: the core's own, or `aborted` when it cannot be reached. */
async function post(url: string, token: string, input: unknown): Promise<unknown> {
  const request = fetch(url, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(input === undefined ? {} : { body: JSON.stringify(input) }),
  });
  const response = await request.catch((cause: unknown) => {
    throw new PacsError('aborted', 'The archive cannot be reached.', { cause });
  });
  if (!response.ok) throw await errorOf(response);
  const text = await response.text();
  return text === '' ? undefined : JSON.parse(text);
}

/** Opens the bridge to the core at `base` (an origin). */
export function openHttpBridge(base: string, token: string): WindowBridge {
  const stream = openEventStream(privateUrl(base, token, '/events'));
  return {
    call: <N extends CallName>(name: N, ...[input]: undefined extends Input<N> ? [] : [Input<N>]) =>
      post(new URL(`/call/${name}`, base).href, token, input) as Promise<Outputs[N]>,
    on: <N extends EventName>(name: N, listener: (event: Events[N]) => void) =>
      stream.on(name, (event) => listener(event as Events[N])),
    url: (path) => privateUrl(base, token, path),
    onConnection: stream.onConnection,
  };
}
