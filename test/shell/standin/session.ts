/** Electron's `session.defaultSession`: who may do what. Without handlers Electron grants everything. */
import { findings } from './audit.ts';
import { strict } from './strict.ts';

type RequestHandler = (
  contents: unknown,
  permission: string,
  callback: (granted: boolean) => void,
  details: { readonly isMainFrame: boolean; readonly requestingUrl: string },
) => void;
type CheckHandler = (contents: unknown, permission: string, origin: string, details: object) => boolean;

class Session {
  request: RequestHandler | undefined;
  check: CheckHandler | undefined;
  setPermissionRequestHandler(handler: RequestHandler): void {
    this.request = handler;
  }
  setPermissionCheckHandler(handler: CheckHandler): void {
    this.check = handler;
  }
}

const defaultSession = new Session();

/** Electron's `session`. */
export const session = strict({ defaultSession: strict(defaultSession, 'session.defaultSession') }, 'session');

/** The session's handlers that are missing. */
export const missingHandlers = (): string[] => (['request', 'check'] as const).filter((name) => !defaultSession[name]);

/** Asks both handlers as Electron does for a top frame of that origin (or URL of it). */
export async function isAllowed(permission: string, url: string): Promise<boolean> {
  const origin = URL.canParse(url) ? url.replace(/^(\w+:\/\/[^/]*).*/, '$1') : url;
  const checked = defaultSession.check?.(null, permission, origin, {}) ?? true;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  if (defaultSession.request)
    defaultSession.request(null, permission, resolve, { isMainFrame: true, requestingUrl: `${origin}/` });
  else resolve(true);
  const granted = (await promise) && checked;
  if (!granted) findings.denied.push(`${permission} for ${origin}`);
  return granted;
}
