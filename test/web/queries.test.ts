/** Queries to other nodes over REST: kept answers, further questions, and fetching what was found. */
import { describe, expect, test } from 'vitest';
import { createKeptQueries } from '#main/web/queries-kept.ts';
import { hasDcmtk, dcmtkNote } from '../dimse/support.ts';
import { startArchive } from '../dimse/client/support.ts';
import {
  hasOrthanc,
  keepImages,
  makeFiles,
  orthancIds,
  orthancNote,
  startOrthanc,
  startPacs,
  type Call,
} from './modalities-support.ts';

const idOf = ({ json }: { json: unknown }): string => (json as { ID: string }).ID;

/** What depends on the server and not on the form. */
const unlike = new Set([
  'RetrieveAETitle',
  '0008,0054',
  'SpecificCharacterSet',
  '0008,0005',
  'InstanceAvailability',
  '0008,0056',
]);
const alike = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(alike)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .filter(([key]) => !unlike.has(key))
            .map(([key, inner]) => [key, alike(inner)]),
        )
      : value;

describe.skipIf(!hasDcmtk)(`The answers of an archive${dcmtkNote}`, () => {
  test('are kept, shown in three forms, asked further, fetched, and dropped', async () => {
    const source = await startPacs();
    const pacs = await startPacs();
    const archive = await startArchive({ CHAIRSIDE: pacs.dicomPort });
    const node = ['KLINIKPACS', '127.0.0.1', archive.port];
    await keepImages(source, 3);
    await source.call('PUT /modalities/archive', node);
    expect((await source.call('POST /modalities/archive/store', orthancIds.study)).status).toBe(200);
    const { call } = pacs;
    await call('PUT /modalities/archive', node);

    const query = await call('POST /modalities/archive/query', {
      Level: 'Study',
      Query: { PatientName: 'Test*', '0008,1030': '' },
    });
    const id = idOf(query);
    expect(query.json).toEqual({ ID: id, Path: `/queries/${id}` });
    expect((await call('GET /queries')).json).toEqual([id]);
    expect((await call(`GET /queries/${id}`)).json).toEqual(['answers', 'level', 'modality', 'query', 'retrieve']);
    expect((await call(`GET /queries/${id}/level`)).text).toBe('Study');
    expect((await call(`GET /queries/${id}/modality`)).text).toBe('archive');
    expect((await call(`GET /queries/${id}/query?simplify`)).json).toEqual({
      PatientName: 'Test*',
      StudyDescription: '',
    });
    expect((await call(`GET /queries/${id}/query`)).json).toEqual({
      '0008,1030': { Name: 'StudyDescription', Type: 'String', Value: '' },
      '0010,0010': { Name: 'PatientName', Type: 'String', Value: 'Test*' },
    });
    expect((await call(`GET /queries/${id}/answers`)).json).toEqual(['0']);
    expect((await call(`GET /queries/${id}/answers?expand&simplify`)).json).toMatchObject([
      { PatientID: 'T1', PatientName: 'Test^Conversation', StudyInstanceUID: '1.2.3.1', QueryRetrieveLevel: 'STUDY' },
    ]);
    expect((await call(`GET /queries/${id}/answers?expand&short`)).json).toMatchObject([{ '0020,000d': '1.2.3.1' }]);
    expect((await call(`GET /queries/${id}/answers/0`)).json).toEqual([
      'content',
      'retrieve',
      'query-series',
      'query-instances',
    ]);
    expect((await call(`GET /queries/${id}/answers/0/content`)).json).toMatchObject({
      '0010,0020': { Name: 'PatientID', Type: 'String', Value: 'T1' },
    });
    for (const request of [
      `GET /queries/${id}/answers/1`,
      `GET /queries/${id}/answers/x/content`,
      `POST /queries/${id}/answers/7/retrieve`,
    ])
      expect((await call(request)).status).toBe(400);

    const series = idOf(await call(`POST /queries/${id}/answers/0/query-series`, { Query: { Modality: 'CT' } }));
    expect((await call(`GET /queries/${series}/level`)).text).toBe('Series');
    expect((await call(`GET /queries/${series}/answers/0/content?simplify`)).json).toMatchObject({
      SeriesInstanceUID: '1.2.3.1.1',
      Modality: 'CT',
    });
    const images = idOf(await call(`POST /queries/${series}/answers/0/query-instances`, '{}'));
    expect((await call(`GET /queries/${images}/answers`)).json).toEqual(['0', '1', '2']);
    expect((await call(`POST /queries/${images}/answers/0/query-series`, '{}')).status).toBe(400);

    const [first] = (await call(`GET /queries/${images}/answers?expand&simplify`)).json as { SOPInstanceUID: string }[];
    expect(await call(`POST /queries/${images}/answers/0/retrieve`, '{}')).toMatchObject({
      status: 200,
      json: {
        LocalAet: 'CHAIRSIDE',
        RemoteAet: 'KLINIKPACS',
        Query: [{ '0008,0018': first?.SOPInstanceUID, '0008,0052': 'IMAGE', '0020,000e': '1.2.3.1.1' }],
      },
    });
    expect((await pacs.pacs.store.statistics()).instances).toBe(1);
    const fetched = await call(`POST /queries/${id}/retrieve`, { RetrieveMethod: 'C-GET', Simplify: true });
    expect(fetched).toMatchObject({ status: 200, json: { Query: [{ StudyInstanceUID: '1.2.3.1', PatientID: 'T1' }] } });
    expect((await pacs.pacs.store.statistics()).instances).toBe(3);
    expect(await call(`POST /queries/${id}/retrieve`, 'NOBODY')).toMatchObject({ status: 500 });
    const job = await call(`POST /queries/${id}/answers/0/retrieve`, { TargetAet: 'CHAIRSIDE', Synchronous: false });
    expect(job.json).toMatchObject({ Path: `/jobs/${idOf(job)}` });

    expect(await call(`DELETE /queries/${id}`)).toMatchObject({ status: 200, text: '' });
    expect((await call(`GET /queries/${id}`)).status).toBe(404);
    expect((await call(`DELETE /queries/${id}`)).status).toBe(404);
    await call('DELETE /modalities/archive');
    expect((await call(`POST /queries/${series}/retrieve`, '{}')).status).toBe(404);
  }, 60_000);

  test('may be none: then there is nothing to fetch', async () => {
    const [{ call }, archive] = [await startPacs(), await startArchive()];
    await call('PUT /modalities/archive', ['KLINIKPACS', '127.0.0.1', archive.port]);
    const id = idOf(await call('POST /modalities/archive/query', { Level: 'Patient', Query: { PatientID: 'nobody' } }));
    expect((await call(`GET /queries/${id}/answers`)).json).toEqual([]);
    expect((await call(`POST /queries/${id}/retrieve`, '{}')).status).toBe(400);
  });
});

