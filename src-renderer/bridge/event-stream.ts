/** A server-sent event stream that comes back by itself. */
import type { EventName } from '#shared/contract.ts';
import { createEmitter } from '#shared/emitter.ts';
import type { Connection } from './window-bridge.ts';

/** Milliseconds until a stream that was refused is asked for again; the browser itself handles a mere break. */
const retryAfter = 1500;

/** An event stream's two sorts of listeners; each answer stops listening. */
export interface EventStream {
  on(name: EventName, listener: (event: unknown) => void): () => void;
  onConnection(listener: (connection: Connection) => void): () => void;
}

/** Opens the stream at `url`; it lasts as long as the page. */
export function openEventStream(url: string): EventStream {
  const told = createEmitter<{ connection: Connection }>(console.error);
  const listeners = new Map<(event: MessageEvent<string>) => void, EventName>();
  let source = connect();

  function connect(): EventSource {
    const next = new EventSource(url);
    next.addEventListener('open', () => told.emit('connection', 'connected'));
    next.addEventListener('error', () => {
      told.emit('connection', 'lost');
      if (next.readyState === EventSource.CLOSED) setTimeout(reconnect, retryAfter);
    });
    for (const [listener, name] of listeners) next.addEventListener(name, listener);
    return next;
  }

  function reconnect(): void {
    source = connect();
  }

  return {
    on: (name, listener) => {
      const heard = (message: MessageEvent<string>) => listener(JSON.parse(message.data));
      listeners.set(heard, name);
      source.addEventListener(name, heard);
      return () => {
        listeners.delete(heard);
        source.removeEventListener(name, heard);
      };
    },
    onConnection: (listener) => told.on('connection', listener),
  };
}
