/** The desktop's settings: the configuration file in the user's data folder, made with comments at the first start. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Settings, settingsSchema } from '#shared/settings.ts';
import { type Configuration, loadConfiguration } from '../configuration.ts';

/** The settings, and the file they came from. */
export interface DesktopSettings extends Configuration {
  readonly file: string;
}

/** Reads `chairside.json` in the user's data folder; relative paths in it are meant from there. @throws PacsError */
export async function loadDesktopSettings(userData: string): Promise<DesktopSettings> {
  const file = join(userData, 'chairside.json');
  if (!existsSync(file)) {
    mkdirSync(userData, { recursive: true });
    writeFileSync(file, firstConfiguration());
  }
  const { settings, warnings } = await loadConfiguration(file, process.env);
  const StorageDirectory = resolve(userData, settings.StorageDirectory);
  const IndexDirectory = resolve(userData, settings.IndexDirectory ?? StorageDirectory);
  return { settings: { ...settings, StorageDirectory, IndexDirectory }, warnings, file };
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