test('Only the latest hundred queries are kept', () => {
  const kept = createKeptQueries();
  const ids = Array.from({ length: 250 }, () =>
    kept.add({ name: 'a', level: 'STUDY', identifier: {}, answers: [], call: {} }),
  );
  expect(kept.ids()).toEqual(ids.slice(150));
  expect(kept.get(ids[149] as string)).toBeUndefined();
});

describe.skipIf(!hasOrthanc)(`Beside Orthanc${orthancNote}`, () => {
  test('answers are shown with the same names, types and values', async () => {
    const pacs = await startPacs();
    const orthanc = await startOrthanc({
      DicomModalities: { self: ['CHAIRSIDE', '127.0.0.1', pacs.dicomPort] },
      DicomAet: 'ORTHANC',
    });
    for (const file of makeFiles(2)) await orthanc.call('POST /instances', new Blob([Uint8Array.from(file)]));
    await keepImages(pacs, 2);
    /* Both ask the same node. */
    await pacs.call('PUT /modalities/self', ['CHAIRSIDE', '127.0.0.1', pacs.dicomPort]);
    await pacs.call('PUT /modalities/orthanc', ['ORTHANC', '127.0.0.1', orthanc.dicomPort]);
    const wanted = { Level: 'Study', Query: { PatientID: 'T1', PatientName: '' } };
    const shown = async (call: Call): Promise<unknown[]> => {
      const id = idOf(await call('POST /modalities/self/query', wanted));
      const below = idOf(await call(`POST /queries/${id}/answers/0/query-series`, { Query: { Modality: '' } }));
      const requests = [
        'query',
        'query?simplify',
        'query?short',
        'answers',
        'answers?expand&simplify',
        'answers?expand&short',
        'answers/0',
        'answers/0/content',
        'level',
      ];
      const all = [];
      for (const request of requests) all.push(await call(`GET /queries/${id}/${request}`));
      all.push(await call(`GET /queries/${below}/answers?expand&simplify`));
      return all.map(({ json, text }) => alike(json ?? text));
    };
    expect(await shown(pacs.call)).toEqual(await shown(orthanc.call));
  }, 60_000);
});
