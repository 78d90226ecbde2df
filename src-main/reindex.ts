/** `npm run reindex`: rebuilds the catalogue from the files alone; the program must not be running on the archive. */
import { requireNode } from './require-node.ts';

requireNode();
const [{ parseArgs }, { resolve }, { loadConfiguration }, { labelsOf }, { reindex }] = await Promise.all([
  import('node:util'),
  import('node:path'),
  import('./configuration.ts'),
  import('./labels.ts'),
  import('./store/reindex.ts'),
]);
const { values, positionals } = parseArgs({ allowPositionals: true, options: { data: { type: 'string' } } });
const { settings } = await loadConfiguration(positionals[0], process.env, { data: values.data });
const storage = resolve(settings.StorageDirectory);
const folders = { storage, index: resolve(settings.IndexDirectory ?? storage) };
const tell = (files: number): void => console.log(`${files} files …`);
const { found, unreadable, superseded } = await reindex(folders, settings.OverwriteInstances, tell, labelsOf(settings));
console.log(`${found} images catalogued from the files in ${storage}.`);
for (const path of superseded) console.log(`An older or second version of an image, left where it is: ${path}`);
for (const path of unreadable) console.log(`Not readable as DICOM, left where it is: ${path}`);
