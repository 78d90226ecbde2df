/** What the DIMSE conversations need: a server on a free port, a small store of real files, data sets of any size, DCMTK's programs. */
import { execFile } from 'node:child_process';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { createEmitter } from '#shared/emitter.ts';
import { PacsError, toPacsError } from '#shared/errors.ts';
import type { Identifiers, Origin, Receipt, Refusal } from '#shared/model.ts';
import { settingsSchema, type Settings } from '#shared/settings.ts';
import { fileMetaInformation } from '#main/dicom/part10.ts';
import { createDimseServer, type DimseServer } from '#main/dimse/server.ts';
import type { Service } from '#main/dimse/service.ts';
import { openPeers, type Peers } from '#main/peers/peers.ts';
import { peersSchema } from '#main/peers/schema.ts';
import { openPeople } from '#main/people/people.ts';
import { openRecords } from '#main/records/open-records.ts';
import type { Store, StoreEvents } from '#main/store/store.ts';
import { ctImageStorage, explicitLittleEndian } from '../support/raw-association.ts';

const run = promisify(execFile);

/** The receiving half of an archive. */
export type Receive = Store['receive'];

/** Adds what a store needs besides receiving; none of it is asked for by the DICOM door. */
export const storeOf = (receive: Receive): Store => ({
  events: createEmitter<StoreEvents>(() => undefined),
  catalogueVersion: 1,
  receive,
  find: async () => [],
  findEach: async function* () {},
  count: async () => 0,
  lookup: async () => undefined,
  verify: async () => false,
  files: async () => [],
  statistics: async () => ({ patients: 0, studies: 0, series: 0, instances: 0, diskSize: 0, refused: 0 }),
  refuse: async () => undefined,
  refusals: async () => [],
  close: async () => undefined,
});

/** What a file store has seen. */
export interface FileStore extends Store {
  readonly folder: string;
  readonly origins: Origin[];
  readonly failures: PacsError[];
  /** Bytes of the file of an instance, Part 10 header included. */
  fileOf(SOPInstanceUID: string): Promise<Buffer>;
}

/** A store that writes each stream to a file named by the claimed SOP instance UID and removes it when the stream fails. */
export async function fileStore(): Promise<FileStore> {
  const folder = await temporaryFolder();
  const [origins, failures]: [Origin[], PacsError[]] = [[], []];
  const receive: Receive = async (stream, origin, claim) => {
    const path = join(folder, claim?.SOPInstanceUID ?? 'unnamed');
    try {
      await pipeline(Readable.from(stream), createWriteStream(path));
    } catch (error) {
      await rm(path, { force: true });
      failures.push(toPacsError(error));
      throw error;
    }
    origins.push(origin);
    return receipt(claim);
  };
  return { ...storeOf(receive), folder, origins, failures, fileOf: (uid) => readFile(join(folder, uid)) };
}

/** A receipt of a success. */
export const receipt = (claim?: Partial<Identifiers>): Receipt => ({
  PatientID: '',
  StudyInstanceUID: '',
  SeriesInstanceUID: '',
  SOPInstanceUID: claim?.SOPInstanceUID ?? '',
  SOPClassUID: claim?.SOPClassUID ?? '',
  status: 'Success',
  size: 0,
});

/** A folder that is removed with the test. */
async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chairside-dimse-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A running server and what it told. */
export interface TestServer {
  readonly port: number;
  /** The encrypted one beside it. */
  readonly tlsPort: number | undefined;
  readonly server: DimseServer;
  readonly settings: Settings;
  readonly peers: Peers;
  readonly refusals: Refusal[];
  readonly lines: string[];
}

/** Starts a DICOM door on a free port, with verification, storage and those services; it is closed with the test. */
export async function startServer(
  store: Store,
  overrides: Record<string, unknown> = {},
  grace = 2,
  services: (settings: Settings, peers: Peers) => readonly Service[] = () => [],
): Promise<TestServer> {
  const settings = settingsSchema.parse({ DicomPort: 0, ...overrides });
  const [refusals, lines]: [Refusal[], string[]] = [[], []];
  const peers = await openTestPeers(settings);
  const server = createDimseServer({
    settings,
    store,
    peers,
    people: openPeople(settings),
    services: services(settings, peers),
    log: (level, message, cause) =>
      lines.push(`${level} ${message}${cause === undefined ? '' : ` (${String(cause)})`}`),
    onRefused: (refusal) => refusals.push(refusal),
    grace,
  });
  onTestFinished(() => server.stop());
  const { port, tlsPort } = await server.start();
  return { port, tlsPort, server, settings, peers, refusals, lines };
}

/** The peers of these settings with records in a folder of the test. */
async function openTestPeers(settings: Settings): Promise<Peers> {
  const records = await openRecords(await temporaryFolder(), [peersSchema]);
  const peers = await openPeers(settings, records);
  onTestFinished(async () => {
    await peers.close();
    await records.close();
  });
  return peers;
}

