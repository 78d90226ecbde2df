/** Jobs over REST, as Orthanc shows them: states, errors, times, and what may be done with one. */
import { describe, expect, test } from 'vitest';
import type { Job } from '#shared/model.ts';
import { modalitySchema } from '#shared/settings.ts';
import { jobJson } from '#main/web/jobs-json.ts';
import { hasDcmtk, dcmtkNote, until } from '../dimse/support.ts';
import { freePort, startStorescp } from '../dimse/client/support.ts';
import { keepImages, orthancIds, startPacs } from './modalities-support.ts';

const node = { name: 'pano', ...modalitySchema.parse({ AET: 'PANO', Host: 'h', Port: 104, LocalAet: 'US' }) };
const peers = { get: (name: string) => (name === 'pano' ? node : undefined) };
const job = (more: Partial<Job>): Job => ({
  id: 'one',
  type: 'DicomModalityStore',
  status: 'running',
  priority: 0,
  description: 'pano',
  done: 3,
  total: 10,
  failed: 1,
  tries: 1,
  createdAt: '2026-11-21T09:15:00.125Z',
  startedAt: '2026-11-21T09:15:01.000Z',
  content: { name: 'pano' },
  ...more,
});
const shown = (more: Partial<Job>) => jobJson(job(more), peers, 'CHAIRSIDE');

describe('A job', () => {
  test('is shown with all fields of Orthanc', () => {
    const endedAt = '2026-11-21T09:15:03.500Z';
    expect(shown({ status: 'success', endedAt, done: 10, failed: 0 })).toEqual({
      CompletionTime: '20261121T091503.500000',
      Content: { Description: 'pano', FailedInstancesCount: 0, InstancesCount: 10, LocalAet: 'US', RemoteAet: 'PANO' },
      CreationTime: '20261121T091500.125000',
      EffectiveRuntime: 2.5,
      ErrorCode: 0,
      ErrorDescription: 'Success',
      ErrorDetails: '',
      ID: 'one',
      Priority: 0,
      Progress: 100,
      State: 'Success',
      Timestamp: expect.stringMatching(/^\d{8}T\d{6}\.\d{6}$/) as string,
      Type: 'DicomModalityStore',
    });
  });

  test.each([
    ['pending', 'Pending', 0],
    ['running', 'Running', 0],
    ['paused', 'Paused', 0],
    ['retry', 'Retry', 0],
    ['cancelled', 'Failure', 37],
  ] as const)('that is %s is %s', (status, State, ErrorCode) => {
    expect(shown({ status })).toMatchObject({ State, ErrorCode, Progress: 40 });
    expect(shown({ status })).not.toHaveProperty('CompletionTime');
  });

  test.each([
    ['busy', 9],
    ['aborted', 9],
    ['not-found', 17],
    ['storage-full', 19],
    ['internal', -1],
  ] as const)('that failed with %s has the error %i', (code, ErrorCode) => {
    expect(shown({ status: 'failure', error: { code, message: 'Why.' } })).toMatchObject({
      ErrorCode,
      ErrorDetails: 'Why.',
    });
  });

  test('whose node or content is gone is shown all the same', () => {
    expect(shown({ content: undefined, startedAt: undefined, total: 0 })).toMatchObject({
      Progress: 0,
      EffectiveRuntime: 0,
    });
    expect(shown({ content: { name: 'gone' } })).toMatchObject({
      Content: { RemoteAet: 'gone', LocalAet: 'CHAIRSIDE' },
    });
  });
});

describe.skipIf(!hasDcmtk)(`The jobs of the program${dcmtkNote}`, () => {
  test('are listed, paused, resumed, cancelled, started again and forgotten', async () => {
    const pacs = await startPacs();
    const { call } = pacs;
    await keepImages(pacs, 2);
    const port = await freePort();
    await call('PUT /modalities/peer', ['PEER', '127.0.0.1', port]);
    expect((await call('GET /jobs')).json).toEqual([]);
    const order = { Resources: [orthancIds.study], Asynchronous: true };
    const { ID } = (await call('POST /modalities/peer/store', order)).json as { ID: string };
    const state = async () => ((await call(`GET /jobs/${ID}`)).json as { State: string }).State;
    const act = (action: string) => call(`POST /jobs/${ID}/${action}`, '{}');

    await until(async () => (await state()) === 'Retry');
    expect(await act('pause')).toMatchObject({ status: 200, json: {} });
    expect(await state()).toBe('Paused');
    expect((await act('resubmit')).status).toBe(400);
    await act('resume');
    await until(async () => (await state()) === 'Retry');
    await act('cancel');
    expect((await call(`GET /jobs/${ID}`)).json).toMatchObject({
      State: 'Failure',
      ErrorDescription: 'This job was canceled',
    });
    expect((await act('resume')).status).toBe(400);
    expect((await act('cancel')).status).toBe(200);

    const peer = await startStorescp();
    await call('PUT /modalities/peer', ['PEER', '127.0.0.1', peer.port]);
    expect((await act('resubmit')).status).toBe(200);
    await until(async () => (await state()) === 'Success');
    expect((await call('GET /jobs?expand')).json).toMatchObject([
      { ID, State: 'Success', Content: { InstancesCount: 2 } },
    ]);
    expect((await call('GET /jobs')).json).toEqual([ID]);
    expect((await act('dance')).status).toBe(404);
    expect((await call(`GET /jobs/${ID}/cancel`)).status).toBe(405);
    expect(await call(`DELETE /jobs/${ID}`)).toMatchObject({ status: 200, text: '' });
    for (const request of [`GET /jobs/${ID}`, `POST /jobs/${ID}/cancel`, `DELETE /jobs/${ID}`])
      expect((await call(request)).status).toBe(404);
  }, 60_000);
});
