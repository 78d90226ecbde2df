/** The shared corpus through STOW-RS and back through QIDO-RS and WADO-RS: every file as its manifest says. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dicomJsonText, toDicomJson } from '#main/dicom/dicom-json.ts';
import { readHeader } from '#main/dicom/header-reader.ts';
import { corpus, corpusPath, hasSharedData, sharedDataNote } from '../support/shared-data.ts';
import { openTestWeb, type TestWeb } from './support.ts';

const largest = 16 << 20;
const chosen = corpus.filter(
  ({ size, expectation, sop_uid }) => size <= largest && expectation !== 'reject' && sop_uid !== null,
);

describe.skipIf(!hasSharedData)(`corpus over DICOMweb${sharedDataNote}`, () => {
  let here: TestWeb;
  const stored = new Map<string, string>();
  beforeAll(async () => {
    here = await openTestWeb();
    for (const file of chosen) {
      const head = `--b\r\nContent-Type: application/dicom\r\n\r\n`;
      const body = Buffer.concat([Buffer.from(head), readFileSync(corpusPath(file)), Buffer.from('\r\n--b--\r\n')]);
      const response = await here.get('/dicom-web/studies', {
        method: 'POST',
        body: body as Uint8Array<ArrayBuffer>,
        headers: { 'Content-Type': 'multipart/related; type="application/dicom"; boundary=b' },
      });
      const answer = (await response.json()) as Record<string, { Value?: Record<string, { Value?: string[] }>[] }>;
      const url = answer['00081199']?.Value?.[0]?.['00081190']?.Value?.[0];
      if (url) stored.set(corpusPath(file), new URL(url).pathname);
      else if (file.expectation === 'accept') throw new Error(`${file.path}: ${JSON.stringify(answer)}`);
    }
  });
  afterAll(() => here.close());

  test('most are stored, and metadata of each is the JSON of its file', async () => {
    expect(stored.size).toBeGreaterThan(50);
    const wrong: string[] = [];
    for (const [path, url] of stored) {
      const response = await here.get(`${url}/metadata`);
      const [kept] = await here.store.files({ SOPInstanceUID: url.split('/').at(-1) ?? '' });
      const bulkDataURI = (at: string) => `http://localhost:8042${url}/bulkdata/${at}`;
      const expected = dicomJsonText(toDicomJson(await readHeader(kept?.path ?? ''), { bulkDataURI }));
      if (response.status !== 200 || (await response.text()) !== `[${expected}]`) wrong.push(path);
    }
    expect(wrong).toEqual([]);
  });

  test('every address of bulk data leads to bytes', async () => {
    const wrong: string[] = [];
    for (const [path, url] of stored) {
      const text = await (await here.get(`${url}/metadata`)).text();
      for (const [, uri = ''] of text.matchAll(/"BulkDataURI":"([^"]+)"/g)) {
        const response = await here.get(new URL(uri).pathname);
        const length = await response.arrayBuffer().then(
          (bytes) => bytes.byteLength,
          () => 0,
        );
        // A file of the folder of broken ones may lack what its header promises.
        const isFine = response.status === 200 ? length > 0 : path.includes('/broken/') && response.status === 406;
        if (!isFine) wrong.push(`${response.status} ${path} ${uri.slice(-40)}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('first frames and pictures: an answer or a sentence, never a fault inside', async () => {
    const counts: Record<number, number> = {};
    for (const url of stored.values()) {
      const { NumberOfFrames = 0 } =
        (await here.store.files({ SOPInstanceUID: url.slice(url.lastIndexOf('/') + 1) }))[0] ?? {};
      for (const [what, Accept] of [
        ['frames/1', '*/*'],
        ['frames/1', 'application/octet-stream'],
        ['rendered', '*/*'],
        ['thumbnail', '*/*'],
      ] as const) {
        const { status } = await here.get(`${url}/${what}`, { headers: { Accept } });
        counts[status] = (counts[status] ?? 0) + 1;
        if (NumberOfFrames === 0) expect(status, url).toBe(what === 'frames/1' ? 404 : 406);
        else expect([200, 406], url).toContain(status);
      }
    }
    expect(counts[200]).toBeGreaterThan(100);
    expect(here.logged.filter((line) => line.startsWith('error'))).toEqual([]);
  });
});
