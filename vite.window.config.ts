/** How the window is built (to out/window) and served during development (with the core behind a proxy). */
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type ProxyOptions } from 'vite';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Base URL of the core's private listener during development, such as http://127.0.0.1:41234. */
const core = process.env['CHAIRSIDE_CORE'];

// The core refuses foreign origins, so during development the requests must look like its own window's.
const toCore: ProxyOptions = {
  target: core,
  changeOrigin: true,
  configure: (proxy) => proxy.on('proxyReq', (request) => core && request.setHeader('origin', new URL(core).origin)),
};

const cornerstone = ['core', 'tools', 'metadata', 'utils'].map((name) => `@cornerstonejs/${name}`);

export default defineConfig({
  root: path('src-renderer'),
  base: './',
  plugins: [react()],
  // vtk.js' XML readers (pulled in by Cornerstone's meshes) reach Node's `events` through xmlbuilder2 when they are
  // loaded, and a browser has none: without the stub the page stays white.
  resolve: { alias: { xmlbuilder2: path('src-renderer/xmlbuilder2-stub.ts') } },
  worker: { format: 'es' },
  build: {
    outDir: path('out/window'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 6000,
  },
  server: {
    host: '127.0.0.1',
    ...(core ? { proxy: { '/call': toCore, '/events': toCore, '/window': toCore } } : {}),
  },
  // Pre-bundling moves the files that worker URLs point to, and bundling only some of these gives two copies of metadata.
  optimizeDeps: {
    exclude: cornerstone,
    include: [
      'dcmjs',
      '@cornerstonejs/core > loglevel',
      '@cornerstonejs/tools > lodash.get',
      '@cornerstonejs/metadata > @cornerstonejs/calculate-suv',
      '@cornerstonejs/core > comlink',
      ...['fast-deep-equal', 'seedrandom', 'spark-md5', 'utif', 'd3-scale', 'webworker-promise'].map(
        (name) => `@kitware/vtk.js > ${name}`,
      ),
    ],
  },
});
