/** What the tests of the asking side need: nodes, peers of DCMTK and Orthanc on free ports, and peers that misbehave over a bare socket. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Modality } from '#shared/model.ts';
import { modalitySchema, settingsSchema } from '#shared/settings.ts';
import type { ClientContext } from '#main/dimse/client/client-context.ts';
import type { StoredFile } from '#main/store/store.ts';
import { makePdu, makePdv, pdu, RawAssociation } from '../../support/raw-association.ts';
import { corpus, corpusPath, type CorpusFile } from '../../support/shared-data.ts';
import { headerOf, makeDataSet } from '../support.ts';
import { storedFile } from './stored-file.ts';

/** A node on this computer. */
export const nodeAt = (Port: number, more: Partial<Modality> = {}): Modality => ({
  name: 'peer',
  ...modalitySchema.parse({ AET: 'KLINIKPACS', Host: '127.0.0.1', Port }),
  ...more,
});

/** A context with the lines that were logged. */
export function clientContext(
  settings: Record<string, unknown> = {},
  more: Partial<ClientContext> = {},
): ClientContext & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    settings: settingsSchema.parse({ DicomScuTimeout: 5, ...settings }),
    log: (level, message, cause) => lines.push(`${level} ${message} ${String(cause ?? '')}`),
    ...more,
    lines,
  };
}

