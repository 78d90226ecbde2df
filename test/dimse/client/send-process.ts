/** A process that sends one file so many times at once and says how much memory it took above idle, in bytes. */
import { stdout } from 'node:process';
import { modalitySchema, settingsSchema } from '#shared/settings.ts';
import { store } from '#main/dimse/client/store.ts';
import { echo } from '#main/dimse/client/echo.ts';
import { storedFile } from './stored-file.ts';

const [, , port = '', path = '', count = '1'] = process.argv;
const node = { name: 'peer', ...modalitySchema.parse({ AET: 'PEER', Host: '127.0.0.1', Port: Number(port) }) };
const context = { settings: settingsSchema.parse({ DicomScuTimeout: 60 }), log: () => undefined };
const file = await storedFile(path);
await echo(node, context);
const idle = process.memoryUsage.rss();
let most = idle;
const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 10);
const results = await Promise.all(Array.from({ length: Number(count) }, () => store(node, [file], context)));
clearInterval(watch);
stdout.write(JSON.stringify({ taken: most - idle, outcomes: results.flat().map(({ outcome }) => outcome) }));
