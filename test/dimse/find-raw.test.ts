/** C-FIND over bare sockets: extended negotiation, damage, cancels, callers that vanish or do not read, and a hundred thousand answers. */
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHeaderReader } from '#main/dicom/header-reader.ts';
import { text } from '#main/dicom/read-values.ts';
import { createFindService } from '#main/dimse/c-find.ts';
import type { Store } from '#main/store/store.ts';
import type { Row } from '#shared/model.ts';
import type { Query } from '#shared/query.ts';
import { connect, ctImageStorage } from '../support/raw-association.ts';
import { buildDataSet } from '../support/build-data-set.ts';
import { inPieces, temporaryFolder } from '../support/instances.ts';
import { corpus, corpusPath, hasSharedData, sharedDataNote } from '../support/shared-data.ts';
import { openArchive, scanner } from '../store/support.ts';
import {
  askRaw,
  connectForFind,
  elementsOf,
  nextAnswer,
  openFindArchive,
  patientRoot,
  sendCancel,
  sendFind,
  studyRoot,
} from './find-support.ts';
import { startServer, storeOf, until } from './support.ts';

const folder = temporaryFolder();
let store: Store;
beforeAll(async () => void (store = await openFindArchive(folder.path)));
afterAll(async () => {
  await store.close();
  folder.remove();
});

const startWith = (kept: Store, overrides: Record<string, unknown> = {}) =>
  startServer(kept, { DicomAlwaysAllowFind: true, ...overrides }, 2, (settings) => [
    createFindService({ store: kept, settings }),
  ]);

const uids = (answers: readonly Record<string, string>[]) =>
  answers.map((answer) => answer['StudyInstanceUID'] ?? '').toSorted();

describe('extended negotiation', () => {
  it('is answered byte by byte with what is done here', async () => {
    const { port } = await startWith(store);
    const association = await connectForFind(port, studyRoot, [1, 1, 1, 1, 1]);
    const [item] = association.userItems(0x56);
    expect([...item!.subarray(2 + studyRoot.length)]).toEqual([1, 1, 1, 0, 0]);
    await association.release();
    const shorter = await connectForFind(port, studyRoot, [1, 0]);
    expect([...shorter.userItems(0x56)[0]!.subarray(2 + studyRoot.length)]).toEqual([1, 0]);
    await shorter.release();
  });

  it('relational queries need no keys of the levels above', async () => {
    const { port } = await startWith(store);
    const question = elementsOf('QueryRetrieveLevel=IMAGE', 'Modality=CT', 'PatientName=smith*', 'SOPInstanceUID');
    const plain = await connectForFind(port);
    expect((await askRaw(plain, question)).final.Status).toBe(0xa900);
    await plain.release();
    const relational = await connectForFind(port, studyRoot, [1]);
    const { answers, final } = await askRaw(relational, question);
    expect(final.Status).toBe(0);
    expect(answers.map((answer) => answer['SOPInstanceUID']).toSorted()).toEqual(['1.9.5.1.1', '1.9.5.1.2']);
    await relational.release();
  });

  it('combined date-time matching makes one range of both', async () => {
    const { port } = await startWith(store);
    const question = elementsOf(
      'QueryRetrieveLevel=STUDY',
      'StudyDate=20240131-20240201',
      'StudyTime=235000-083000',
      'StudyInstanceUID',
    );
    const combined = await connectForFind(port, studyRoot, [0, 1]);
    // From the 31st, 23:50, until the 1st, 8:30: 1.9.2 at 23:59 and 1.9.3 at 8:30:00.
    expect(uids((await askRaw(combined, question)).answers)).toEqual(['1.9.2', '1.9.3']);
    await combined.release();
    const plain = await connectForFind(port);
    // No time is both after 23:50 and before 8:30.
    expect(uids((await askRaw(plain, question)).answers)).toEqual([]);
    await plain.release();
  });

  it('fuzzy matching finds the words of a name in any order', async () => {
    const { port } = await startWith(store);
    const question = elementsOf('QueryRetrieveLevel=STUDY', 'PatientName=john smi', 'StudyInstanceUID');
    const fuzzy = await connectForFind(port, studyRoot, [0, 0, 1]);
    expect(uids((await askRaw(fuzzy, question)).answers)).toEqual(['1.9.4', '1.9.5']);
    await fuzzy.release();
    const plain = await connectForFind(port);
    expect(uids((await askRaw(plain, question)).answers)).toEqual([]);
    await plain.release();
  });
});

