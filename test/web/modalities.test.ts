/** The known nodes over REST: to list, define and remove them, and what can be asked of one; real archives answer. */
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { hasDcmtk, dcmtkNote, filesIn, until } from '../dimse/support.ts';
import { freePort, startArchive, startStorescp } from '../dimse/client/support.ts';
import {
  hasOrthanc,
  keepImages,
  makeFiles,
  orthancIds,
  orthancNote,
  startOrthanc,
  startPacs,
  type TestPacs,
} from './modalities-support.ts';

/** Makes a node known as `name`. */
const know = async ({ call }: TestPacs, name: string, AET: string, Port: number, more: object = {}): Promise<void> => {
  expect(await call(`PUT /modalities/${name}`, { AET, Host: '127.0.0.1', Port, ...more })).toMatchObject({
    status: 200,
  });
};

describe('/modalities', () => {
  test('lists nodes by name, and with all that is known of them on demand', async () => {
    const { call } = await startPacs({
      DicomModalities: {
        scanner: ['SCAN', '10.0.0.1', 104, 'GE'],
        cart: { AET: 'CART', Host: 'cart', Port: 105, AllowStore: false },
      },
    });
    expect((await call('GET /modalities')).json).toEqual(['cart', 'scanner']);
    expect((await call('GET /modalities?expand')).json).toMatchObject({
      cart: { AET: 'CART', AllowStore: false, AllowEcho: true, LocalAet: '', Timeout: 0, UseDicomTls: false },
      scanner: { AET: 'SCAN', Host: '10.0.0.1', Port: 104, Manufacturer: 'GE', AllowNAction: true },
    });
    expect((await call('GET /modalities/cart')).json).toEqual([
      'configuration',
      'echo',
      'find-worklist',
      'get',
      'move',
      'query',
      'storage-commitment',
      'store',
      'store-straight',
    ]);
    expect(await call('GET /modalities/nobody')).toMatchObject({
      status: 404,
      json: { HttpStatus: 404, Details: 'not-found' },
    });
    expect((await call('GET /modalities/nobody/configuration')).status).toBe(404);
  });

  test('takes nodes in both forms of Orthanc, changes and removes them', async () => {
    const { call, pacs } = await startPacs();
    expect(await call('PUT /modalities/a', ['A', 'host', 104])).toMatchObject({
      status: 200,
      text: '',
      type: 'text/plain',
    });
    expect(
      await call('PUT /modalities/b', { AET: 'B', Host: 'h', Port: '11112', AllowEventReport: false }),
    ).toMatchObject({ status: 200 });
    expect((await call('GET /modalities/b/configuration')).json).toMatchObject({ Port: 11_112, AllowNAction: false });
    await call('PUT /modalities/a', ['A2', 'host', 104, 'GE']);
    expect((await call('GET /modalities/a/configuration')).json).toMatchObject({ AET: 'A2', Manufacturer: 'GE' });
    expect((await pacs.handlers['devices.list']()).devices.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(await call('DELETE /modalities/a')).toMatchObject({ status: 200, text: '' });
    expect((await call('DELETE /modalities/a')).status).toBe(404);
    expect((await call('GET /modalities')).json).toEqual(['b']);
  });

  const wrong: readonly (readonly [request: string, body: string | undefined, status: number])[] = [
    ['PUT /modalities/a', '["A"]', 400],
    ['PUT /modalities/a', '{"AET":"SEVENTEEN CHARACT","Host":"h","Port":1}', 400],
    ['PUT /modalities/a', '{"AET":"A\\\\B","Host":"h","Port":1}', 400],
    ['PUT /modalities/a', '{"AET":"A","Host":"h","Port":70000}', 400],
    ['PUT /modalities/a', 'not JSON', 400],
    ['PUT /modalities/a', '', 400],
    ['PUT /modalities/fixed', '["A","h",104]', 400],
    ['DELETE /modalities/fixed', undefined, 400],
    ['POST /modalities', '{}', 405],
    ['GET /modalities/fixed/echo', undefined, 405],
    ['POST /modalities/nobody/echo', '{}', 404],
    ['POST /modalities/fixed/store', '{}', 400],
    ['POST /modalities/fixed/store', '{"Resources":["nonsense"]}', 404],
    ['POST /modalities/fixed/store', '00000000-00000000-00000000-00000000-00000000', 404],
    ['POST /modalities/fixed/store', '{"Resources":"x"}', 400],
    ['POST /modalities/fixed/query', '{"Query":{}}', 400],
    ['POST /modalities/fixed/query', '{"Level":"Department","Query":{}}', 400],
    ['POST /modalities/fixed/query', '{"Level":"Study","Query":{"Nonsense":"x"}}', 400],
    ['POST /modalities/fixed/query', '{"Level":"Study","Query":[1]}', 400],
    ['POST /modalities/fixed/move', '{"Level":"Study"}', 400],
    ['POST /modalities/fixed/get', '{"Level":"Study","Resources":[{"StudyInstanceUID":"1"}],"TargetAet":"X"}', 400],
    ['POST /modalities/fixed/storage-commitment', '{}', 400],
    ['POST /modalities/fixed/storage-commitment', '{"DicomInstances":[["1.2"]]}', 400],
    ['POST /tools/dicom-echo', '{"AET":"A"}', 400],
  ];

  test('answers what is wrong with a status and a sentence, and changes nothing', async () => {
    const { call, lines } = await startPacs({ DicomModalities: { fixed: ['FIXED', '127.0.0.1', 9] } });
    for (const [request, body, status] of wrong) {
      const answer = await call(request, body);
      expect([request, body, answer.status]).toEqual([request, body, status]);
      expect(answer.json).toMatchObject({ HttpStatus: status, Message: expect.stringMatching(/\.$/) as string });
    }
    expect(lines.filter((line) => line.startsWith('error'))).toEqual([]);
    expect((await call('GET /modalities')).json).toEqual(['fixed']);
  });
});

describe.skipIf(!hasDcmtk)(`A node of DCMTK${dcmtkNote}`, () => {
  test('is tested; one that is not there is 500 with a sentence, as in Orthanc', async () => {
    const [pacs, { port }] = [await startPacs(), await startStorescp()];
    await know(pacs, 'peer', 'PEER', port);
    await know(pacs, 'gone', 'GONE', await freePort());
    for (const body of ['{}', '', '{"Timeout":3,"CheckFind":false}'])
      expect(await pacs.call('POST /modalities/peer/echo', body)).toMatchObject({ status: 200, json: {} });
    expect(await pacs.call('POST /modalities/peer/echo', { CheckFind: true })).toMatchObject({ status: 500 });
    expect(await pacs.call('POST /modalities/gone/echo', '{}')).toMatchObject({
      status: 500,
      json: { Message: expect.stringContaining('Nothing answers') as string },
    });
    const node = { AET: 'PEER', Host: '127.0.0.1', Port: port };
    expect(await pacs.call('POST /tools/dicom-echo', { ...node, Timeout: 3 })).toMatchObject({ status: 200, json: {} });
    expect(await pacs.call('POST /tools/dicom-echo', ['PEER', '127.0.0.1', port])).toMatchObject({ status: 200 });
    const { devices } = await pacs.pacs.handlers['devices.list']();
    expect(devices.find(({ name }) => name === 'gone')?.lastError).toContain('Nothing answers');
    expect(devices.find(({ name }) => name === 'peer')?.lastContact).toBeDefined();
  });

  test('gets images by the identifiers of Orthanc, at once or as a job', async () => {
    const [pacs, { port, folder }] = [await startPacs(), await startStorescp()];
    await keepImages(pacs, 4);
    await know(pacs, 'peer', 'PEER', port);
    const { instance, series, study, patient } = orthancIds;
    expect(await pacs.call('POST /modalities/peer/store', instance(1))).toMatchObject({
      status: 200,
      json: {
        Description: 'peer',
        FailedInstancesCount: 0,
        InstancesCount: 1,
        LocalAet: 'CHAIRSIDE',
        ParentResources: [instance(1)],
        RemoteAet: 'PEER',
      },
    });
    expect(await filesIn(folder)).toHaveLength(1);
    for (const [id, count] of [
      [series, 4],
      [study, 4],
      [patient, 4],
    ] as const)
      expect((await pacs.call('POST /modalities/peer/store', [id])).json).toMatchObject({ InstancesCount: count });
    const details = { LocalAet: 'OTHER', CalledAet: 'CALLED', Priority: 5, UserData: { note: 'mine' } };
    const { json } = await pacs.call('POST /modalities/peer/store', {
      Resources: [instance(2), instance(3)],
      Asynchronous: true,
      ...details,
    });
    const { ID, Path } = json as { ID: string; Path: string };
    expect(Path).toBe(`/jobs/${ID}`);
    const job = async () => (await pacs.call(`GET /jobs/${ID}`)).json as Record<string, unknown>;
    await until(async () => (await job())['State'] === 'Success');
    expect(await job()).toMatchObject({
      Type: 'DicomModalityStore',
      Priority: 5,
      Progress: 100,
      ErrorCode: 0,
      UserData: { note: 'mine' },
      Content: {
        LocalAet: 'OTHER',
        RemoteAet: 'CALLED',
        InstancesCount: 2,
        ParentResources: [instance(2), instance(3)],
      },
    });
    const { devices } = await pacs.pacs.handlers['devices.list']();
    expect(devices[0]).toMatchObject({ instancesSent: 15 });
  });

  test('gets an image that is handed straight on and not kept here', async () => {
    const [pacs, { port, folder }] = [await startPacs(), await startStorescp()];
    await know(pacs, 'peer', 'PEER', port);
    await know(pacs, 'gone', 'GONE', await freePort());
    const [file] = makeFiles(1, 600_000);
    const bytes = Uint8Array.from(file as Buffer);
    expect(await pacs.call('POST /modalities/peer/store-straight', new Blob([bytes]))).toMatchObject({
      status: 200,
      json: { SOPClassUID: '1.2.840.10008.5.1.4.1.1.2', SOPInstanceUID: '1.2.3.4.1' },
    });
    expect(await filesIn(folder)).toHaveLength(1);
    expect((await pacs.pacs.store.statistics()).instances).toBe(0);
    for (const [request, body, status] of [
      ['POST /modalities/gone/store-straight', new Blob([bytes]), 500],
      ['POST /modalities/peer/store-straight', 'no image', 400],
      ['POST /modalities/peer/store-straight', new Blob([bytes.subarray(0, 300_000)]), 400],
      ['POST /modalities/nobody/store-straight', 'x', 404],
    ] as const)
      expect((await pacs.call(request, body)).status).toBe(status);
    expect((await filesIn(tmpdir())).filter((name) => name.startsWith('chairside-straight-'))).toEqual([]);
  });

  test('that is not there fails at once for who waits, and is tried again for who does not', async () => {
    const pacs = await startPacs();
    await keepImages(pacs, 1);
    await know(pacs, 'gone', 'GONE', await freePort());
    const start = Date.now();
    expect(await pacs.call('POST /modalities/gone/store', orthancIds.study)).toMatchObject({
      status: 500,
      json: { Message: expect.stringContaining('Nothing answers') as string },
    });
    expect(Date.now() - start).toBeLessThan(5000);
    const [failed] = (await pacs.call('GET /jobs?expand')).json as Record<string, unknown>[];
    expect(failed).toMatchObject({ State: 'Failure' });
    const later = { Resources: [orthancIds.study], Synchronous: false };
    const { ID } = (await pacs.call('POST /modalities/gone/store', later)).json as { ID: string };
    const state = async () => ((await pacs.call(`GET /jobs/${ID}`)).json as { State: string }).State;
    await until(async () => (await state()) === 'Retry');
    expect((await pacs.call(`GET /jobs/${ID}`)).json).toMatchObject({
      ErrorCode: 9,
      ErrorDescription: 'Error in the network protocol',
    });
    await pacs.call(`POST /jobs/${ID}/cancel`, '{}');
    expect(await state()).toBe('Failure');
  });

  test('sends what is asked for: C-MOVE to us, C-GET, and C-MOVE to a third node', async () => {
    const pacs = await startPacs();
    const third = await startStorescp();
    const archive = await startArchive({ CHAIRSIDE: pacs.dicomPort, THIRD: third.port });
    const source = await startPacs();
    await keepImages(source, 3);
    await know(source, 'archive', 'KLINIKPACS', archive.port);
    expect(await source.call('POST /modalities/archive/store', orthancIds.study)).toMatchObject({ status: 200 });

    await know(pacs, 'archive', 'KLINIKPACS', archive.port);
    const wanted = { Level: 'Series', Resources: [{ StudyInstanceUID: '1.2.3.1', '0020,000e': '1.2.3.1.1' }] };
    const elsewhere = await pacs.call('POST /modalities/archive/move', { ...wanted, TargetAet: 'THIRD' });
    expect(elsewhere).toMatchObject({ status: 200, json: { RemoteAet: 'KLINIKPACS', TargetAet: 'THIRD' } });
    expect(await filesIn(third.folder)).toHaveLength(3);
    expect((await pacs.pacs.store.statistics()).instances).toBe(0);

    expect(await pacs.call('POST /modalities/archive/move', wanted)).toMatchObject({
      status: 200,
      json: { Query: [{ '0008,0052': 'SERIES', '0020,000d': '1.2.3.1', '0020,000e': '1.2.3.1.1' }] },
    });
    expect((await pacs.pacs.store.statistics()).instances).toBe(3);

    const other = await startPacs();
    await know(other, 'archive', 'KLINIKPACS', archive.port);
    const study = { Level: 'Study', Resources: [{ StudyInstanceUID: '1.2.3.1' }] };
    expect(await other.call('POST /modalities/archive/get', study)).toMatchObject({ status: 200 });
    expect((await other.pacs.store.statistics()).instances).toBe(3);
    const [job] = (await other.call('GET /jobs?expand')).json as Record<string, unknown>[];
    expect(job).toMatchObject({ Type: 'DicomGetScu', State: 'Success' });
    const nothing = { Level: 'Study', Resources: [{ StudyInstanceUID: '9.9.9' }] };
    expect(await other.call('POST /modalities/archive/get', nothing)).toMatchObject({ status: 500 });
  });
});

describe('A node that is another Chairside', () => {
  test('answers worklist queries in the three forms', async () => {
    const [pacs, clinic] = [await startPacs(), await startPacs({ DicomAlwaysAllowFindWorklist: true })];
    await know(pacs, 'clinic', 'CHAIRSIDE', clinic.dicomPort);
    const step = { Modality: 'PX', ScheduledProcedureStepStartDate: '20300102', ScheduledStationAETitle: 'PANO' };
    const Tags = { PatientName: 'Müller^Anna', PatientID: 'P7', ScheduledProcedureStepSequence: [step] };
    expect((await clinic.call('POST /worklists/create', { Tags })).status).toBe(200);
    const query = { PatientID: 'P7', ScheduledProcedureStepSequence: [{ Modality: 'PX' }] };
    const plain = await pacs.call('POST /modalities/clinic/find-worklist', query);
    expect(plain).toMatchObject({
      status: 200,
      json: [{ PatientID: 'P7', PatientName: 'Müller^Anna', ScheduledProcedureStepSequence: [{ Modality: 'PX' }] }],
    });
    expect((await pacs.call('POST /modalities/clinic/find-worklist', { Query: query })).json).toEqual(plain.json);
    const [short] = (await pacs.call('POST /modalities/clinic/find-worklist', { Query: query, Short: true }))
      .json as object[];
    expect(short).toMatchObject({ '0010,0020': 'P7', '0040,0100': [{ '0008,0060': 'PX' }] });
    const [full] = (await pacs.call('POST /modalities/clinic/find-worklist', { Query: query, Full: true }))
      .json as object[];
    expect(full).toMatchObject({
      '0010,0020': { Name: 'PatientID', Type: 'String', Value: 'P7' },
      '0040,0100': { Name: 'ScheduledProcedureStepSequence', Type: 'Sequence' },
    });
    const none = await pacs.call('POST /modalities/clinic/find-worklist', { Query: { PatientID: 'P8' } });
    expect(none).toMatchObject({ status: 200, json: [] });
  });

  test('confirms what it keeps, and what not', async () => {
    const pacs = await startPacs();
    const clinic = await startPacs({
      DicomAet: 'CLINIC',
      DicomModalities: { us: ['CHAIRSIDE', '127.0.0.1', pacs.dicomPort] },
    });
    await keepImages(pacs, 2);
    await keepImages(clinic, 2);
    await know(pacs, 'clinic', 'CLINIC', clinic.dicomPort);
    const ask = async (body: object) => {
      const { status, json } = await pacs.call('POST /modalities/clinic/storage-commitment', body);
      const { ID, Path } = json as { ID: string; Path: string };
      expect([status, Path]).toEqual([200, `/storage-commitment/${ID}`]);
      expect(ID).toMatch(/^2\.25\.\d+$/);
      const report = async () => (await pacs.call(`GET ${Path}`)).json as { Status: string };
      expect((await report()).Status).toMatch(/^(Pending|Success|Failure)$/);
      await until(async () => (await report()).Status !== 'Pending', 15_000);
      return report();
    };
    const kept = (number: number) => ({
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
      SOPInstanceUID: `1.2.3.4.${number}`,
    });
    expect(await ask({ Resources: [orthancIds.study] })).toEqual({
      Status: 'Success',
      RemoteAET: 'CLINIC',
      Success: [kept(1), kept(2)],
      Failures: [],
    });
    const { SOPClassUID } = kept(1);
    expect(
      await ask({ DicomInstances: [[SOPClassUID, '1.2.3.4.1'], { SOPClassUID, SOPInstanceUID: '9.9.9' }] }),
    ).toEqual({
      Status: 'Failure',
      RemoteAET: 'CLINIC',
      Success: [kept(1)],
      Failures: [{ SOPClassUID, SOPInstanceUID: '9.9.9', FailureReason: 274, Description: 'The image is not there.' }],
    });
    expect((await pacs.call('GET /storage-commitment/2.25.1')).status).toBe(404);
  }, 60_000);

  test('that refuses is a failed commitment with a sentence', async () => {
    const [pacs, { port }] = [await startPacs(), await startStorescp()];
    await know(pacs, 'peer', 'PEER', port);
    const body = { DicomInstances: [['1.2.840.10008.5.1.4.1.1.2', '1.2.3']] };
    const { ID } = (await pacs.call('POST /modalities/peer/storage-commitment', body)).json as { ID: string };
    const report = async () => (await pacs.call(`GET /storage-commitment/${ID}`)).json as { Status: string };
    await until(async () => (await report()).Status === 'Failure');
    expect(await report()).toMatchObject({
      RemoteAET: 'PEER',
      Success: [],
      Failures: [
        {
          SOPInstanceUID: '1.2.3',
          FailureReason: 272,
          Description: expect.stringContaining('does not offer') as string,
        },
      ],
    });
  });
});

const shape = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.slice(0, 1).map(shape)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]))
      : typeof value;

