/** A process that sends or fetches so many times at once and says how much memory it took above idle, in bytes. */
import { stdout } from 'node:process';
import { modalitySchema, settingsSchema } from '#shared/settings.ts';
import type { ClientContext } from '#main/dimse/client/client-context.ts';
import { echo } from '#main/dimse/client/echo.ts';
import { get } from '#main/dimse/client/get.ts';
import { store } from '#main/dimse/client/store.ts';
import type { Store } from '#main/store/store.ts';
import { storedFile } from './stored-file.ts';

const [, , verb = '', port = '', subject = '', count = '1'] = process.argv;
const node = { name: 'peer', ...modalitySchema.parse({ AET: 'PEER', Host: '127.0.0.1', Port: Number(port) }) };
const context: ClientContext = { settings: settingsSchema.parse({ DicomScuTimeout: 60 }), log: () => undefined };

/** An archive that only counts. */
function countingStore(): { store: Pick<Store, 'receive'>; bytes: () => number } {
  let bytes = 0;
  const receive: Store['receive'] = async (stream, _, claim) => {
    let isHead = true;
    for await (const chunk of stream) {
      bytes += isHead ? 0 : chunk.length;
      isHead = false;
    }
    const identifiers = {
      PatientID: '',
      StudyInstanceUID: '',
      SeriesInstanceUID: '',
      SOPInstanceUID: '',
      SOPClassUID: '',
    };
    return { ...identifiers, ...claim, status: 'Success', size: bytes };
  };
  return { store: { receive }, bytes: () => bytes };
}

async function work(): Promise<unknown> {
  if (verb === 'store') return (await store(node, [await storedFile(subject)], context)).map(({ outcome }) => outcome);
  const archive = countingStore();
  const keys = { level: 'STUDY', keys: { StudyInstanceUID: subject } } as const;
  const { received } = await get(node, keys, { ...context, store: archive.store as Store });
  return [{ received, bytes: archive.bytes() }];
}

await echo(node, context);
const idle = process.memoryUsage.rss();
let most = idle;
const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 10);
const results = await Promise.all(Array.from({ length: Number(count) }, work));
clearInterval(watch);
stdout.write(JSON.stringify({ taken: most - idle, outcomes: results.flat() }));