/** A folder that is removed with the test. */
export async function testFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chairside-client-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Whether programs are installed. */
export const hasPrograms = (...names: readonly string[]): boolean =>
  names.every((name) => (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, name))));

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Starts a program that listens on the port, waits until it does, and ends it with the test; what it says is returned live. */
export async function startProgram(
  port: number,
  program: string,
  args: readonly string[],
  cwd?: string,
): Promise<{ readonly output: () => string }> {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    /* A group of its own, so that its children end with it. */
    detached: true,
    env: { ...process.env, TCP_NODELAY: '1' },
    ...(cwd ? { cwd } : {}),
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (output += String(chunk)));
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    const end = (signal: NodeJS.Signals): boolean => process.kill(-(child.pid as number), signal);
    end('SIGTERM');
    const hard = setTimeout(() => end('SIGKILL'), 3000);
    await gone;
    clearTimeout(hard);
  });
  for (const end = Date.now() + 15_000; !(await isOpen(port));) {
    if (Date.now() > end || child.exitCode !== null) throw new Error(`${program} did not start: ${output}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return { output: () => output };
}

/** A storescp; the files that it gets lie in `folder`, named as it likes. */
export async function startStorescp(...args: readonly string[]): Promise<{ port: number; folder: string }> {
  const [port, folder] = [await freePort(), await testFolder()];
  await startProgram(port, 'storescp', ['-od', folder, '-uf', ...args, String(port)]);
  return { port, folder };
}

/** A dcmqrscp archive of the title KLINIKPACS; `movesTo` are titles and ports on this computer that it sends to. */
export async function startArchive(
  movesTo: Readonly<Record<string, number>> = {},
  ...args: readonly string[]
): Promise<{ port: number; folder: string; output: () => string }> {
  const [port, folder] = [await freePort(), await testFolder()];
  const area = join(folder, 'db');
  await mkdir(area);
  const hosts = Object.entries(movesTo).map(([AET, at], index) => `host${index} = (${AET}, 127.0.0.1, ${at})`);
  const config = [
    `NetworkTCPPort = ${port}`,
    'MaxPDUSize = 16384',
    'MaxAssociations = 16',
    'HostTable BEGIN',
    ...hosts,
    'HostTable END',
    'VendorTable BEGIN',
    'VendorTable END',
    'AETable BEGIN',
    `KLINIKPACS ${area} RW (500, 1024mb) ANY`,
    'AETable END',
  ];
  const path = join(folder, 'dcmqrscp.cfg');
  await writeFile(path, `${config.join('\n')}\n`);
  const { output } = await startProgram(port, 'dcmqrscp', ['-c', path, ...args, String(port)]);
  return { port, folder: area, output };
}

/** A peer over a bare socket: what it does with each connection. It is closed with the test. */
export async function startRawPeer(
  serve: (association: RawAssociation, socket: Socket) => Promise<void>,
): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(new RawAssociation(socket), socket).catch(() => socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const item = (type: number, value: Uint8Array): Buffer => {
  const header = Buffer.from([type, 0, 0, 0]);
  header.writeUInt16BE(value.length, 2);
  return Buffer.concat([header, value]);
};

/** An A-ASSOCIATE-AC to a request's body that accepts every context with the first transfer syntax it names. */
function acceptAll(request: Buffer, maximumLength = 16_384): Buffer {
  const contexts: Buffer[] = [];
  for (let at = 68; at < request.length; at += 4 + request.readUInt16BE(at + 2)) {
    if (request[at] !== 0x20) continue;
    const value = request.subarray(at + 4, at + 4 + request.readUInt16BE(at + 2));
    const first = value.indexOf(0x40, 4 + 4 + value.readUInt16BE(6));
    const syntax = value.subarray(first + 4, first + 4 + value.readUInt16BE(first + 2));
    contexts.push(item(0x21, Buffer.concat([Buffer.from([value[0] as number, 0, 0, 0]), item(0x40, syntax)])));
  }
  const maximum = Buffer.alloc(4);
  maximum.writeUInt32BE(maximumLength);
  return makePdu(
    pdu.accept,
    request.subarray(0, 68),
    item(0x10, Buffer.from('1.2.840.10008.3.1.1.1')),
    ...contexts,
    item(0x50, item(0x51, maximum)),
  );
}

/** A raw peer that accepts every context and hands over; `request` is the body of the A-ASSOCIATE-RQ. */
export const startAcceptingPeer = (
  serve: (association: RawAssociation, socket: Socket, request: Buffer) => Promise<void>,
  maximumLength?: number,
): Promise<number> =>
  startRawPeer(async (association, socket) => {
    const request = await association.nextPdu();
    association.sendRaw(acceptAll(request?.body ?? Buffer.alloc(0), maximumLength));
    await serve(association, socket, request?.body ?? Buffer.alloc(0));
  });

/** A P-DATA PDU with a whole command or a whole data set. */
export const dataPdu = (contextId: number, kind: 'command' | 'data set', bytes: Uint8Array): Buffer =>
  makePdu(pdu.data, makePdv(contextId, kind === 'command' ? 3 : 2, bytes));

/** Waits for the end of the test without doing anything. */
export const sayNothing = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.resume();
    socket.once('close', () => resolve());
  });

/** Files of the corpus that can be read, each instance once; none without the corpus. */
export async function corpusFiles(matches: (file: CorpusFile) => boolean): Promise<readonly StoredFile[]> {
  const found = new Map<string, StoredFile>();
  for (const row of corpus.filter((file) => file.expectation !== 'reject' && matches(file))) {
    const file = await storedFile(corpusPath(row)).catch(() => undefined);
    if (file && !found.has(file.SOPInstanceUID)) found.set(file.SOPInstanceUID, file);
  }
  return [...found.values()];
}

/** A Part 10 file of a CT image of so many bytes of pixel data (made in pieces, so that it may be large). */
export async function writeLargeInstance(
  folder: string,
  SOPInstanceUID: string,
  pixelBytes: number,
): Promise<StoredFile> {
  const path = join(folder, `${SOPInstanceUID}.dcm`);
  const whole = Buffer.concat([headerOf(SOPInstanceUID, 'FILE'), makeDataSet(SOPInstanceUID, 0)]);
  /* The length of the pixel data is the last four bytes. */
  whole.writeUInt32LE(pixelBytes, whole.length - 4);
  const piece = Buffer.alloc(1024 * 1024);
  for (let at = 0; at < piece.length; at++) piece[at] = (at * 31 + (at >> 9)) & 255;
  const file = await open(path, 'w');
  await file.write(whole);
  for (let left = pixelBytes; left > 0; left -= piece.length) await file.write(piece, 0, Math.min(left, piece.length));
  await file.close();
  return storedFile(path);
}
