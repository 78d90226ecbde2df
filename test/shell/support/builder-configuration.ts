/** electron-builder's own check of its configuration, without starting it. */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../support/shared-data.ts';

/** What the tests look at; electron-builder checks all of it. */
export interface BuilderConfiguration {
  readonly [option: string]: unknown;
  readonly win: { readonly target: readonly string[] };
  readonly mac: { readonly target: readonly string[] };
  readonly linux: { readonly target: readonly string[] };
  readonly electronFuses: Readonly<Record<string, boolean>>;
}

interface BuilderInternals {
  getConfig(folder: string, file: string, request: null, manifest: object): Promise<BuilderConfiguration>;
  validateConfiguration(configuration: object, log: object): Promise<void>;
}

// These are packages of electron-builder, so they are asked for from where it lies.
const besideBuilder = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
const internals = besideBuilder('app-builder-lib/out/util/config/config') as BuilderInternals;
const { DebugLogger } = besideBuilder('builder-util') as { DebugLogger: new (on: boolean) => object };
const { Lazy } = besideBuilder('lazy-val') as { Lazy: new (get: () => Promise<object>) => object };

/** Reads electron-builder.yml as electron-builder does. */
export function readBuilderConfiguration(): Promise<BuilderConfiguration> {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as object;
  return internals.getConfig(root, 'electron-builder.yml', null, new Lazy(() => Promise.resolve(manifest)));
}

/** Rejects where electron-builder's schema does. It does not look at the names of targets. */
export const validate = (configuration: object): Promise<void> =>
  internals.validateConfiguration(configuration, new DebugLogger(false));
