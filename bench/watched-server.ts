/** Chairside in a process that tells the delay of its event loop and its memory. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchServer } from './servers.ts';
import type { LoopReport } from './watch-loop.ts';

/** A server that is watched. */
export interface WatchedServer extends BenchServer {
  /** What was seen since the last report. */
  report(): Promise<LoopReport>;
}

/** Starts Chairside on a folder with these settings. */
export async function startWatched(folder: string, settings: object): Promise<WatchedServer> {
  const file = join(folder, 'chairside.json');
  writeFileSync(file, JSON.stringify(settings));
  const watch = join(import.meta.dirname, 'watch-loop.ts');
  const entry = join(import.meta.dirname, '../src-main/headless.ts');
  const input = ['--import', watch, entry, file, '--data', folder, '--dicom-port', '0', '--http-port', '0'];
  const child = spawn(process.execPath, input, { stdio: ['ignore', 'pipe', 'ignore', 'ipc'] });
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  child.stdout!.resume();
  const { dicomPort } = JSON.parse(line.toString()) as { dicomPort: number };
  return {
    name: 'Chairside',
    port: dicomPort,
    AETitle: 'CHAIRSIDE',
    report: async () => {
      child.send('report');
      return ((await once(child, 'message')) as [LoopReport])[0];
    },
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
