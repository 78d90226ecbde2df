/** The content security policy of the window's page, whoever serves it. */

/**
 * Scripts, styles and workers from the page's own origin only (WebAssembly may compile); calls and pictures also from `core`,
 * the origin of the core's private listener, where that is another one.
 */
export function contentSecurityPolicy(core?: string): string {
  const own = core === undefined ? "'self'" : `'self' ${core}`;
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    `img-src ${own} data: blob:`,
    `connect-src ${own}`,
    "worker-src 'self'",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
