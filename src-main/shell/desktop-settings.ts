/** The desktop's settings: the configuration file in the user's data folder, made with comments at the first start. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Settings, settingsSchema } from '#shared/settings.ts';
import type { Arguments } from '../arguments.ts';
import { type Configuration, loadConfiguration } from '../configuration.ts';

/** The settings, and the file they came from. */
export interface DesktopSettings extends Configuration {
  readonly file: string;
}

/**
 * Reads the configuration that the command line names, its paths meant from the working folder; else `chairside.json` in
 * the user's data folder, its paths meant from there. What the command line overrides is stronger. @throws PacsError
 */
export async function loadDesktopSettings(
  userData: string,
  { file: named, overrides }: Pick<Arguments, 'file' | 'overrides'>,
): Promise<DesktopSettings> {
  const file = named === undefined ? ownFile(userData) : resolve(named);
  const data = overrides.data === undefined ? undefined : resolve(overrides.data);
  const { settings, warnings } = await loadConfiguration(file, process.env, { ...overrides, data });
  const base = named === undefined ? userData : process.cwd();
  const StorageDirectory = resolve(base, settings.StorageDirectory);
  const IndexDirectory = resolve(base, settings.IndexDirectory ?? StorageDirectory);
  return { settings: { ...settings, StorageDirectory, IndexDirectory }, warnings, file };
}

function ownFile(userData: string): string {
  const file = join(userData, 'chairside.json');
  if (existsSync(file)) return file;
  mkdirSync(userData, { recursive: true });
  writeFileSync(file, firstConfiguration());
  return file;
}

/** A configuration file in which every setting stands with its sentence and its default, all of them commented out. */
function firstConfiguration(): string {
  const defaults: Partial<Settings> = settingsSchema.parse({});
  const lines = Object.entries(settingsSchema.shape).flatMap(([name, { description }]) => {
    const value = defaults[name as keyof Settings];
    const text = value === undefined ? '…' : JSON.stringify(value);
    return [...(description ? [`  // ${description}`] : []), `  // "${name}": ${text},`, ''];
  });
  return [
    '// Settings of Chairside. To change one, remove the two slashes before it and start the program again.',
    '{',
    ...lines,
    '}',
    '',
  ].join('\n');
}