/** One element in explicit VR little endian; values of odd length are padded. */
function element(tag: number, vr: string, value: string | Uint8Array): Buffer {
  const text =
    typeof value === 'string' ? Buffer.from(value.length % 2 ? value + (vr === 'UI' ? '\0' : ' ') : value) : value;
  const isLong = ['OB', 'OW', 'UN', 'SQ', 'UT'].includes(vr);
  const header = Buffer.alloc(isLong ? 12 : 8);
  header.writeUInt16LE(tag >>> 16, 0);
  header.writeUInt16LE(tag & 0xffff, 2);
  header.write(vr, 4, 'latin1');
  if (isLong) header.writeUInt32LE(text.length, 8);
  else header.writeUInt16LE(text.length, 6);
  return Buffer.concat([header, text]);
}

/** The data set of a small CT image in explicit VR little endian with so many bytes of pixel data (an even number). */
export function makeDataSet(SOPInstanceUID: string, pixelBytes: number): Buffer {
  const us = (value: number): Buffer => Buffer.from([value & 255, value >> 8]);
  const pixels = Buffer.alloc(pixelBytes);
  /* No two images have the same pixels, so that a byte of another one is noticed. */
  const seed = [...SOPInstanceUID].reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) & 0xffff, 7);
  for (let at = 0; at < pixelBytes; at++) pixels[at] = (at * 31 + (at >> 8) * seed + seed) & 255;
  const columns = 256;
  return Buffer.concat([
    element(0x00080016, 'UI', ctImageStorage),
    element(0x00080018, 'UI', SOPInstanceUID),
    element(0x00080060, 'CS', 'CT'),
    element(0x00100010, 'PN', 'Test^Conversation'),
    element(0x00100020, 'LO', 'T1'),
    element(0x0020000d, 'UI', '1.2.3.1'),
    element(0x0020000e, 'UI', '1.2.3.1.1'),
    element(0x00280002, 'US', us(1)),
    element(0x00280004, 'CS', 'MONOCHROME2'),
    element(0x00280010, 'US', us(Math.min(65_535, Math.floor(pixelBytes / (2 * columns))))),
    element(0x00280011, 'US', us(columns)),
    element(0x00280100, 'US', us(16)),
    element(0x00280101, 'US', us(16)),
    element(0x00280102, 'US', us(15)),
    element(0x00280103, 'US', us(0)),
    element(0x7fe00010, 'OW', pixels),
  ]);
}

/** An instance of {@link makeDataSet}, ready to send. */
export const makeInstance = (SOPInstanceUID: string, pixelBytes: number) => ({
  SOPClassUID: ctImageStorage,
  SOPInstanceUID,
  dataSet: makeDataSet(SOPInstanceUID, pixelBytes),
});

/** The Part 10 header that the server puts before a data set. */
export const headerOf = (SOPInstanceUID: string, sourceAET: string, TransferSyntaxUID = explicitLittleEndian): Buffer =>
  Buffer.from(fileMetaInformation({ TransferSyntaxUID, SOPClassUID: ctImageStorage, SOPInstanceUID, sourceAET }));

/** Writes `count` Part 10 files of that many pixel bytes into a folder of the test; UIDs are 1.2.3.4.1 and so on. */
export async function writeInstances(count: number, pixelBytes: number): Promise<string> {
  const folder = await temporaryFolder();
  for (let number = 1; number <= count; number++) {
    const uid = `1.2.3.4.${number}`;
    await writeFile(join(folder, `${uid}.dcm`), Buffer.concat([headerOf(uid, 'FILE'), makeDataSet(uid, pixelBytes)]));
  }
  return folder;
}

/** The data set of a Part 10 file: what follows preamble, DICM and group 0002. */
export function dataSetOf(file: Buffer): Buffer {
  return file.subarray(144 + file.readUInt32LE(140));
}

/** True where DCMTK is installed. */
export const hasDcmtk = ['echoscu', 'storescu', 'dcmsend'].every((name) =>
  (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, name))),
);
/** For titles: why the tests were left out. */
export const dcmtkNote = hasDcmtk ? '' : ' (left out: DCMTK is not installed)';

/** Runs one of DCMTK's programs; its exit code and all that it said. */
export async function dcmtk(program: string, ...args: readonly string[]): Promise<{ code: number; output: string }> {
  const env = { ...process.env, TCP_NODELAY: '1' };
  try {
    const { stdout, stderr } = await run(program, args, { env, timeout: 60_000 });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: number; stdout?: string; stderr?: string };
    return { code: code ?? 1, output: stdout + stderr };
  }
}

/** Names in a folder, sorted. */
export const filesIn = async (folder: string): Promise<string[]> => (await readdir(folder)).toSorted();

/** Waits until the condition holds. @throws Error after the time. */
export async function until(condition: () => boolean | Promise<boolean>, milliseconds = 5000): Promise<void> {
  for (const end = Date.now() + milliseconds; !(await condition());) {
    if (Date.now() > end) throw new Error('It did not come about.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
