/** A DICOM door over a real worklist, and DCMTK's worklist server beside it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { createMppsService, type ReportedStep } from '#main/dimse/mpps.ts';
import { createWorklistService } from '#main/dimse/worklist-find.ts';
import { openTestWorklist, testFolder, type TestWorklist } from '../worklist/support.ts';
import { startServer, storeOf, until, type TestServer } from './support.ts';

/** Modality Worklist Information Model - FIND. */
export const worklistModel = '1.2.840.10008.5.1.4.31';

/** A door with worklist and MPPS; unknown callers may use both. */
export async function startWorklist(
  overrides: Record<string, unknown> = {},
  folder?: string,
): Promise<TestServer & Omit<TestWorklist, 'lines' | 'settings' | 'close'> & { readonly told: ReportedStep[] }> {
  const all = {
    DicomAlwaysAllowFindWorklist: true,
    ...overrides,
    Chairside: { DicomAlwaysAllowMpps: true, ...(overrides['Chairside'] as object | undefined) },
  };
  const { worklist, records, here } = await openTestWorklist(all, folder);
  const told: ReportedStep[] = [];
  const lines: string[] = [];
  const store = storeOf(() => Promise.reject(new Error('nothing is stored here')));
  const server = await startServer(store, all, 2, (settings) => [
    createWorklistService({ worklist, settings }),
    createMppsService({
      worklist,
      log: (level, message) => void lines.push(`${level} ${message}`),
      /* Slow, as a disk may be: no device has its answer before. */
      onStep: async (step) => {
        await wait(50);
        told.push(step);
      },
    }),
  ]);
  return { ...server, worklist, records, here, told, lines };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });

/** Starts wlmscpfs over a folder of its kind (AE title, lock file); `folder` is where the .wl files go. */
export async function startWlmscpfs(calledAET: string): Promise<{ port: number; folder: string }> {
  const root = await testFolder();
  const folder = join(root, calledAET);
  await mkdir(folder);
  await writeFile(join(folder, 'lockfile'), '');
  const port = await freePort();
  const child = spawn('wlmscpfs', ['-s', '-dfr', '-csk', '-dhl', '-dfp', root, String(port)], { stdio: 'ignore' });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  await until(() => answers(port));
  return { port, folder };
}
