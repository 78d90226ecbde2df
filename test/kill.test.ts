/** kill -9 in the middle of sends, many times: what was acknowledged is there, byte for byte; what was not leaves nothing behind. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { buildDataSet, instanceElements } from './support/build-data-set.ts';
import { startHeadless } from './support/headless.ts';
import { temporaryFolder } from './support/instances.ts';
import { connect, explicitLittleEndian } from './support/raw-association.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const SOPClassUID = '1.2.840.10008.5.1.4.1.1.7';
const [rounds, associations, sendsOfEach] = [8, 4, 50];

const dataSetOf = (SOPInstanceUID: string, seed: number): Buffer =>
  buildDataSet(
    instanceElements([
      { tag: 'SOPInstanceUID', value: SOPInstanceUID },
      { tag: '7FE00010', vr: 'OB', value: new Uint8Array(2000 + ((seed * 7919) % 60_000)).fill(seed) },
    ]),
  );

const refused: number[] = [];

/** Sends until the connection breaks or all is sent; notes what was acknowledged. */
async function send(port: number, prefix: string, acknowledged: Map<string, Buffer>): Promise<void> {
  const contexts = [{ id: 3, abstractSyntax: SOPClassUID, transferSyntaxes: [explicitLittleEndian] }];
  const association = await connect({ port, contexts });
  for (let at = 0; at < sendsOfEach; at++) {
    const SOPInstanceUID = `${prefix}.${at}`;
    const dataSet = dataSetOf(SOPInstanceUID, at);
    const { Status } = await association.cStore({ SOPClassUID, SOPInstanceUID, dataSet });
    if (Status === 0) acknowledged.set(SOPInstanceUID, dataSet);
    else refused.push(Status);
  }
  await association.release();
}

/* The moment of the kill depends on what was done, not on how fast this machine is. */
async function untilAcknowledged(acknowledged: ReadonlyMap<string, Buffer>, count: number): Promise<void> {
  for (let waited = 0; acknowledged.size < count && waited < 20_000; waited += 2)
    await new Promise((wake) => setTimeout(wake, 2));
}

const filesIn = (part: string): string[] =>
  readdirSync(join(folder.path, part), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

it(`${rounds} times in the middle of ${associations * sendsOfEach} sends`, async () => {
  const acknowledged = new Map<string, Buffer>();
  let interrupted = 0;
  for (let round = 0; round < rounds; round++) {
    const server = await startHeadless(folder.path);
    const sends = Array.from({ length: associations }, (_, at) =>
      send(server.dicomPort, `1.8.${round}.${at}`, acknowledged).catch(() => void interrupted++),
    );
    await untilAcknowledged(acknowledged, acknowledged.size + 1 + ((round * 37) % 120));
    expect(await server.end('SIGKILL')).toBeNull();
    await Promise.all(sends);
  }
  expect(refused).toEqual([]);
  expect(interrupted).toBeGreaterThan(rounds);
  expect(acknowledged.size).toBeGreaterThan(rounds);

  const server = await startHeadless(folder.path);
  try {
    const answer = await fetch(`http://127.0.0.1:${server.httpPort}/dicom-web/instances?limit=5000`);
    const rows = (await answer.json()) as { '00080018': { Value: [string] } }[];
    const listed = new Set(rows.map((row) => row['00080018'].Value[0]));
    for (const uid of acknowledged.keys()) expect(listed.has(uid), uid).toBe(true);
    /* Every file has its row, and is whole: it ends with the data set that was sent. */
    const files = filesIn('dicom');
    expect(files).toHaveLength(listed.size);
    expect(filesIn('incoming')).toEqual([]);
    for (const file of files) {
      const uid = /(1\.8\.[\d.]+)\.[0-9a-f]{16}-[0-9a-f]{8}\.dcm$/.exec(file)?.[1] as string;
      const dataSet = dataSetOf(uid, Number(uid.split('.').at(-1)));
      expect(readFileSync(file).subarray(-dataSet.length).equals(dataSet), uid).toBe(true);
    }
  } finally {
    await server.end();
  }
}, 180_000);
