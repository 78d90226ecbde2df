/** The HTTP door: one router behind a private listener for our own window and an optional public one. */
import { randomBytes } from 'node:crypto';
import { PacsError } from '#shared/errors.ts';
import { type Connection, connectionOf } from './connection.ts';
import type { WebDeps } from './deps.ts';
import { type Listener, openListener } from './listener.ts';
import { createPrivateApp, createPublicApp } from './router.ts';
import type { WebApp } from './routes.ts';

export type { Pixels, WebDeps } from './deps.ts';

/** Where the door is open. */
interface WebAddresses {
  /** Origin of the private listener, such as `http://127.0.0.1:40123`. */
  readonly privateUrl: string;
  /** Lets into the private listener, as `Authorization: Bearer` or `?token=`. */
  readonly token: string;
  /** Port of the public listener, where there is one. */
  readonly httpPort?: number;
}

/** The HTTP door. */
export interface Web {
  /** Opens the listeners; throws PacsError for settings that may not be, and what the operating system says for a port in use. */
  start(): Promise<WebAddresses>;
  /** Closes the listeners and every connection. */
  stop(): Promise<void>;
  /** Answers a request without a socket, as the named listener would. */
  fetch(request: Request, connection: Connection): Promise<Response>;
  readonly token: string;
}

/** Refuses to let other computers in without any password, or behind a password that nobody has. */
function checkPeople({ settings, people, log }: WebDeps): void {
  const { RemoteAccessAllowed, AuthenticationEnabled = RemoteAccessAllowed } = settings;
  if (RemoteAccessAllowed && AuthenticationEnabled && people.count === 0)
    throw new PacsError(
      'bad-request',
      'RemoteAccessAllowed opens the HTTP port to other computers: name at least one user in RegisteredUsers.',
    );
  if (RemoteAccessAllowed && !AuthenticationEnabled)
    log('warn', 'Other computers may use the HTTP port without a password: AuthenticationEnabled is false.');
  if (!RemoteAccessAllowed && AuthenticationEnabled && people.count === 0)
    log('warn', 'Nobody can use the HTTP port: AuthenticationEnabled is true and RegisteredUsers names no one.');
}

const openPublic = ({ settings }: WebDeps, app: WebApp): Promise<Listener> =>
  openListener({
    ...(settings.RemoteAccessAllowed ? {} : { host: '127.0.0.1' }),
    port: settings.HttpPort,
    answer: (request, incoming) => app.fetch(request, connectionOf('public', incoming)),
  });

/** A closed HTTP door over the given rooms. */
export function createWeb(deps: WebDeps): Web {
  const token = randomBytes(32).toString('base64url');
  const streams = new Set<() => void>();
  const apps = { private: createPrivateApp(deps, token, streams), public: createPublicApp(deps) };
  const listeners: Listener[] = [];

  async function start(): Promise<WebAddresses> {
    checkPeople(deps);
    const own = await openListener({
      host: '127.0.0.1',
      port: 0,
      answer: (request, incoming) => apps.private.fetch(request, connectionOf('private', incoming)),
    });
    listeners.push(own);
    const shared = deps.settings.HttpServerEnabled ? await openPublic(deps, apps.public) : undefined;
    if (shared) listeners.push(shared);
    return { privateUrl: `http://127.0.0.1:${own.port}`, token, ...(shared ? { httpPort: shared.port } : {}) };
  }

  async function stop(): Promise<void> {
    for (const end of streams) end();
    await Promise.all(listeners.splice(0).map((listener) => listener.close()));
  }

  return {
    token,
    start: () =>
      start().catch(async (error: unknown) => {
        await stop();
        throw error;
      }),
    stop,
    fetch: async (request, connection) => apps[connection.listener].fetch(request, connection),
  };
}
