/** Starts an application as Electron would: resolves `electron`, evaluates the entry, and only then is ready. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeApp } from './app-package.ts';

const electron = new URL('./electron.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: electron, shortCircuit: true } : next(specifier, context),
});

const args = process.argv.slice(2);
const required: string[] = [];
for (let at = args.indexOf('-r'); at >= 0; at = args.indexOf('-r')) required.push(...args.splice(at, 2).slice(1));
process.argv = [process.argv[0]!, ...args];

const folder = resolve(args.find((argument) => !argument.startsWith('-')) ?? '.');
const packageFile = join(folder, 'package.json');
if (!existsSync(packageFile)) throw new Error(`${folder} holds no application`);
const description = JSON.parse(readFileSync(packageFile, 'utf8')) as { main: string; name: string };
describeApp({ ...description, folder });

const require = createRequire(import.meta.url);
for (const file of required) require(file);
const { startElectron } = await import('./start.ts');
const entry = import(pathToFileURL(join(folder, description.main)).href) as Promise<unknown>;
const slow = setTimeout(
  () => console.error('stand-in: the entry waits for what comes after it; Electron would hang too (electron#40719)'),
  5000,
);
try {
  await Promise.all([startElectron(entry), entry]);
} catch (error) {
  console.error(error);
  process.exit(1);
} finally {
  clearTimeout(slow);
}
