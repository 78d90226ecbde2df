/** Builds everything that is shipped: the window, the core with the Electron shell, the core's workers, the preload. */
import { globSync, renameSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { build, type InlineConfig } from 'vite';

const root = import.meta.dirname;
const next = `${root}/out/next`;

/** Packages that stay packages: they load native code or other files by path. electron-builder.yml ships these and no others. */
const external = ['electron', 'better-sqlite3', 'sharp', 'piscina'];

const common: InlineConfig = { configFile: false, root, logLevel: 'warn', publicDir: false, ssr: { noExternal: true } };

/** main.js and one file a worker; what they share goes into chunks of the same folder. */
function shell(): InlineConfig {
  const workers = globSync('src-main/**/*-worker.ts', { cwd: root });
  const input = Object.fromEntries(workers.map((file) => [basename(file, '.ts'), file]));
  return {
    ...common,
    build: {
      ssr: true,
      outDir: `${next}/shell`,
      target: 'node24',
      emptyOutDir: false,
      rolldownOptions: {
        input: { main: 'src-main/shell/main.ts', ...input },
        external,
        // dcmjs-codecs asks for Node's modules by eval; it does so in code that we do not call.
        checks: { eval: false },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  };
}

/** One CommonJS file: a sandboxed preload can be nothing else. */
const preload = (): InlineConfig => ({
  ...common,
  build: {
    ssr: true,
    outDir: `${next}/shell`,
    target: 'chrome156',
    emptyOutDir: false,
    rolldownOptions: {
      input: 'src-main/shell/preload.ts',
      external: ['electron'],
      output: { format: 'cjs', entryFileNames: '[name].cjs' },
    },
  },
});

// A test runner that starts us says `test`, and React would then be its development build.
process.env['NODE_ENV'] = 'production';
rmSync(next, { recursive: true, force: true });
await build(shell());
await build(preload());
await build({ configFile: `${root}/vite.window.config.ts`, logLevel: 'warn', build: { outDir: `${next}/window` } });
// Whoever runs the previous build sees it whole until the new one is.
for (const part of ['shell', 'window']) {
  rmSync(`${root}/out/${part}`, { recursive: true, force: true });
  renameSync(`${next}/${part}`, `${root}/out/${part}`);
}
rmSync(next, { recursive: true });
