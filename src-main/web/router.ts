/** The one router behind both listeners: what each lets in, and the addresses they share. */
import { Hono } from 'hono';
import { PacsError } from '#shared/errors.ts';
import { addNetwork, networkPaths } from './modalities.ts';
import { loopbackOnly, noForeignPages, ownWindowOnly } from './origin-guard.ts';
import type { WebContext, WebEnv } from './connection.ts';
import type { WebDeps } from './deps.ts';
import { addDicomWeb } from './dicom-web.ts';
import { errorResponse, errorValueResponse } from './error-body.ts';
import { dicomWebRoot } from './retrieve-url.ts';
import { route, type WebApp } from './routes.ts';
import { statistics, systemInfo } from './system.ts';
import { withPassword, withToken } from './who.ts';
import { carryCall } from './window-calls.ts';
import { answerEvents } from './window-events.ts';
import { answerWindowFile } from './window-files.ts';
import { answerImport } from './window-import.ts';
import { answerPixels } from './window-pixels.ts';
import { answerThumbnail } from './window-thumbnail.ts';
import { addWorklists } from './worklists.ts';

const nothingHere = () => new PacsError('not-found', 'There is nothing at this address.');

function createApp(failed: (error: unknown, c: WebContext) => Response): WebApp {
  const app = new Hono<WebEnv>({ strict: false });
  app.use(async (c, next) => {
    await next();
    c.res.headers.set('X-Content-Type-Options', 'nosniff');
    c.res.headers.set('Referrer-Policy', 'no-referrer');
  });
  app.onError(failed);
  app.notFound((c) => failed(nothingHere(), c));
  return app;
}

/** What both listeners serve: DICOMweb, `/system`, `/statistics`. */
function addCommon(app: WebApp, deps: WebDeps): void {
  route(app, '/system', { GET: systemInfo(deps) });
  route(app, '/statistics', { GET: statistics(deps) });
  addWorklists(app, deps);
  addNetwork(app, deps);
  if (deps.settings.DicomWeb.Enable) addDicomWeb(app, dicomWebRoot(deps.settings), deps);
}

/** The router of the public listener: this computer only or remote with passwords, as the settings say. */
export function createPublicApp(deps: WebDeps): WebApp {
  const { settings, people, log } = deps;
  const app = createApp((error, c) => {
    const response = errorResponse(error, c.req.raw, log);
    if (response.status === 401) response.headers.set('WWW-Authenticate', 'Basic realm="Chairside", charset="UTF-8"');
    return response;
  });
  if (!settings.RemoteAccessAllowed) app.use(loopbackOnly);
  app.use(noForeignPages);
  if (settings.AuthenticationEnabled ?? settings.RemoteAccessAllowed) app.use(withPassword(people));
  addCommon(app, deps);
  return app;
}

/** The router of the private listener: the window's files for this computer, all data for who has the token. */
export function createPrivateApp(deps: WebDeps, token: string, streams: Set<() => void>): WebApp {
  const { settings, windowFolder, windowOrigins, log } = deps;
  const root = dicomWebRoot(settings);
  const app = createApp((error, c) => {
    const isRest = isUnder(c.req.path, [...restPaths, root]);
    return (isRest ? errorResponse : errorValueResponse)(error, c.req.raw, log);
  });
  app.use(loopbackOnly);
  app.use(ownWindowOnly(windowOrigins));
  const data = new Hono<WebEnv>({ strict: false });
  data.use(withToken(token));
  route(data, '/call/:name', { POST: carryCall(deps) });
  route(data, '/events', { GET: answerEvents(deps, streams) });
  route(data, '/window/pixels/:study/:series', { GET: answerPixels(deps) });
  route(data, '/window/thumbnail/:study/:series?', { GET: answerThumbnail(deps) });
  route(data, '/window/import', { POST: answerImport(deps) });
  addCommon(data, deps);
  if (windowFolder !== undefined)
    app.get('*', async (c, next) =>
      isUnder(c.req.path, [...windowPaths, ...restPaths, root]) ? next() : answerWindowFile(c, windowFolder),
    );
  app.route('/', data);
  return app;
}

const windowPaths = ['/call', '/events', '/window'];
/* Answered in the same way on both listeners, errors included. */
const restPaths = ['/system', '/statistics', '/worklists', ...networkPaths];

const isUnder = (path: string, starts: readonly string[]): boolean =>
  starts.some((start) => path === start || path.startsWith(`${start}/`));
