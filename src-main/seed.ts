/** `npm run seed`: fills an archive with the sample studies; the program must not be running on it. */
import { requireNode } from './require-node.ts';

requireNode();
const [{ parseArgs }, { loadConfiguration }, { openPacs }, { addSamples }, { consoleLog }] = await Promise.all([
  import('node:util'),
  import('./configuration.ts'),
  import('./pacs.ts'),
  import('./samples/add-samples.ts'),
  import('./log.ts'),
]);
const { values, positionals } = parseArgs({ allowPositionals: true, options: { data: { type: 'string' } } });
const { settings } = await loadConfiguration(positionals[0], process.env, { data: values.data });
const closed = { ...settings, DicomServerEnabled: false, HttpServerEnabled: false };
const pacs = await openPacs({ settings: closed, windowOrigins: [], log: consoleLog });
try {
  const { added } = await addSamples(pacs.store);
  console.log(`${added} images added to ${settings.StorageDirectory}.`);
} finally {
  await pacs.stop();
}
