/** An archive that answers C-MOVE and C-GET, with images in it, for the conversations of retrieval. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createTranscoder, type Transcoder } from '#main/dicom/transcoder.ts';
import { readHeader } from '#main/dicom/header-reader.ts';
import { createGetService } from '#main/dimse/c-get.ts';
import { createMoveService, type MoveOptions } from '#main/dimse/c-move.ts';
import { openStore } from '#main/store/open-store.ts';
import type { Store } from '#main/store/store.ts';
import {
  connect as connectRaw,
  ctImageStorage,
  explicitLittleEndian,
  implicitLittleEndian,
  makeCommand,
  makePdu,
  makePdv,
  pdu,
  verification,
  type RawAssociation,
  type RawOptions,
} from '../support/raw-association.ts';
import { startServer, type TestServer } from './support.ts';

/** A running archive. */
export interface TestArchive extends TestServer {
  readonly store: Store;
  readonly transcoder: Transcoder;
}

/** A folder that is removed with the test. */
export async function testFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chairside-retrieve-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts an archive whose callers may retrieve; `overrides` are settings. */
export async function startArchive(
  overrides: Record<string, unknown> = {},
  more: Partial<MoveOptions> = {},
): Promise<TestArchive> {
  const folder = await testFolder();
  const store = await openStore({
    storage: folder,
    index: folder,
    overwrite: 'Never',
    maximumInstanceBytes: 2 ** 33,
    minimumFreeBytes: 0,
    log: () => undefined,
    labelOf: (AET: string) => (AET === 'LABELLED' ? 'mine' : undefined),
  });
  onTestFinished(() => store.close());
  const transcoder = createTranscoder({ threads: 1 });
  onTestFinished(() => transcoder.close());
  const server = await startServer(
    store,
    { DicomAlwaysAllowMove: true, DicomAlwaysAllowGet: true, ...overrides },
    2,
    (settings, peers) => {
      const log = () => undefined;
      const client = { settings, log, transcoder };
      return [
        createGetService({ store, peers, transcoder, settings, log }),
        createMoveService({ store, peers, client, settings, log, ...more }),
      ];
    },
  );
  return { ...server, store, transcoder };
}

/** Puts a file into the archive as an import does. */
export const add = (store: Store, path: string) =>
  store.receive(createReadStream(path), { kind: 'import', path: 'test' });

/** Puts the bytes of a file into the archive. */
export const addBytes = (store: Store, bytes: Uint8Array) =>
  store.receive(
    (async function* () {
      yield bytes;
    })(),
    { kind: 'import', path: 'test' },
  );

/** The bytes of a file's data set, without its head. */
export async function dataSetOf(path: string): Promise<Buffer> {
  const { dataSetOffset } = await readHeader(path);
  return (await readFile(path)).subarray(dataSetOffset);
}

/** The files of a folder by SOP instance UID. */
export async function received(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const uid = (await readHeader(path)).dataSet.get('00080018')?.value;
    if (uid) found.set(Buffer.from(uid).toString('latin1').replace(/\0+$/, ''), path);
  }
  return found;
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** What a program said, and how it ended. */
export interface Ended {
  readonly code: number;
  readonly output: string;
}

/** Runs a program of DCMTK to its end. */
export async function runProgram(name: string, input: readonly string[], folder?: string): Promise<Ended> {
  const child = spawn(name, input, { cwd: folder, env: { ...process.env, TCP_NODELAY: '1' } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? -1, output };
}

/** A storescp with a folder of its own. */
export interface StoreScp {
  readonly port: number;
  readonly folder: string;
  readonly child: ChildProcess;
}

/** Starts DCMTK's storescp, which keeps data sets as they come (+B); it ends with the test. */
export async function startStoreScp(...more: readonly string[]): Promise<StoreScp> {
  const folder = join(await testFolder(), 'received');
  await mkdir(folder);
  const port = await freePort();
  const child = spawn('storescp', ['+B', '-od', folder, ...more, String(port)], {
    stdio: 'ignore',
    env: { ...process.env, TCP_NODELAY: '1' },
  });
  onTestFinished(async () => {
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
    child.kill('SIGKILL');
    await ended;
  });
  await untilListening(port);
  return { port, folder, child };
}

/** Waits until somebody listens on a port. */
export async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const isOpen = await new Promise<boolean>((answer) => {
      const socket = connect(port, '127.0.0.1', () => answer(Boolean(socket.destroy())));
      socket.on('error', () => answer(false));
    });
    if (isOpen) return;
    await new Promise((wake) => setTimeout(wake, 25));
  }
  throw new Error(`Nobody listens on port ${port}.`);
}

