/** `npm run bench -- retrieve`: how long C-GET and C-MOVE of a series take, side by side, A B A B; then memory with ten large images at once, and the event loop while a series is transcoded. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileMetaInformation } from '../src-main/dicom/part10.ts';
import { ctSeries, writeFiles } from './data.ts';
import { run, timed } from './run-program.ts';
import { makeFolder, orthancWith, removeFolders, startChairside, storescp, type BenchServer } from './servers.ts';
import { median, table } from './table.ts';
import { startWatched } from './watched-server.ts';

const peer = join(import.meta.dirname, 'bare-peer.ts');
const megabyte = 1024 * 1024;

const studyKeys = (study: string): string[] => ['-k', 'QueryRetrieveLevel=STUDY', '-k', `StudyInstanceUID=${study}`];

const bareGet = async ({ port, AETitle }: BenchServer, study: string): Promise<number> =>
  Number(await run(process.execPath, [peer, 'get', String(port), AETitle, study]));

async function getscu({ port, AETitle }: BenchServer, study: string): Promise<number> {
  const folder = makeFolder();
  const to = ['+B', '-od', folder, '127.0.0.1', String(port)];
  const seconds = await timed(() => run('getscu', ['-S', '-aec', AETitle, ...studyKeys(study), ...to]));
  rmSync(folder, { recursive: true });
  return seconds;
}

const movescu =
  (destination: string) =>
  ({ port, AETitle }: BenchServer, study: string): Promise<number> =>
    timed(() =>
      run('movescu', ['-S', '-aec', AETitle, '-aem', destination, ...studyKeys(study), '127.0.0.1', String(port)]),
    );

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A destination that keeps nothing. */
async function startSink(): Promise<BenchServer> {
  const port = await freePort();
  const child = spawn(process.execPath, [peer, 'sink', String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return { name: 'sink', port, AETitle: 'SINK', stop };
}

type Retrieve = (server: BenchServer, study: string) => Promise<number>;

async function compare(
  title: string,
  servers: readonly BenchServer[],
  retrieve: Retrieve,
  study: string,
  rounds: number,
  others: ReadonlyMap<string, () => Promise<number>> = new Map(),
): Promise<void> {
  const runs = new Map<string, number[]>();
  const note = (name: string, seconds: number, round: number): void => {
    if (round > 0) runs.set(name, [...(runs.get(name) ?? []), seconds]);
  };
  for (let round = 0; round <= rounds; round++) {
    for (const server of servers) note(server.name, await retrieve(server, study), round);
    for (const [name, work] of others) note(name, await work(), round);
  }
  console.log(table(title, runs));
}

/* What a storescp has written stays there until the end: ext4 is slow to make files for a while after many were removed. */
async function speeds(rounds: number): Promise<void> {
  const [scp, sink] = [await storescp(), await startSink()];
  const nodes = {
    ...(scp ? { scp: ['STORESCP', '127.0.0.1', scp.port] } : {}),
    sink: ['SINK', '127.0.0.1', sink.port],
  };
  const rights = { DicomAlwaysAllowGet: true, DicomAlwaysAllowMove: true, DicomModalities: nodes };
  const asking = {
    BENCH: ['BENCH', '127.0.0.1', 1],
    GETSCU: ['GETSCU', '127.0.0.1', 1],
    MOVESCU: ['MOVESCU', '127.0.0.1', 1],
  };
  const servers: BenchServer[] = [await startChairside(makeFolder(), rights)];
  const other = await orthancWith({ ...rights, DicomModalities: { ...nodes, ...asking } });
  if (other) servers.push(other);
  try {
    const folder = makeFolder();
    const study = '1.2.826.0.1.3680043.8.498.5001';
    writeFiles(folder, ctSeries(5000, 512, 512, 512));
    const storescu = ({ AETitle, port }: BenchServer) =>
      run('storescu', ['-aec', AETitle, '+sd', '127.0.0.1', String(port), folder]);
    for (const server of servers) await storescu(server);
    const images = '512 CT slices of 512 KB';
    await compare(`C-GET of ${images} by a caller that keeps nothing`, servers, bareGet, study, rounds);
    await compare(`C-GET of ${images} by getscu`, servers, getscu, study, rounds);
    await compare(`C-MOVE of ${images} to a node that keeps nothing`, servers, movescu('SINK'), study, rounds);
    if (!scp) return;
    const copy = new Map([['DCMTK storescu -> storescp', () => timed(() => storescu(scp))]]);
    await compare(`C-MOVE of ${images} to storescp`, servers, movescu('STORESCP'), study, rounds, copy);
  } finally {
    for (const server of [...servers, sink, ...(scp ? [scp] : [])]) await server.stop();
  }
}

/* One CT slice with its pixel data repeated as frames, so that a file of any size costs no memory. */
function writeMultiFrame(path: string, frames: number): string {
  const [image] = ctSeries(6000, 1, 512, 512);
  const { dataSet, ...uids } = image!;
  const at = dataSet.indexOf(Buffer.from('e07f10004f570000', 'hex'));
  const frameCount = Buffer.from(
    `28000800495304${'00'}${Buffer.from(String(frames).padEnd(4)).toString('hex')}`,
    'hex',
  );
  const rowsAt = dataSet.indexOf(Buffer.from('28001000', 'hex'));
  const pixels = dataSet.subarray(at + 12);
  const head = Buffer.concat([dataSet.subarray(0, rowsAt), frameCount, dataSet.subarray(rowsAt, at + 12)]);
  head.writeUInt32LE(pixels.length * frames, head.length - 4);
  const file = openSync(path, 'w');
  writeSync(file, fileMetaInformation({ TransferSyntaxUID: '1.2.840.10008.1.2.1', ...uids }));
  writeSync(file, head);
  for (let frame = 0; frame < frames; frame++) writeSync(file, pixels);
  closeSync(file);
  return '1.2.826.0.1.3680043.8.498.6001';
}

async function tenAtOnce(): Promise<void> {
  const [folder, images] = [makeFolder(), makeFolder()];
  const study = writeMultiFrame(join(images, 'large.dcm'), 2048);
  const sink = await startSink();
  const settings = {
    DicomAlwaysAllowGet: true,
    DicomAlwaysAllowMove: true,
    DicomModalities: { sink: ['SINK', '127.0.0.1', sink.port] },
  };
  const first = await startWatched(folder, settings);
  await run('storescu', ['-aec', 'CHAIRSIDE', '+sd', '127.0.0.1', String(first.port), images]);
  await first.stop();
  console.log('### Ten multi-frame images of 1 GB sent at once\n');
  console.log('| how | idle MB | most MB | more MB | loop p99 ms | seconds |\n|---|---|---|---|---|---|');
  for (const [how, retrieve] of [
    ['C-GET', bareGet],
    ['C-MOVE', movescu('SINK')],
    ['C-GET by getscu, PDUs of 16 KB', getscuIgnoring],
  ] as const) {
    const server = await startWatched(folder, settings);
    await new Promise((wake) => setTimeout(wake, 2000));
    const idle = await server.report();
    const seconds = await timed(() => Promise.all(Array.from({ length: 10 }, () => retrieve(server, study))));
    const busy = await server.report();
    const [before, most] = [idle.mostMemory / megabyte, busy.mostMemory / megabyte];
    const figures = [before, most, most - before].map((value) => value.toFixed(0));
    console.log(`| ${how} | ${figures.join(' | ')} | ${busy.p99.toFixed(1)} | ${seconds.toFixed(1)} |`);
    await server.stop();
  }
  await sink.stop();
}

const getscuIgnoring = ({ port, AETitle }: BenchServer, study: string): Promise<string> =>
  run('getscu', ['-S', '--ignore', '-pdu', '16384', '-aec', AETitle, ...studyKeys(study), '127.0.0.1', String(port)]);

/* Compressed images for callers that take none. */
async function transcoded(): Promise<void> {
  const [folder, images] = [makeFolder(), makeFolder()];
  const [plain, compressed] = [join(images, 'plain'), join(images, 'compressed')];
  writeFiles(plain, ctSeries(7000, 512, 512, 512));
  mkdirSync(compressed);
  for (const name of readdirSync(plain)) await run('dcmcjpls', [join(plain, name), join(compressed, name)]);
  const server = await startWatched(folder, { DicomAlwaysAllowGet: true });
  await run('storescu', ['-xt', '-aec', 'CHAIRSIDE', '+sd', '127.0.0.1', String(server.port), compressed]);
  console.log('\n### 512 JPEG-LS slices of 512 KB fetched as explicit VR little endian\n');
  console.log('| seconds | loop p99 ms | longest ms | most MB |\n|---|---|---|---|');
  const runs: { seconds: number; p99: number; longest: number; mostMemory: number }[] = [];
  for (let round = 0; round < 3; round++) {
    await server.report();
    const seconds = await bareGet(server, '1.2.826.0.1.3680043.8.498.7001');
    runs.push({ seconds, ...(await server.report()) });
  }
  const middle = (key: 'seconds' | 'p99' | 'longest'): string => median(runs.map((each) => each[key])).toFixed(1);
  const most = Math.max(...runs.map(({ mostMemory }) => mostMemory)) / megabyte;
  console.log(`| ${middle('seconds')} | ${middle('p99')} | ${middle('longest')} | ${most.toFixed(0)} |\n`);
  await server.stop();
}

/** Prints a table for each load. */
export async function retrieve(rounds = 7): Promise<void> {
  try {
    await speeds(rounds);
    await tenAtOnce();
    await transcoded();
  } finally {
    removeFolders();
  }
}
