/** A folder that looks to electron-builder like an unpacked Electron distribution, so that packaging runs without the download. */
import { createPackage } from '@electron/asar';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../support/shared-data.ts';

/** Marks the fuses in an executable; as in @electron/fuses. */
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/** The fuse wire of an Electron as it is shipped: version 1, nine fuses. */
const wire = Buffer.concat([Buffer.from(sentinel), Buffer.from([1, 9]), Buffer.from('101000011')]);

/** Writes the distribution into `folder`. */
export async function writeFakeElectron(folder: string): Promise<void> {
  const manifest = readFileSync(join(root, 'node_modules/electron/package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const empty = join(folder, 'empty');
  for (const inner of [empty, join(folder, 'locales'), join(folder, 'resources')])
    mkdirSync(inner, { recursive: true });
  const files = { version, LICENSE: '', 'LICENSES.chromium.html': '', 'chrome-sandbox': '', 'locales/en-US.pak': '' };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'electron'), Buffer.concat([Buffer.alloc(256, 1), wire, Buffer.alloc(256, 1)]), {
    mode: 0o755,
  });
  writeFileSync(join(empty, 'package.json'), '{}');
  await createPackage(empty, join(folder, 'resources/default_app.asar'));
}