/** The retrieval services by a letter for the root and the operation. */
const retrieveClass = {
  patientMove: '1.2.840.10008.5.1.4.1.2.1.2',
  patientGet: '1.2.840.10008.5.1.4.1.2.1.3',
  studyMove: '1.2.840.10008.5.1.4.1.2.2.2',
  studyGet: '1.2.840.10008.5.1.4.1.2.2.3',
} as const;

type RetrieveClass = keyof typeof retrieveClass;

const contextIds: Readonly<Record<RetrieveClass, number>> = {
  patientMove: 11,
  patientGet: 13,
  studyMove: 15,
  studyGet: 17,
};

/** Asks for an association that retrieves and takes CT images in these transfer syntaxes. */
export function connectRetriever(
  port: number,
  {
    syntaxes = [explicitLittleEndian],
    ...options
  }: Partial<RawOptions> & { readonly syntaxes?: readonly string[] } = {},
): Promise<RawAssociation> {
  const length = Buffer.from([0, ctImageStorage.length]);
  return connectRaw({
    port,
    contexts: [
      { id: 1, abstractSyntax: verification, transferSyntaxes: [implicitLittleEndian] },
      ...syntaxes.map((syntax, at) => ({
        id: 101 + 2 * at,
        abstractSyntax: ctImageStorage,
        transferSyntaxes: [syntax],
      })),
      ...Object.entries(retrieveClass).map(([name, abstractSyntax]) => ({
        id: contextIds[name as RetrieveClass],
        abstractSyntax,
        transferSyntaxes: [implicitLittleEndian],
      })),
    ],
    userItems: [[0x54, Buffer.concat([length, Buffer.from(ctImageStorage), Buffer.from([0, 1])])]],
    ...options,
  });
}

/** An identifier of texts by tag, implicit VR little endian. */
export const identifierOf = (values: Readonly<Record<string, string>>): Buffer =>
  Buffer.concat(
    Object.entries(values)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([tag, text]) => {
        const value = Buffer.from(text.length % 2 ? `${text} ` : text);
        const head = Buffer.alloc(8);
        head.writeUInt16LE(parseInt(tag.slice(0, 4), 16), 0);
        head.writeUInt16LE(parseInt(tag.slice(4), 16), 2);
        head.writeUInt32LE(value.length, 4);
        return Buffer.concat([head, value]);
      }),
  );

/** The identifier of a study, or of what these keys name. */
export const studyKeys = (StudyInstanceUID: string): Record<string, string> => ({
  '00080052': 'STUDY',
  '0020000D': StudyInstanceUID,
});

/** Sends a C-MOVE or C-GET with message ID 9. */
export function sendRetrieve(
  association: RawAssociation,
  name: RetrieveClass,
  identifier: Uint8Array,
  destination?: string,
): void {
  const isMove = name.endsWith('Move');
  const id = contextIds[name];
  const command = makeCommand({
    0x0002: retrieveClass[name],
    0x0100: isMove ? 0x21 : 0x10,
    0x0110: 9,
    ...(destination === undefined ? undefined : ({ 0x0600: destination } as Record<number, string>)),
    0x0700: 0,
    0x0800: 1,
  });
  association.sendRaw(
    Buffer.concat([makePdu(pdu.data, makePdv(id, 3, command)), makePdu(pdu.data, makePdv(id, 2, identifier))]),
  );
}

