/** QIDO-RS over a real archive. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { greyImage, keep, openTestWeb, type TestWeb, uids } from './support.ts';

type Json = Record<string, { vr: string; Value?: unknown[] }>;

describe('QIDO-RS', () => {
  let here: TestWeb;
  beforeAll(async () => {
    here = await openTestWeb();
    const people = ['Müller^Jörg=山田^太郎', 'Smith^Anna', 'Smithers^Bob'];
    for (const [study, name] of people.entries())
      for (const [series, instance] of [
        [1, 1],
        [1, 2],
        [2, 1],
      ] as const)
        await keep(
          here.store,
          greyImage([
            ...uids(study + 1, series, instance),
            { tag: 'PatientName', value: name },
            { tag: 'PatientID', value: `P${study + 1}` },
            { tag: 'StudyDate', value: `2024010${study + 1}` },
            { tag: 'StudyDescription', value: 'Panoramic' },
            { tag: 'PatientAge', value: '030Y' },
            { tag: 'Modality', value: series === 1 ? 'PX' : 'US' },
            { tag: 'SeriesNumber', value: String(series) },
          ]),
        );
  });
  afterAll(() => here.close());

  const search = async (path: string) => {
    const response = await here.get(`/dicom-web${path}`);
    return { response, rows: (await response.json()) as Json[] };
  };
  const values = (rows: Json[], tag: string) => rows.map((row) => row[tag]?.Value?.[0]);

  test('a study answers what PS3.18 Table 10.6.3-3 lists, in the order of tags', async () => {
    const { response, rows } = await search('/studies?PatientID=P1');
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toBe('application/dicom+json');
    expect(rows).toEqual([
      {
        '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
        '00080020': { vr: 'DA', Value: ['20240101'] },
        '00080030': { vr: 'TM' },
        '00080050': { vr: 'SH' },
        '00080056': { vr: 'CS', Value: ['ONLINE'] },
        '00080061': { vr: 'CS', Value: expect.arrayContaining(['PX', 'US']) },
        '00080090': { vr: 'PN' },
        '00081030': { vr: 'LO', Value: ['Panoramic'] },
        '00081190': { vr: 'UR', Value: ['http://localhost:8042/dicom-web/studies/1.2.3.1'] },
        '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Müller^Jörg', Ideographic: '山田^太郎' }] },
        '00100020': { vr: 'LO', Value: ['P1'] },
        '00100030': { vr: 'DA' },
        '00100040': { vr: 'CS' },
        '0020000D': { vr: 'UI', Value: ['1.2.3.1'] },
        '00200010': { vr: 'SH' },
        '00201206': { vr: 'IS', Value: [2] },
        '00201208': { vr: 'IS', Value: [3] },
      },
    ]);
    expect(Object.keys(rows[0] ?? {})).toEqual(Object.keys(rows[0] ?? {}).toSorted());
  });

  test('series and instances, nested and alone', async () => {
    const series = await search('/studies/1.2.3.2/series');
    expect(values(series.rows, '00080060').toSorted()).toEqual(['PX', 'US']);
    expect(series.rows[0]?.['00100010']).toBeUndefined();
    expect(values(series.rows, '00081190')).toContain(
      'http://localhost:8042/dicom-web/studies/1.2.3.2/series/1.2.3.2.1',
    );
    const relational = await search('/series?Modality=US&orderby=PatientID');
    expect(values(relational.rows, '00100020')).toEqual(['P1', 'P2', 'P3']);
    const instances = await search('/studies/1.2.3.2/series/1.2.3.2.1/instances');
    expect(values(instances.rows, '00200013').toSorted()).toEqual([1, 2]);
    expect(values(instances.rows, '00280010')).toEqual([4, 4]);
    expect(values(instances.rows, '00081190')[0]).toMatch(
      /studies\/1\.2\.3\.2\/series\/1\.2\.3\.2\.1\/instances\/1\.2\.3\.2\.1\.\d$/,
    );
    expect((await search('/studies/1.2.3.2/instances')).rows).toHaveLength(3);
    expect((await search('/instances')).rows).toHaveLength(9);
  });

  test.each([
    ['PatientName=smith*', 2],
    ['PatientName=sm?th^anna', 1],
    ['PatientName=muller^jorg*', 1],
    ['PatientName=anna%20smi&fuzzymatching=true', 1],
    ['PatientName=%E5%B1%B1%E7%94%B0&fuzzymatching=true', 1],
    ['StudyDate=20240102-', 2],
    ['StudyDate=20240101-20240102', 2],
    ['StudyInstanceUID=1.2.3.1,1.2.3.3', 2],
    ['StudyInstanceUID=1.2.3.1%5C1.2.3.3', 2],
    ['ModalitiesInStudy=US', 3],
    ['PatientID=nobody', 0],
    ['0020000D=1.2.3.2&00100020=P2', 1],
  ])('%s finds %i studies', async (query, count) => {
    const { response, rows } = await search(`/studies?${query}`);
    expect([response.status, rows.length]).toEqual([200, count]);
    expect(response.headers.get('X-Total-Count')).toBe(String(count));
  });

  test('pages tell the total and what is left', async () => {
    const { response, rows } = await search('/studies?orderby=-StudyDate&limit=2');
    expect(values(rows, '00100020')).toEqual(['P3', 'P2']);
    expect(response.headers.get('X-Total-Count')).toBe('3');
    expect(response.headers.get('Warning')).toBe(
      '299 /dicom-web "There are 1 additional results that can be requested"',
    );
    const second = await search('/studies?orderby=-StudyDate&limit=2&offset=2');
    expect(values(second.rows, '00100020')).toEqual(['P1']);
    expect(second.response.headers.get('Warning')).toBeNull();
  });

  test('includefield adds, and warns of what is not there', async () => {
    const { response, rows } = await search('/studies?includefield=00101010,NoSuchThing&PatientID=P1');
    expect(rows[0]?.['00101010']).toEqual({ vr: 'AS', Value: ['030Y'] });
    expect(response.headers.get('Warning')).toContain('NoSuchThing');
  });

  test('includefield=all answers every indexed attribute that has a value', async () => {
    const { rows } = await search('/studies?includefield=all&PatientID=P1');
    expect(rows[0]?.['00101010']?.Value).toEqual(['030Y']);
    expect(rows[0]?.['00080062']?.Value).toEqual(['1.2.840.10008.5.1.4.1.1.7']);
    expect((await search('/studies?limit=0')).rows).toEqual([]);
  });

  test('DICOMweb lies where the settings say, or nowhere', async () => {
    const elsewhere = await openTestWeb({ DicomWeb: { Root: '/rs' } });
    const nowhere = await openTestWeb({ DicomWeb: { Enable: false } });
    try {
      expect((await elsewhere.get('/rs/studies')).status).toBe(200);
      expect((await elsewhere.get('/dicom-web/studies')).status).toBe(404);
      expect((await nowhere.get('/dicom-web/studies')).status).toBe(404);
    } finally {
      await elsewhere.close();
      await nowhere.close();
    }
  });

  test('Accept is heeded', async () => {
    const plain = await here.get('/dicom-web/studies', { headers: { Accept: 'application/json' } });
    expect(plain.headers.get('Content-Type')).toBe('application/json');
    expect((await here.get('/dicom-web/studies', { headers: { Accept: 'image/png' } })).status).toBe(406);
    expect((await here.get('/dicom-web/studies?accept=image/png')).status).toBe(406);
  });

  test('wrong requests are refused in words', async () => {
    const unknown = await here.get('/dicom-web/studies?Nonsense=1');
    expect([unknown.status, await unknown.json()]).toEqual([
      400,
      {
        HttpStatus: 400,
        HttpError: 'Bad Request',
        Message: '"Nonsense" is not an attribute that can be searched here.',
        Details: 'bad-request',
        Method: 'GET',
        Uri: '/dicom-web/studies',
      },
    ]);
    expect((await here.get('/dicom-web/studies/..%2F..%2Fetc/series')).status).toBe(400);
    expect((await here.get("/dicom-web/studies/1'--/series")).status).toBe(400);
  });

  test('verbs: HEAD answers as GET without a body, others 405 with Allow', async () => {
    const head = await here.get('/dicom-web/studies', { method: 'HEAD' });
    expect([head.status, await head.text(), head.headers.get('X-Total-Count')]).toEqual([200, '', '3']);
    const remove = await here.get('/dicom-web/studies/1.2.3.1', { method: 'DELETE' });
    expect([remove.status, remove.headers.get('Allow')]).toEqual([405, 'GET, HEAD, POST, OPTIONS']);
    expect((await here.get('/dicom-web/studies', { method: 'OPTIONS' })).status).toBe(204);
    expect((await here.get('/dicom-web/nothing')).status).toBe(404);
  });
});
