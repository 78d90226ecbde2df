/** `npm run bench -- growth`: what one image costs, and how long a start after a crash takes, as the archive grows. */
import { join } from 'node:path';
import { fileMetaInformation } from '../src-main/dicom/part10.ts';
import { openStore } from '../src-main/store/open-store.ts';
import type { CatalogueEntry } from '../src-main/store/catalogue.ts';
import { openForWriting } from '../src-main/store/sqlite/database.ts';
import { createWriter } from '../src-main/store/sqlite/writer.ts';
import { ctSeries } from './data.ts';
import { makeFolder, removeFolders } from './servers.ts';
import { median } from './table.ts';

/* Ten instances a study: the rows of a catalogue without the files, which the cost of receiving does not look at. */
function row(at: number): CatalogueEntry {
  const [study, series] = [Math.floor(at / 10), Math.floor(at / 5)];
  const scattered = (study * 7919) % 1_000_003;
  const identifiers = {
    PatientID: `P${study % 50_000}`,
    StudyInstanceUID: `1.2.826.0.1.3680043.8.498.${scattered}.${study}`,
    SeriesInstanceUID: `1.2.826.0.1.3680043.8.498.${scattered}.${study}.${series}`,
    SOPInstanceUID: `1.2.826.0.1.3680043.8.498.${scattered}.${study}.${series}.${at}`,
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
  };
  return {
    identifiers,
    values: {
      ...identifiers,
      PatientName: `Bench^Patient ${study}`,
      StudyDate: String(20_200_101 + (study % 28)),
      StudyDescription: 'Cone beam CT',
      AccessionNumber: `A${study}`,
      Modality: 'CT',
      InstanceNumber: String(at % 5),
      Rows: '512',
      Columns: '512',
    },
    place: { bucket: Math.floor(at / 1000), name: `${identifiers.SOPInstanceUID}.00000000.dcm` },
    size: 8192,
    digest: new Uint8Array(32),
    TransferSyntaxUID: '1.2.840.10008.1.2.1',
    NumberOfFrames: 1,
    receivedAt: 1_700_000_000_000 + at,
    origin: { kind: 'import', path: 'bench' },
  };
}

function grow(folder: string, from: number, to: number): void {
  const database = openForWriting(join(folder, 'catalogue.sqlite'));
  const writer = createWriter(database);
  for (let at = from; at < to; at += 200)
    writer.add(
      Array.from({ length: Math.min(200, to - at) }, (_, i) => row(at + i)),
      'Never',
    );
  writer.settle(Math.ceil(to / 1000));
  database.close();
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function receiveCosts(folder: string, series: number): Promise<{ start: number; each: number }> {
  const images = ctSeries(series, 400, 64, 62).map(({ dataSet, ...uids }) =>
    Buffer.concat([fileMetaInformation({ TransferSyntaxUID: '1.2.840.10008.1.2.1', ...uids }), dataSet]),
  );
  const before = performance.now();
  const store = await openStore({
    storage: folder,
    index: folder,
    overwrite: 'Never',
    maximumInstanceBytes: 2 ** 30,
    minimumFreeBytes: 0,
    log: () => undefined,
  });
  const start = performance.now() - before;
  const times: number[] = [];
  for (const image of images) {
    const begin = performance.now();
    await store.receive(once(image), { kind: 'import', path: 'bench' });
    times.push(performance.now() - begin);
  }
  await store.close();
  return { start, each: median(times) };
}

/** Prints, for growing archives, the milliseconds of an image of 8 KB and of a start. */
export async function growth(): Promise<void> {
  const folder = makeFolder();
  /* Once for nothing, in an archive of its own: the first images pay for compiling. */
  await receiveCosts(makeFolder(), 499);
  console.log('| instances | start ms | one image of 8 KB, median ms | against 1 000 |\n|---|---|---|---|');
  let [size, first] = [0, 0];
  for (const [at, target] of [1000, 10_000, 100_000, 1_000_000].entries()) {
    grow(folder, size, target);
    size = target;
    const { start, each } = await receiveCosts(folder, 500 + at);
    first ||= each;
    console.log(`| ${target} | ${start.toFixed(0)} | ${each.toFixed(2)} | ${(each / first).toFixed(2)} |`);
  }
  removeFolders();
}
