/** A core that serves the built window and generated series over the window's own protocol, for the odd cases. */
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { contentSecurityPolicy } from '#shared/content-security-policy.ts';
import type { Row, SystemInfo } from '#shared/model.ts';
import { builtWindow } from '../../app/support/built-window.ts';
import { recordsOf } from './fake-series.ts';
import type { FakeSeries } from './fake-series.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

const thumbnail =
  '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8" fill="#888"/></svg>';

/** A running fake core. */
export interface FakeCore {
  /** Address of the window, its token included. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves one study of these series; `folder` is the built window. */
export async function startFakeCore(series: readonly FakeSeries[], folder = builtWindow()): Promise<FakeCore> {
  const server = createServer((request, response) => {
    respond(request, response, series, folder).catch(() => response.destroy());
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/#token=test`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  series: readonly FakeSeries[],
  folder: string,
) {
  response.setHeader('Content-Security-Policy', contentSecurityPolicy());
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [, first, second, , last] = url.pathname.split('/');
  if (first === 'events') return void response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(':\n\n');
  if (first === 'call') return answerCall(request, response, second ?? '', series);
  if (first === 'window' && second === 'pixels')
    return sendPixels(response, series, last, Number(url.searchParams.get('first')));
  if (first === 'window') return void response.writeHead(200, { 'Content-Type': 'image/svg+xml' }).end(thumbnail);
  sendFile(response, folder, url.pathname === '/' ? 'index.html' : url.pathname);
}

function sendFile(response: ServerResponse, folder: string, path: string): void {
  const file = join(folder, normalize(path));
  if (!file.startsWith(folder) || !existsSync(file)) return void response.writeHead(404).end();
  response.setHeader('Content-Type', types[extname(file)] ?? 'application/octet-stream');
  createReadStream(file).pipe(response);
}

async function sendPixels(
  response: ServerResponse,
  series: readonly FakeSeries[],
  uid: string | undefined,
  first: number,
) {
  const found = series.find(({ view }) => view.SeriesInstanceUID === uid);
  if (!found) return void response.writeHead(404).end();
  response.writeHead(200, { 'Content-Type': 'application/octet-stream' });
  for (const record of recordsOf(found, first)) {
    if (response.destroyed) return;
    if (!response.write(record)) await new Promise((drained) => response.once('drain', drained));
    if (found.delay) await pause(found.delay);
  }
  response.end();
}

async function answerCall(
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
  series: readonly FakeSeries[],
) {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  const text = Buffer.concat(chunks).toString('utf8');
  const input = (text === '' ? {} : JSON.parse(text)) as { SeriesInstanceUID?: string };
  const value = calls[name]?.(series, input.SeriesInstanceUID);
  response.writeHead(value === undefined ? 404 : 200, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(value ?? { code: 'not-found', message: 'This series is not here.' }));
}

const system: SystemInfo = {
  name: 'Test',
  version: '0',
  AETitle: 'CHAIRSIDE',
  addresses: [],
  archive: '/',
  diskFree: 1e9,
  warnings: [],
};

const calls: Readonly<Record<string, (series: readonly FakeSeries[], uid?: string) => unknown>> = {
  'system.info': () => system,
  'system.statistics': () => ({ patients: 1, studies: 1, series: 1, instances: 1, diskSize: 0, refused: 0 }),
  'refusals.list': () => [],
  'devices.list': () => ({ devices: [], unknown: [] }),
  'worklist.list': () => [],
  'jobs.list': () => [],
  'studies.list': () => ({ total: 1, rows: [studyRow] }),
  'series.list': (series) => series.map(seriesRow),
  'series.view': (series, uid) => series.find(({ view }) => view.SeriesInstanceUID === uid)?.view,
};

const studyRow: Row = {
  PatientName: 'Muster^Erika',
  PatientID: 'P-1',
  StudyInstanceUID: '2.25.1',
  StudyDate: '20260102',
  ModalitiesInStudy: 'CT',
  NumberOfStudyRelatedSeries: '1',
  NumberOfStudyRelatedInstances: '1',
  ReceivedAt: '2026-01-02T03:04:05Z',
};

const seriesRow = ({ view }: FakeSeries): Row => ({
  SeriesInstanceUID: view.SeriesInstanceUID,
  Modality: view.Modality,
  SeriesDescription: view.SeriesDescription ?? '',
  SeriesNumber: String(view.SeriesNumber),
  NumberOfSeriesRelatedInstances: String(view.instances.length),
});
