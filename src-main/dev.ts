/** `npm run dev`: the core, started again when its sources change, and the window from Vite's server, both in one process tree. */
import { resolve } from 'node:path';
import type { Plugin, ViteDevServer } from 'vite';
import { createServer } from 'vite';
import { type Ready, startHeadless } from './headless-process.ts';
import { requireNode } from './require-node.ts';

requireNode();

const root = resolve(import.meta.dirname, '..');
let token = '';
let server: ViteDevServer | undefined;

/** The core has a new token at each start; the page takes it before its own script asks for it. */
const giveToken: Plugin = {
  name: 'give-token',
  transformIndexHtml: () => [
    {
      tag: 'script',
      children: `sessionStorage.setItem('chairside.token', ${JSON.stringify(token)})`,
      injectTo: 'head-prepend',
    },
  ],
};

async function serveWindow({ window, dicomPort }: Ready): Promise<void> {
  console.log(`The core listens for scanners on port ${dicomPort ?? 'none'}.`);
  const { origin, hash } = new URL(window);
  token = new URLSearchParams(hash.slice(1)).get('token') ?? '';
  process.env['CHAIRSIDE_CORE'] = origin;
  if (server) return server.restart();
  server = await createServer({ configFile: `${root}/vite.window.config.ts`, plugins: [giveToken] });
  await server.listen();
  server.printUrls();
}

startHeadless(process.argv.slice(2), (ready) => void serveWindow(ready).catch(console.error), [
  '--watch',
  '--watch-preserve-output',
]);
