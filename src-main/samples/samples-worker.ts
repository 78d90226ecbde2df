/** The thread that makes samples: for each `next` it posts one file, then `undefined` when there are no more. */
import { parentPort, workerData } from 'node:worker_threads';
import { generateSamples } from './generate-samples.ts';
import type { SampleOptions } from './sample-study.ts';

if (!parentPort) throw new Error('samples-worker runs as a worker thread only.');
const port = parentPort;
const files = generateSamples(workerData as SampleOptions);

port.on('message', async () => {
  const { value } = (await files.next()) as IteratorResult<{ name: string; bytes: Uint8Array }, undefined>;
  if (!value) return port.postMessage(undefined);
  const bytes = Uint8Array.from(value.bytes);
  port.postMessage({ name: value.name, bytes }, [bytes.buffer]);
});
