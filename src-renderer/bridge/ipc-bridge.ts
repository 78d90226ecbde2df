/** The bridge inside the desktop app: calls and events over IPC, bodies over the core's private listener. */
import type { CallName, Events, EventName, Input, Outputs } from '#shared/contract.ts';
import { PacsError } from '#shared/errors.ts';
import type { PacsErrorValue } from '#shared/errors.ts';
import type { WindowBridge } from './window-bridge.ts';
import { privateUrl } from './private-url.ts';

/** What the preload puts on `window.pacs`. */
export interface WindowPacs {
  /** Answers `{ value }` or `{ error: { code, message } }`; errors lose their class over IPC, so they travel as values. */
  call(name: string, input: unknown): Promise<unknown>;
  on(name: string, listener: (event: unknown) => void): () => void;
}

/** Answer of the shell's own call `shell.endpoint`: where the private listener is. */
interface Endpoint {
  readonly url: string;
  readonly token: string;
}

async function answerOf(pacs: WindowPacs, name: string, input: unknown): Promise<unknown> {
  const answer = (await pacs.call(name, input)) as { value?: unknown; error?: PacsErrorValue };
  if (answer.error) throw new PacsError(answer.error.code, answer.error.message);
  return answer.value;
}

/** Opens the bridge over `window.pacs`. @throws PacsError when the shell does not know its listener. */
export async function openIpcBridge(pacs: WindowPacs): Promise<WindowBridge> {
  const { url, token } = (await answerOf(pacs, 'shell.endpoint', undefined)) as Endpoint;
  return {
    call: <N extends CallName>(name: N, ...[input]: undefined extends Input<N> ? [] : [Input<N>]) =>
      answerOf(pacs, name, input) as Promise<Outputs[N]>,
    on: <N extends EventName>(name: N, listener: (event: Events[N]) => void) =>
      pacs.on(name, (event) => listener(event as Events[N])),
    url: (path) => privateUrl(url, token, path),
    // The core lives in the same app: while there is a window there is a line.
    onConnection: () => () => undefined,
  };
}