describe('bad input', () => {
  const good = buildDataSet(
    elementsOf('StudyDate', 'QueryRetrieveLevel=STUDY', 'PatientName=Smith*', 'StudyInstanceUID'),
  );

  it('a damaged identifier is an error of its own, and the association goes on', async () => {
    const { port, lines } = await startWith(store);
    const association = await connectForFind(port);
    for (const damaged of [good.subarray(0, -3), Buffer.from('no data set at all'), Buffer.from([1])]) {
      const { final } = await askRaw(association, damaged);
      expect(final.Status).toBe(0xc000);
      expect(final.ErrorComment).toContain('cannot be read');
    }
    expect(lines.join('\n')).toContain('Query (C-FIND) for RAW (127.0.0.1) failed');
    expect(uids((await askRaw(association, good)).answers)).toEqual(['1.9.4', '1.9.5']);
    await association.release();
  });

  it('cut at any byte it is answered, and nothing hangs', async () => {
    const { port } = await startWith(store);
    const association = await connectForFind(port);
    for (let length = 0; length < good.length; length++) {
      const { final } = await askRaw(association, good.subarray(0, length));
      expect([0, 0xa900, 0xc000]).toContain(final.Status);
    }
    await association.release();
  });

  it('too long an identifier is refused', async () => {
    const { port } = await startWith(store);
    const association = await connectForFind(port);
    const question = elementsOf('QueryRetrieveLevel=STUDY', 'StudyInstanceUID');
    const long = buildDataSet([...question, { tag: '00420011', vr: 'OB', value: new Uint8Array(1_100_000) }]);
    expect((await askRaw(association, long)).final.Status).toBe(0xa700);
    expect((await association.cEcho(3)).Status).toBe(0);
    await association.release();
  });

  it('thousands of UIDs and deeply nested sequences are served', async () => {
    const { port } = await startWith(store);
    const association = await connectForFind(port);
    const list = Array.from({ length: 8000 }, (_, at) => `1.9.${at + 5}`).join('\\');
    const explicit = elementsOf('QueryRetrieveLevel=STUDY');
    const long = await askRaw(
      association,
      buildDataSet([...explicit, { tag: 'StudyInstanceUID', vr: 'UT', value: list }]),
    );
    expect([long.final.Status, uids(long.answers)]).toEqual([0, ['1.9.5', '1.9.6']]);
    await association.release();
  });

  it('patterns that could take for ever do not', async () => {
    const { port } = await startWith(store);
    const association = await connectForFind(port);
    const name = `PatientName=${'*a'.repeat(31)}*`;
    const before = performance.now();
    const { answers, final } = await askRaw(
      association,
      elementsOf('QueryRetrieveLevel=STUDY', name, 'StudyInstanceUID'),
    );
    expect([final.Status, answers.length]).toEqual([0, 0]);
    expect(performance.now() - before).toBeLessThan(1000);
    await association.release();
  });
});

