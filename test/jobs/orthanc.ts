/** Orthanc of Debian as a peer, where it is installed. */
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePort } from './step-peer.ts';
import { temporaryFolder, until } from './support.ts';

const program = '/usr/sbin/Orthanc';
/** True where it is installed. */
export const hasOrthanc = existsSync(program);
/** For titles: why tests were left out. */
export const orthancNote = hasOrthanc ? '' : ' (left out: Orthanc is not installed)';

/** A running Orthanc. */
export interface Orthanc {
  readonly dicomPort: number;
  /** Its REST API: JSON in, JSON out. */
  rest<T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<T>;
}

/** Starts it on free ports without any plugin; it ends with the test. */
export async function startOrthanc(): Promise<Orthanc> {
  const folder = await temporaryFolder();
  const [DicomPort, HttpPort] = [await freePort(), await freePort()];
  const file = join(folder, 'orthanc.json');
  const configuration = {
    Name: 'peer',
    StorageDirectory: join(folder, 'storage'),
    IndexDirectory: join(folder, 'storage'),
    DicomAet: 'ORTHANC',
    DicomPort,
    HttpPort,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    DicomModalitiesInDatabase: true,
    DicomAlwaysAllowStore: true,
    Plugins: [],
  };
  writeFileSync(file, JSON.stringify(configuration));
  const child = spawn(program, [file], { stdio: 'ignore' });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await until(() => child.exitCode !== null || child.signalCode !== null);
  });
  const rest: Orthanc['rest'] = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const answer = await fetch(`http://127.0.0.1:${HttpPort}${path}`, init);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  };
  const isUp = (): Promise<boolean> =>
    rest('GET', '/system').then(
      () => true,
      () => false,
    );
  await until(isUp, 40_000);
  return { dicomPort: DicomPort, rest };
}
