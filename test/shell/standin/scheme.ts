/** Electron's `protocol`: pages of a custom scheme, served at `http://HOST.SCHEME.localhost/` because Chromium knows no other. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { app } from './app.ts';
import { fault } from './audit.ts';
import { strict } from './strict.ts';

type Handler = (request: Request) => Response | Promise<Response>;
interface Privileges {
  readonly standard?: boolean;
  readonly secure?: boolean;
}

const privileged = new Map<string, Privileges>();
const handlers = new Map<string, Handler>();

/** Electron's `protocol`. */
export const protocol = strict(
  {
    registerSchemesAsPrivileged(
      schemes: readonly { readonly scheme: string; readonly privileges?: Privileges }[],
    ): void {
      if (app.isReady()) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
      for (const { scheme, privileges = {} } of schemes) privileged.set(scheme, privileges);
    },
    handle(scheme: string, handler: Handler): void {
      const { standard, secure } = privileged.get(scheme) ?? {};
      if (!standard || !secure) fault(`the scheme ${scheme} is not registered as standard and secure`);
      handlers.set(scheme, handler);
    },
  },
  'protocol',
);

/** The address at which Chromium is given a URL of a custom scheme; other URLs stay as they are. */
export const toChromium = (url: string): string =>
  url.replace(/^([a-z]+):\/\/([a-z0-9-]+)/, (all, scheme: string, host: string) =>
    handlers.has(scheme) ? `http://${host}.${scheme}.localhost` : all,
  );

/** The URL, or origin, that Electron would tell for Chromium's. */
export const fromChromium = (url: string): string =>
  url.replace(/^http:\/\/([a-z0-9-]+)\.([a-z]+)\.localhost/, (all, host: string, scheme: string) =>
    handlers.has(scheme) ? `${scheme}://${host}` : all,
  );

/** Answers a request of Chromium from the handler of its scheme. */
export function answerScheme(request: IncomingMessage, response: ServerResponse): void {
  handle(request)
    .then((answer) => send(answer, response))
    .catch((error: unknown) => {
      console.error('stand-in: the protocol handler failed', error);
      response.destroy();
    });
}

async function handle({ headers, method = 'GET', url = '/' }: IncomingMessage): Promise<Response> {
  const wanted = fromChromium(`http://${headers.host}${url}`);
  const handler = handlers.get(wanted.slice(0, wanted.indexOf(':')));
  if (!handler) throw new Error(`no handler for ${wanted}`);
  const answer = await handler(new Request(wanted, { method }));
  const isPage = answer.headers.get('content-type')?.includes('html');
  if (isPage && !answer.headers.has('content-security-policy')) fault(`no Content-Security-Policy header on ${wanted}`);
  return answer;
}

function send(answer: Response, response: ServerResponse): void {
  response.writeHead(answer.status, [...answer.headers].flat());
  if (answer.body) Readable.fromWeb(answer.body as ReadableStream).pipe(response);
  else response.end();
}