describe('many answers', () => {
  /** Studies that are made as they are asked for; `taken` counts them. */
  function manyStudies(count: number) {
    const state = { taken: 0, ended: false, query: undefined as Query | undefined };
    const row = (at: number): Row => ({
      PatientID: `P${at}`,
      PatientName: `Müller^Nr ${at}`,
      StudyInstanceUID: `1.2.826.0.1.3680043.10.5432.${at}`,
      StudyDate: '20240101',
      StudyDescription: 'Panoramaaufnahme',
    });
    async function* findEach(query: Query, signal?: AbortSignal) {
      state.query = query;
      try {
        for (let at = 0; at < count && !signal?.aborted; at += 200) {
          await wait(0);
          state.taken += 200;
          yield Array.from({ length: 200 }, (_, index) => row(at + index));
        }
      } finally {
        state.ended = true;
      }
    }
    return { state, store: { ...storeOf(async () => Promise.reject(new Error('nothing is stored here'))), findEach } };
  }

  const question = elementsOf(
    'QueryRetrieveLevel=STUDY',
    'PatientName',
    'PatientID',
    'StudyDate',
    'StudyDescription',
    'StudyInstanceUID',
  );
  const identifier = buildDataSet(question.toSorted((a, b) => order.indexOf(a.tag) - order.indexOf(b.tag)));

  it('a hundred thousand come whole, while others have their turn', async () => {
    const many = manyStudies(100_000);
    const { port } = await startWith(many.store);
    const association = await connectForFind(port);
    sendFind(association, identifier);
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const before = process.memoryUsage().rss;
    let [count, peak] = [0, 0];
    for (let last = false; !last;) {
      const next = await association.nextPdu();
      if (((next!.body[5] ?? 0) & 1) === 0) {
        if (count++ % 5000 === 0) peak = Math.max(peak, process.memoryUsage().rss);
      } else last = next!.body.includes(Buffer.from([0, 0, 0, 9, 2, 0, 0, 0, 0, 0]));
    }
    delay.disable();
    expect(count).toBe(100_000);
    // The client runs in the same process, so this is an upper bound; measured as 10 ms and 64 MB.
    expect(delay.percentile(99) / 1e6).toBeLessThan(100);
    expect(peak - before).toBeLessThan(250 * 1024 * 1024);
    await association.release();
  });

  it('a caller that does not read holds back the search', async () => {
    const many = manyStudies(100_000);
    const { port } = await startWith(many.store);
    const association = await connectForFind(port);
    sendFind(association, identifier);
    await nextAnswer(association);
    // What fits between both sides: some megabytes in the buffers of the sockets.
    let taken = -1;
    await until(async () => {
      const before = many.state.taken;
      await wait(300);
      taken = many.state.taken;
      return taken === before;
    });
    expect(taken).toBeLessThan(60_000);
    association.destroy();
    await until(() => many.state.ended);
  });

  it('a cancel stops them at once, and the association goes on', async () => {
    const many = manyStudies(10_000_000);
    const { port } = await startWith(many.store);
    const association = await connectForFind(port);
    sendFind(association, identifier);
    for (let count = 0; count < 50; count++) await nextAnswer(association);
    const before = performance.now();
    sendCancel(association);
    let status = 0xff00;
    while (status === 0xff00) status = (await nextAnswer(association)).response.Status;
    expect(status).toBe(0xfe00);
    expect(many.state.ended).toBe(true);
    // Including what was on its way already; the bound is for a busy machine.
    expect(performance.now() - before).toBeLessThan(1500);
    expect((await association.cEcho(3)).Status).toBe(0);
    await association.release();
  });

  it('a caller that vanishes ends the search', async () => {
    const many = manyStudies(10_000_000);
    const { port, server } = await startWith(many.store);
    const association = await connectForFind(port);
    sendFind(association, identifier);
    await nextAnswer(association);
    association.destroy();
    await until(() => many.state.ended && server.counts().connections === 0);
  });

  it('images are looked into up to a bound', async () => {
    const many = manyStudies(1200);
    const { port } = await startWith(many.store);
    const association = await connectForFind(port);
    const keys = ['QueryRetrieveLevel=STUDY', 'StudyInstanceUID'];
    const matched = await askRaw(association, elementsOf(...keys, 'PatientWeight=70'));
    expect([matched.final.Status, matched.answers.length]).toEqual([0xa700, 0]);
    sendFind(association, buildDataSet(elementsOf('QueryRetrieveLevel=STUDY', 'PatientWeight', 'StudyInstanceUID')));
    const { response, answer } = await nextAnswer(association);
    expect([response.Status, answer!['PatientWeight']]).toEqual([0xff01, '']);
    let count = 1;
    while ((await nextAnswer(association)).answer) count++;
    expect(count).toBe(1200);
    await association.release();
  });

  it('a label of the called title narrows the search, and only what is asked for is read', async () => {
    const many = manyStudies(200);
    const { port } = await startWith(many.store, {
      DicomAet: 'CHAIRSIDE',
      Chairside: { AETitles: [{ AET: 'CHAIRSIDE', Label: 'north' }] },
    });
    const association = await connectForFind(port, patientRoot);
    await askRaw(association, elementsOf('QueryRetrieveLevel=PATIENT', 'PatientID', 'PatientName=x'), patientRoot);
    expect(many.state.query).toEqual({
      level: 'PATIENT',
      keys: { PatientName: { kind: 'single', value: 'x' } },
      fields: ['PatientID', 'PatientName'],
      combined: false,
      caseSensitive: false,
      label: 'north',
    });
    await association.release();
  });
});

