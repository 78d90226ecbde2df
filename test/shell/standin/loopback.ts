/** Requests of the page to this computer: asks the permission that Electron asks, and shows the server the origin it would see. */
import { type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { fault } from './audit.ts';
import { fromChromium, toChromium } from './scheme.ts';
import { isAllowed } from './session.ts';

/** Passes one request of the page at `url` on to the port it is meant for, bodies streaming both ways. */
export function passToLoopback(incoming: IncomingMessage, outgoing: ServerResponse, url: string): void {
  void isAllowed('loopback-network', url).then((allowed) => {
    if (allowed) return pass(incoming, outgoing);
    fault('the page may not reach the loopback: no handler grants loopback-network');
    outgoing.destroy();
  });
}

function pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { headers, method, url } = incoming;
  const port = Number(headers.host?.split(':')[1]);
  const passed = request({ host: '127.0.0.1', port, method, path: url, headers: mapped(headers, fromChromium) });
  passed.on('response', (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, mapped(answer.headers, toChromium));
    answer.pipe(outgoing);
    answer.on('error', () => outgoing.destroy());
  });
  passed.on('error', () => outgoing.destroy());
  outgoing.on('close', () => passed.destroy());
  incoming.pipe(passed);
}

const originHeaders = new Set(['origin', 'referer', 'access-control-allow-origin']);

const mapped = (headers: IncomingHttpHeaders, map: (origin: string) => string): IncomingHttpHeaders =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      originHeaders.has(name) && typeof value === 'string' ? map(value) : value,
    ]),
  );