/** Sends the C-CANCEL of it. */
export const sendCancel = (association: RawAssociation, name: RetrieveClass): void =>
  association.sendPdu(
    pdu.data,
    makePdv(contextIds[name], 3, makeCommand({ 0x0100: 0xfff, 0x0120: 9, 0x0800: 0x0101 })),
  );

/** A message as it came: its command by element number, and its data set. */
interface RawMessage {
  readonly contextId: number;
  readonly command: ReadonlyMap<number, Buffer>;
  readonly dataSet: Buffer;
}

/** The next whole message. @throws Error where something else comes */
async function nextMessage(association: RawAssociation): Promise<RawMessage> {
  const command = new Map<number, Buffer>();
  const parts: Buffer[] = [];
  for (let contextId = 0; ;) {
    const next = await association.nextPdu();
    if (next?.type !== pdu.data) throw new Error(next ? `PDU ${next.type}` : 'the end');
    const { body } = next;
    for (let at = 0; at < body.length; at += 4 + body.readUInt32BE(at)) {
      contextId = body[at + 4]!;
      const flags = body[at + 5]!;
      const value = body.subarray(at + 6, at + 4 + body.readUInt32BE(at));
      if (flags & 1) readElements(value, command);
      else parts.push(value);
      const isWhole = flags & 1 ? command.get(0x0800)?.readUInt16LE() === 0x0101 : flags === 2;
      if (isWhole) return { contextId, command, dataSet: Buffer.concat(parts) };
    }
  }
}

function readElements(bytes: Buffer, into: Map<number, Buffer>): void {
  for (let at = 0; at < bytes.length; at += 8 + bytes.readUInt32LE(at + 4))
    into.set(bytes.readUInt16LE(at + 2), bytes.subarray(at + 8, at + 8 + bytes.readUInt32LE(at + 4)));
}

/** What came of a retrieval. */
export interface Retrieved {
  readonly Status: number;
  /** Remaining (undefined where it is not said), completed, failed, with warning. */
  readonly counts: readonly (number | undefined)[];
  readonly comment: string;
  /** FailedSOPInstanceUIDList. */
  readonly failed: readonly string[];
  readonly pending: readonly (readonly (number | undefined)[])[];
  /** Data sets of the C-STORE requests by SOP instance UID. */
  readonly stored: ReadonlyMap<string, { readonly contextId: number; readonly dataSet: Buffer }>;
}

const countElements = [0x1020, 0x1021, 0x1022, 0x1023];

/** Answers C-STORE requests as `answer` says until the final response comes. */
export async function retrieved(
  association: RawAssociation,
  answer: (SOPInstanceUID: string) => number | Promise<number> = () => 0,
  onPending: (count: number) => void = () => undefined,
): Promise<Retrieved> {
  const pending: (number | undefined)[][] = [];
  const stored = new Map<string, { contextId: number; dataSet: Buffer }>();
  for (;;) {
    const { contextId, command, dataSet } = await nextMessage(association);
    const text = (number: number) =>
      command
        .get(number)
        ?.toString('latin1')
        .replace(/[\0 ]+$/, '') ?? '';
    if (command.get(0x0100)?.readUInt16LE() === 1) {
      const uid = text(0x1000);
      stored.set(uid, { contextId, dataSet });
      const Status = await answer(uid);
      const response = makeCommand({
        0x0002: text(0x0002),
        0x0100: 0x8001,
        0x0120: command.get(0x0110)!.readUInt16LE(),
        0x0800: 0x0101,
        0x0900: Status,
        0x1000: uid,
      });
      association.sendPdu(pdu.data, makePdv(contextId, 3, response));
      continue;
    }
    const Status = command.get(0x0900)!.readUInt16LE();
    const counts = countElements.map((number) => command.get(number)?.readUInt16LE());
    if (Status === 0xff00) {
      onPending(pending.push(counts));
      continue;
    }
    const list = new Map<number, Buffer>();
    readElements(dataSet, list);
    const failed = list.get(0x0058)?.toString('latin1').replace(/\0+$/, '').split('\\') ?? [];
    return { Status, counts, comment: text(0x0902), failed, pending, stored };
  }
}
