/** Keeps every page where it belongs: no navigation away, no new windows, no permissions but the few the window needs. */
import { app, type Session } from 'electron';
import { windowOrigin } from './protocol.ts';

/**
 * What our own page may do: reach the core's private listener on the loopback (Chromium asks for that since version 142,
 * under one name or the other) and copy text such as the AE title.
 */
const allowed = new Set(['local-network-access', 'loopback-network', 'clipboard-sanitized-write']);

const isOurs = (url: string | undefined) => url === windowOrigin || url?.startsWith(`${windowOrigin}/`) === true;

/** For all contents made from now on: stay on our page, open nothing, attach nothing. */
export function guardContents(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-frame-navigate', (event) => {
      if (!isOurs(event.url)) event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}

/** Electron grants every permission unless told otherwise: grants our page the few above, all others none. */
export function guardPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, callback, details) =>
    callback(allowed.has(permission) && details.isMainFrame && isOurs(details.requestingUrl)),
  );
  session.setPermissionCheckHandler(
    (_contents, permission, requestingOrigin) => allowed.has(permission) && isOurs(requestingOrigin),
  );
}
