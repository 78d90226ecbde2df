/** The token that lets a browser window use the core: it comes once in the address and is kept for this tab only. */

const storageKey = 'chairside.token';

/** Takes `#token=…` out of the address bar into the tab's session storage, and answers the token of this tab if any. */
export function takeToken({ location, history, sessionStorage }: Window): string | undefined {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given) {
    sessionStorage.setItem(storageKey, given);
    history.replaceState(undefined, '', location.pathname + location.search);
  }
  return sessionStorage.getItem(storageKey) ?? undefined;
}