const order = ['StudyDate', 'QueryRetrieveLevel', 'StudyDescription', 'PatientName', 'PatientID', 'StudyInstanceUID'];

describe.skipIf(!hasSharedData)(`a name as it stands in a file of the corpus${sharedDataNote}`, () => {
  const charsets = temporaryFolder();
  let archive: Store;
  const files = corpus.filter(({ path, study_uid }) => path.startsWith('charsets/') && study_uid);
  beforeAll(async () => {
    archive = await openArchive(charsets.path);
    for (const file of files) await archive.receive(inPieces(readFileSync(corpusPath(file))), scanner);
  });
  afterAll(async () => {
    await archive.close();
    charsets.remove();
  });

  it('finds that file, and comes back as it was', async () => {
    const { port } = await startWith(archive);
    const association = await connectForFind(port);
    let count = 0;
    for (const file of files) {
      const reader = createHeaderReader();
      reader.write(readFileSync(corpusPath(file)));
      const header = reader.end();
      const name = text(header, '00100010');
      if (!name) continue;
      const { answers, final } = await askRaw(association, [
        { tag: 'SpecificCharacterSet', value: header.dataSet.get('00080005')?.value ?? '' },
        { tag: 'QueryRetrieveLevel', value: 'STUDY' },
        { tag: 'PatientName', value: header.dataSet.get('00100010')!.value! },
        { tag: 'StudyInstanceUID', value: '' },
      ]);
      const mine = answers.find((answer) => answer['StudyInstanceUID'] === text(header, '0020000D'));
      const plain = (value: string | undefined) =>
        value
          ?.split('=')
          .map((group) => group.replace(/[ ^]+$/, ''))
          .join('=')
          .replace(/=+$/, '');
      expect([file.path, final.Status, plain(mine?.['PatientName'])]).toEqual([file.path, 0, plain(name)]);
      count++;
    }
    expect(count).toBeGreaterThan(35);
    await association.release();
  });
});

describe('several titles of ours', () => {
  const labelled = temporaryFolder();
  afterAll(() => labelled.remove());

  it('a title with a label sees only what came under it, at every level', async () => {
    const archive = await openArchive(labelled.path, { labelOf: (aet) => (aet === 'NORTH' ? 'north' : undefined) });
    const { port } = await startWith(archive, { Chairside: { AETitles: [{ AET: 'NORTH', Label: 'north' }] } });
    for (const [calledAET, number] of [
      ['NORTH', 1],
      ['CHAIRSIDE', 2],
    ] as const) {
      const association = await connect({ port, calledAET });
      const dataSet = buildDataSet(
        elementsOf(
          `SOPClassUID=${ctImageStorage}`,
          `SOPInstanceUID=1.8.${number}.1.1`,
          'Modality=CT',
          'PatientName=Same^Name',
          `PatientID=L${number}`,
          `StudyInstanceUID=1.8.${number}`,
          `SeriesInstanceUID=1.8.${number}.1`,
        ),
      );
      const instance = { SOPClassUID: ctImageStorage, SOPInstanceUID: `1.8.${number}.1.1`, dataSet };
      expect((await association.cStore(instance)).Status).toBe(0);
      await association.release();
    }
    const seen = async (calledAET: string, level: string, key: string) => {
      const association = await connectForFind(port, patientRoot, [1], calledAET);
      const { answers } = await askRaw(
        association,
        elementsOf(`QueryRetrieveLevel=${level}`, 'PatientName=same*', key),
        patientRoot,
      );
      await association.release();
      return answers.map((answer) => answer[key]).toSorted();
    };
    expect(await seen('NORTH', 'PATIENT', 'PatientID')).toEqual(['L1']);
    expect(await seen('NORTH', 'STUDY', 'StudyInstanceUID')).toEqual(['1.8.1']);
    expect(await seen('NORTH', 'SERIES', 'SeriesInstanceUID')).toEqual(['1.8.1.1']);
    expect(await seen('NORTH', 'IMAGE', 'SOPInstanceUID')).toEqual(['1.8.1.1.1']);
    expect(await seen('CHAIRSIDE', 'STUDY', 'StudyInstanceUID')).toEqual(['1.8.1', '1.8.2']);
    await archive.close();
  });
});
