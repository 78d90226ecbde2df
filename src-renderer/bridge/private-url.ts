/** Addresses on the core's private listener. */

/** The absolute URL of `path` (with or without a query) at `base`, with the token as query parameter. */
export function privateUrl(base: string, token: string, path: string): string {
  const url = new URL(path, base);
  url.searchParams.set('token', token);
  return url.href;
}
