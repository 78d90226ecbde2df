/** The whole program on free ports, called over its public listener, with images in its archive. */
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { settingsSchema } from '#shared/settings.ts';
import { openPacs, type Pacs } from '#main/pacs.ts';
import { orthancDigest, orthancId } from '#main/store/orthanc-id.ts';
import { freePort, hasPrograms } from '../dimse/client/support.ts';
import { headerOf, makeDataSet } from '../dimse/support.ts';

/** An answer over REST. */
interface Answered {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  /** The text as JSON; undefined where it is none. */
  readonly json: unknown;
}

/** Calls one server: `POST /modalities`, a body as text, bytes (a Blob) or a value. */
export type Call = (request: string, body?: unknown) => Promise<Answered>;

/** Calls a server at that address. */
const caller =
  (base: string): Call =>
  async (request, body) => {
    const [method = 'GET', path = '/'] = request.split(' ');
    const sent = typeof body === 'string' || body instanceof Blob ? body : JSON.stringify(body);
    const response = await fetch(base + path, { method, ...(body === undefined ? {} : { body: sent }) });
    const text = await response.text();
    return {
      status: response.status,
      type: response.headers.get('Content-Type') ?? '',
      text,
      json: parsed(text),
    };
  };

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A folder that is removed with the test. */
export async function testFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chairside-rest-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/** A running program. */
export interface TestPacs {
  readonly pacs: Pacs;
  readonly dicomPort: number;
  readonly call: Call;
  readonly lines: readonly string[];
}

/** Opens the program; it is stopped with the test. */
export async function startPacs(settings: Record<string, unknown> = {}): Promise<TestPacs> {
  const StorageDirectory = await testFolder();
  const lines: string[] = [];
  const { Chairside, ...others } = settings as { Chairside?: object };
  const pacs = await openPacs({
    settings: settingsSchema.parse({
      StorageDirectory,
      DicomPort: 0,
      HttpPort: 0,
      DicomScuTimeout: 5,
      Chairside: { MinimumFreeSpaceMB: 0, PixelThreads: 1, ...Chairside },
      ...others,
    }),
    windowOrigins: [],
    log: (level, message, cause) => void lines.push(`${level} ${message} ${String(cause ?? '')}`),
  });
  onTestFinished(() => pacs.stop());
  const { dicomPort, httpPort } = pacs;
  if (dicomPort === undefined || httpPort === undefined) throw new Error('A port is missing.');
  return { pacs, dicomPort, call: caller(`http://127.0.0.1:${httpPort}`), lines };
}

/** What makeDataSet writes. */
const study = { PatientID: 'T1', StudyInstanceUID: '1.2.3.1', SeriesInstanceUID: '1.2.3.1.1' };

/** Orthanc's identifiers of what {@link keepImages} keeps. */
export const orthancIds = {
  patient: orthancId(orthancDigest('PATIENT', study)),
  study: orthancId(orthancDigest('STUDY', study)),
  series: orthancId(orthancDigest('SERIES', study)),
  instance: (number: number) => orthancId(orthancDigest('IMAGE', { ...study, SOPInstanceUID: `1.2.3.4.${number}` })),
};

/** Part 10 files of one series: instances 1.2.3.4.1 and so on. */
export const makeFiles = (count: number, pixelBytes = 2048): Buffer[] =>
  Array.from({ length: count }, (_, index) => {
    const uid = `1.2.3.4.${index + 1}`;
    return Buffer.concat([headerOf(uid, 'FILE'), makeDataSet(uid, pixelBytes)]);
  });

/** Keeps so many images of one series. */
export async function keepImages({ pacs }: TestPacs, count: number, pixelBytes?: number): Promise<void> {
  for (const file of makeFiles(count, pixelBytes))
    await pacs.store.receive(
      (async function* () {
        yield file;
      })(),
      { kind: 'import', path: 'test' },
    );
}

/** True where Orthanc is installed. */
export const hasOrthanc = hasPrograms('Orthanc');
/** For titles: why the tests were left out. */
export const orthancNote = hasOrthanc ? '' : ' (left out: Orthanc is not installed)';

/** An Orthanc on free ports; it is ended with the test. */
export async function startOrthanc(settings: Record<string, unknown> = {}): Promise<{ call: Call; dicomPort: number }> {
  const [folder, DicomPort, HttpPort] = [await testFolder(), await freePort(), await freePort()];
  const configuration = {
    StorageDirectory: folder,
    IndexDirectory: folder,
    DicomPort,
    HttpPort,
    Plugins: [],
    AuthenticationEnabled: false,
    DicomModalities: { self: ['ORTHANC', '127.0.0.1', DicomPort] },
    JobsHistorySize: 100,
    ...settings,
  };
  await writeFile(join(folder, 'orthanc.json'), JSON.stringify(configuration));
  const child = spawn('Orthanc', [join(folder, 'orthanc.json')], { stdio: 'ignore' });
  onTestFinished(async () => {
    if (child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill();
    await gone;
  });
  const call = caller(`http://127.0.0.1:${HttpPort}`);
  for (const end = Date.now() + 20_000; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    const isUp = await call('GET /system').then(
      ({ status }) => status === 200,
      () => false,
    );
    if (isUp) return { call, dicomPort: DicomPort };
    if (Date.now() > end || child.exitCode !== null) throw new Error('Orthanc did not start.');
  }
}
