/** Starts the DICOM servers that are compared, each on a free port with an empty folder, and ends them by their process. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** A running server that takes C-STORE. */
export interface BenchServer {
  readonly name: string;
  readonly port: number;
  readonly AETitle: string;
  stop(): Promise<void>;
}

/** How a server is started; `undefined` where it is not installed. */
export type ServerStart = () => Promise<BenchServer> | undefined;

const root = resolve(import.meta.dirname, '..');
const installed = (program: string): boolean => spawnSync('which', [program], { stdio: 'ignore' }).status === 0;

/* DCMTK leaves Nagle's algorithm on unless told, which costs 40 ms an image. */
const environment = { ...process.env, TCP_NODELAY: '1' };

const folders: string[] = [];

/** A new folder on the disk of `BENCH_FOLDER` (a temporary folder may be memory). */
export function makeFolder(): string {
  const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), 'chairside-bench-'));
  folders.push(folder);
  return folder;
}

/** Removes all folders, at the very end: ext4 is slow to make files for a while after many were removed. */
export const removeFolders = (): void => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true }));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}.`);
    const open = await new Promise<boolean>((answer) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        answer(true);
      });
      socket.on('error', () => answer(false));
    });
    if (open) return;
    await new Promise((wake) => setTimeout(wake, 50));
  }
  throw new Error('The server does not listen.');
}

function ender(child: ChildProcess): () => Promise<void> {
  return async () => {
    const ended = child.exitCode === null ? once(child, 'exit') : Promise.resolve();
    child.kill('SIGTERM');
    const forced = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(forced);
  };
}

/** Chairside as it stands here, headless, with its defaults. */
export const chairside: ServerStart = () => startChairside(makeFolder());

/** Chairside on a folder, with settings other than the defaults. */
export async function startChairside(folder: string, settings: object = {}): Promise<BenchServer> {
  const [entry, file] = [join(root, 'src-main/headless.ts'), join(folder, 'chairside.json')];
  writeFileSync(file, JSON.stringify(settings));
  const child = spawn(process.execPath, [entry, file, '--data', folder, '--dicom-port', '0', '--http-port', '0'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const { dicomPort } = JSON.parse(line.toString()) as { dicomPort: number };
  return { name: 'Chairside', port: dicomPort, AETitle: 'CHAIRSIDE', stop: ender(child) };
}

/** Orthanc as Debian installs it, with its defaults but for ports and folders. */
export const orthanc: ServerStart = () => (installed('Orthanc') ? startOrthanc() : undefined);

/** Orthanc with options other than the defaults; `undefined` where it is not installed. */
export const orthancWith = (settings: object): Promise<BenchServer> | undefined =>
  installed('Orthanc') ? startOrthanc(settings) : undefined;

async function startOrthanc(settings: object = {}): Promise<BenchServer> {
  const folder = makeFolder();
  const [port, httpPort] = [await freePort(), await freePort()];
  const file = join(folder, 'orthanc.json');
  const options = {
    StorageDirectory: join(folder, 'db'),
    IndexDirectory: join(folder, 'db'),
    DicomPort: port,
    HttpPort: httpPort,
  };
  writeFileSync(file, JSON.stringify({ ...options, DicomAet: 'ORTHANC', Plugins: [], ...settings }));
  const child = spawn('Orthanc', [file], { stdio: 'ignore', env: environment });
  await untilListening(port, child);
  const version = spawnSync('Orthanc', ['--version'], { encoding: 'utf8' }).stdout.match(/Orthanc ([\d.]+)/)?.[1] ?? '';
  return { name: `Orthanc ${version}`, port, AETitle: 'ORTHANC', stop: ender(child) };
}

/** DCMTK's storescp: writes files, neither indexes nor syncs. */
export const storescp: ServerStart = () => (installed('storescp') ? startStorescp() : undefined);

async function startStorescp(): Promise<BenchServer> {
  const folder = makeFolder();
  mkdirSync(join(folder, 'out'));
  const port = await freePort();
  const child = spawn('storescp', ['--fork', '-od', join(folder, 'out'), String(port)], {
    stdio: 'ignore',
    env: environment,
  });
  await untilListening(port, child);
  return { name: 'DCMTK storescp', port, AETitle: 'STORESCP', stop: ender(child) };
}
