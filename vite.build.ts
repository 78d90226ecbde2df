/** Builds everything that is shipped: the window, the core with the Electron shell, the core's workers, the preload. */
import { globSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { build, type InlineConfig } from 'vite';

const root = import.meta.dirname;

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
      outDir: 'out/shell',
      target: 'node24',
      emptyOutDir: false,
      rolldownOptions: {
        input: { main: 'src-main/shell/main.ts', ...input },
        external,
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
    outDir: 'out/shell',
    target: 'chrome156',
    emptyOutDir: false,
    rolldownOptions: {
      input: 'src-main/shell/preload.ts',
      external: ['electron'],
      output: { format: 'cjs', entryFileNames: '[name].cjs' },
    },
  },
});

rmSync(`${root}/out`, { recursive: true, force: true });
await build(shell());
await build(preload());
await build({ configFile: `${root}/vite.window.config.ts`, logLevel: 'warn' });