describe.skipIf(!hasOrthanc)(`Beside Orthanc${orthancNote}`, () => {
  test('the answers have what those of Orthanc have, in the same types', async () => {
    const orthanc = await startOrthanc();
    const pacs = await startPacs({ DicomAlwaysAllowFind: true });
    await know(pacs, 'self', 'CHAIRSIDE', pacs.dicomPort);
    await keepImages(pacs, 2);
    for (const file of makeFiles(2)) await orthanc.call('POST /instances', new Blob([Uint8Array.from(file)]));
    const both = async (request: string, body?: unknown): Promise<void> => {
      const [theirs, ours] = [await orthanc.call(request, body), await pacs.call(request, body)];
      expect([request, ours.status]).toEqual([request, theirs.status]);
      if (theirs.status === 200) expect(shape(ours.json)).toMatchObject(shape(theirs.json) as object);
    };
    await both('GET /modalities');
    await both('GET /modalities?expand');
    await both('GET /modalities/self/configuration');
    await both('POST /modalities/self/echo', '{}');
    await both('POST /modalities/self/store', orthancIds.study);
    await both('POST /modalities/self/store', { Resources: [orthancIds.instance(1)], Asynchronous: true });
    await both('POST /modalities/self/query', { Level: 'Study', Query: { PatientID: 'T1' } });
    await both('POST /modalities/self/query', { Level: 'Study', Query: { Nonsense: '' } });
    await both('POST /modalities/self/storage-commitment', { Resources: [orthancIds.study] });
    await both('GET /storage-commitment/2.25.1');
    await both('GET /jobs/none');
    const done = async ({ call }: { call: TestPacs['call'] }) =>
      ((await call('GET /jobs?expand')).json as { State: string }[]).every(({ State }) => State === 'Success');
    await until(async () => (await done(orthanc)) && (await done(pacs)), 15_000);
    await both('GET /jobs');
    const sent = async ({ call }: { call: TestPacs['call'] }) =>
      ((await call('GET /jobs?expand')).json as { Type: string }[]).find(({ Type }) => Type === 'DicomModalityStore');
    expect(shape(await sent(pacs))).toMatchObject(shape(await sent(orthanc)) as object);
  }, 60_000);
});
