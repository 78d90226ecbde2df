/** The sample studies as a stream, made in a thread of its own so that the caller's stays free. */
import { on } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { PacsError } from '#shared/errors.ts';
import { coneBeamSizes } from './cone-beam-study.ts';
import { fullMouthViews } from './full-mouth-images.ts';
import type { SampleFile, SampleOptions } from './sample-study.ts';
import { sampleNames } from './sample-study.ts';

/** Files that may be made ahead of the one that is being used. */
const ahead = 2;

/**
 * Part 10 files one by one, as `generateSamples` makes them. The thread waits when the reader does, and ends with the loop.
 * @throws PacsError `internal` when the thread fails.
 */
export async function* streamSamples(options: SampleOptions = {}): AsyncGenerator<SampleFile> {
  const worker = new Worker(workerUrl(), { workerData: options });
  const messages = on(worker, 'message', { close: ['exit'] });
  try {
    for (let i = 0; i < ahead; i++) worker.postMessage('next');
    for await (const [file] of messages as AsyncIterable<[SampleFile | undefined]>) {
      if (!file) return;
      yield file;
      worker.postMessage('next');
    }
    throw new PacsError('internal', 'The samples could not be made: their thread ended early.');
  } finally {
    await worker.terminate();
  }
}

/** How many files there are for these options. */
export function sampleCount({ which = sampleNames, scale = 'small' }: SampleOptions = {}): number {
  const files = {
    'cone-beam': coneBeamSizes[scale].slices,
    panoramic: 1,
    'full-mouth': fullMouthViews.length,
    ultrasound: 1,
  };
  return which.reduce((sum, name) => sum + files[name], 0);
}

/** Beside this file, whether it runs from source or bundled. */
const workerUrl = (): URL => new URL(`./samples-worker${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
