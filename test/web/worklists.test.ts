/** The worklist over REST: Orthanc's addresses and forms, errors included. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { text } from '#main/dicom/data-set-values.ts';
import type { ErrorBody } from '#main/web/error-body.ts';
import { openTestWeb, type TestWeb } from './support.ts';

let test: TestWeb;
beforeAll(async () => void (test = await openTestWeb()));
afterAll(() => test.close());

const call = async <T = Record<string, unknown>>(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: T }> => {
  const init = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
  const response = await test.get(path, { method, ...init });
  return { status: response.status, body: (await response.json()) as T };
};
const step = { Modality: 'US', ScheduledProcedureStepStartDate: '20261121', ScheduledProcedureStepDescription: 'Neck' };
const tags = { PatientID: 'PID-45', PatientName: 'Müller^Jörg', ScheduledProcedureStepSequence: [step] };
const create = async (Tags: unknown, more = {}) =>
  call<{ ID: string; Path: string }>('POST', '/worklists/create', { Tags, ...more });

interface Shown {
  readonly ID: string;
  readonly Tags: Record<string, unknown>;
  readonly CreationDate: string;
  readonly Status: string;
  readonly Steps: readonly unknown[];
}

describe('worklist items over REST', () => {
  it('are created from tags by keyword, and shown in the three forms', async () => {
    const { status, body } = await create(tags);
    expect(status).toBe(200);
    expect(body.Path).toBe(`/worklists/${body.ID}`);
    const simple = await call<Shown>('GET', body.Path);
    expect(simple.body).toMatchObject({
      ID: body.ID,
      Status: 'scheduled',
      Steps: [],
      Tags: {
        SpecificCharacterSet: 'ISO_IR 192',
        PatientName: 'Müller^Jörg',
        PatientID: 'PID-45',
        StudyInstanceUID: expect.stringMatching(/^2\.25\./) as string,
        ScheduledProcedureStepSequence: [{ ...step, ScheduledProcedureStepID: expect.any(String) as string }],
      },
    });
    expect(simple.body.CreationDate).toMatch(/^\d{8}T\d{6}$/);
    const short = await call<Shown>('GET', `${body.Path}?format=Short`);
    expect(short.body.Tags).toMatchObject({ '0010,0010': 'Müller^Jörg', '0040,0100': [{ '0008,0060': 'US' }] });
    const full = await call<Shown>('GET', `${body.Path}?format=Full`);
    expect(full.body.Tags).toMatchObject({
      '0010,0020': { Name: 'PatientID', Type: 'String', Value: 'PID-45' },
      '0040,0100': {
        Name: 'ScheduledProcedureStepSequence',
        Type: 'Sequence',
        Value: [{ '0008,0060': { Name: 'Modality', Type: 'String', Value: 'US' } }],
      },
    });
  });

  it('are created from tags by number, nested, with lists, numbers, bytes and private ones', async () => {
    const { body } = await create({
      '0010,0020': 'by number',
      '00101030': 61.5,
      '0040,0100': [{ '00080060': 'PX', ScheduledStationAETitle: ['PX1', 'PX2'], '0040-0002': 20261122 }],
      ReferencedStudySequence: null,
      SmallestImagePixelValue: 7,
      EncapsulatedDocument: 'data:application/octet-stream;base64,AQID',
      '0009,0010': 'CHAIRSIDE',
    });
    const { dataSet, item } = (await test.deps.worklist.get(body.ID))!;
    expect(item).toMatchObject({ PatientID: 'by number', ScheduledStationAETitle: 'PX1\\PX2', source: 'rest' });
    expect(dataSet['00081110']).toEqual({ vr: 'SQ', Value: [] });
    expect(dataSet['00280106']).toEqual({ vr: 'US', Value: [7] });
    expect(dataSet['00420011']).toEqual({ vr: 'OB', InlineBinary: 'AQID' });
    expect(dataSet['00090010']).toEqual({ vr: 'LO', Value: ['CHAIRSIDE'] });
    expect(text(dataSet, '00101030')).toBe('61.5');
    const shown = await call<Shown>('GET', `${body.Path}?format=Full`);
    expect(shown.body.Tags).toMatchObject({
      '0042,0011': { Type: 'Binary', Value: 'data:application/octet-stream;base64,AQID' },
    });
  });

  it('are listed, replaced and deleted', async () => {
    const { body } = await create({ ...tags, PatientID: 'to replace' });
    const put = await call<{ ID: string }>('PUT', body.Path, { Tags: { PatientID: 'replaced' } });
    expect(put).toMatchObject({ status: 200, body: { ID: body.ID } });
    const { body: all } = await call<Shown[]>('GET', '/worklists/?format=Simplify');
    const [replaced] = all.filter(({ ID }) => ID === body.ID);
    expect(replaced!.Tags).toMatchObject({ PatientID: 'replaced' });
    expect(replaced!.Tags).not.toHaveProperty('PatientName');
    expect(await call('DELETE', body.Path)).toEqual({ status: 200, body: {} });
    expect((await call('GET', body.Path)).status).toBe(404);
    expect((await call('DELETE', body.Path)).status).toBe(404);
    expect((await call('PUT', body.Path, { Tags: tags })).status).toBe(404);
  });

  it('may lack what is mandatory only with Force', async () => {
    const refused = await call<ErrorBody>('POST', '/worklists/create', { Tags: { PatientID: '1' } });
    expect(refused).toMatchObject({ status: 400, body: { HttpStatus: 400, Details: 'bad-request' } });
    expect(refused.body.Message).toContain('ScheduledProcedureStepSequence');
    const noDay = await create({ ScheduledProcedureStepSequence: [{ Modality: 'US' }] });
    expect(noDay.status).toBe(400);
    expect((await create({ PatientID: '1' }, { Force: true })).status).toBe(200);
  });

  it.each([
    ['no JSON', 'not JSON at all'],
    ['nothing', ''],
    ['no tags', {}],
    ['tags that are a list', { Tags: [] }],
    ['a name that is none', { Tags: { ...tags, PatentName: 'x' } }],
    ['a tag of the file meta information', { Tags: { ...tags, '0002,0010': '1.2' } }],
    ['a tag that delimits items', { Tags: { ...tags, 'FFFE,E000': '' } }],
    ['a sequence that is a text', { Tags: { ...tags, ScheduledProcedureStepSequence: 'US' } }],
    ['an object as a value', { Tags: { ...tags, PatientName: { Alphabetic: 'x' } } }],
    ['true as a value', { Tags: { ...tags, PatientName: true } }],
    ['a number that is none', { Tags: { ...tags, Rows: 'many' } }],
    ['bytes that are none', { Tags: { ...tags, EncapsulatedDocument: 'AQID' } }],
    [
      'a day that is none',
      { Tags: { ScheduledProcedureStepSequence: [{ ...step, ScheduledProcedureStepStartDate: '20261399' }] } },
    ],
    ['Force that is no boolean', { Tags: tags, Force: 'yes' }],
    [
      'sequences without end',
      { Tags: JSON.parse(`${'{"ReferencedStudySequence":['.repeat(40)}{}${']}'.repeat(40)}`) as unknown, Force: true },
    ],
  ])('are refused with %s', async (_what, body) => {
    const before = (await test.deps.worklist.list({})).length;
    const { status, body: answer } = await call<ErrorBody>('POST', '/worklists/create', body);
    expect(status).toBe(400);
    expect(answer).toMatchObject({
      HttpStatus: 400,
      HttpError: 'Bad Request',
      Method: 'POST',
      Uri: '/worklists/create',
    });
    expect(answer.Message).toMatch(/\.$/);
    expect((await test.deps.worklist.list({})).length).toBe(before);
  });

  it('know their methods, formats and bounds', async () => {
    expect((await call('GET', '/worklists?format=Pretty')).status).toBe(400);
    expect((await call('GET', '/worklists/unknown')).status).toBe(404);
    expect((await call('PATCH', '/worklists/unknown')).status).toBe(405);
    expect((await call('POST', '/worklists/create', ' '.repeat(2 ** 20 + 1))).status).toBe(413);
  });

  it('are served on the private listener too, with its token only', async () => {
    expect((await test.get('/worklists', { listener: 'private' })).status).toBe(200);
    const denied = await test.get('/worklists', { listener: 'private', headers: { Authorization: 'Bearer x' } });
    expect(denied.status).toBe(401);
    expect(await denied.json()).toMatchObject({ HttpStatus: 401 });
  });

  it('answer over a real socket', async () => {
    const { privateUrl, httpPort } = await test.web.start();
    expect(privateUrl).toContain('127.0.0.1');
    const url = `http://127.0.0.1:${httpPort}/worklists`;
    const made = await fetch(`${url}/create`, { method: 'POST', body: JSON.stringify({ Tags: tags }) });
    const { ID } = (await made.json()) as { ID: string };
    expect(((await (await fetch(`${url}/${ID}`)).json()) as Shown).Tags).toMatchObject({ PatientID: 'PID-45' });
    expect((await fetch(`${url}/${ID}`, { method: 'DELETE' })).status).toBe(200);
  });
});
