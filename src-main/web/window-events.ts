/** Every event of the core as server-sent events; a client that does not read is dropped, not buffered without end. */
import { ReadableStream } from 'node:stream/web';
import type { WebDeps } from './deps.ts';
import type { Handler } from './routes.ts';

const heartbeatMilliseconds = 15_000;
const maximumBuffered = 1 << 20;
const encoder = new TextEncoder();

/** One client's stream: `stop` ends its listening. */
function eventStream({ events }: Pick<WebDeps, 'events'>, streams: Set<() => void>): ReadableStream<Uint8Array> {
  let stop = () => {};
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const send = (text: string) => {
          const bytes = encoder.encode(text);
          // Who is this far behind must ask afresh: EventSource connects again by itself.
          if ((controller.desiredSize ?? 0) < bytes.length) return end();
          controller.enqueue(bytes);
        };
        const forget = events.onAny((name, event) => send(`event: ${name}\ndata: ${JSON.stringify(event)}\n\n`));
        const heartbeat = setInterval(() => send(': still here\n\n'), heartbeatMilliseconds).unref();
        stop = () => {
          forget();
          clearInterval(heartbeat);
          streams.delete(end);
        };
        const end = () => {
          stop();
          controller.close();
        };
        streams.add(end);
        send('retry: 1000\n\n');
      },
      cancel: () => stop(),
    },
    { highWaterMark: maximumBuffered, size: (chunk) => chunk?.byteLength ?? 0 },
  );
}

/** Answers `GET /events`; `streams` holds how to end each open one. */
export const answerEvents =
  (deps: Pick<WebDeps, 'events'>, streams: Set<() => void>): Handler =>
  () =>
    new Response(eventStream(deps, streams), {
      headers: { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' },
    });
