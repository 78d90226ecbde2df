/** A core for the window alone: the private listener's routes over made studies, so that the list is tested at its full length. */
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { contentSecurityPolicy } from '#shared/content-security-policy.ts';
import { inputs } from '#shared/contract.ts';
import type { CallName, EventName, Events, Input } from '#shared/contract.ts';
import { errorValue } from '#shared/errors.ts';
import type { PacsErrorValue } from '#shared/errors.ts';
import type { Refusal, Row } from '#shared/model.ts';
import { answerList } from './made-archive.ts';
import { clinicAnswers, emptyClinic } from './made-clinic.ts';
import type { MadeClinic, Tell } from './made-clinic.ts';
import { madeSeries } from './made-studies.ts';

/** A running fake core. */
export interface FakeCore {
  /** The address with its token, as a person would open it. */
  readonly address: string;
  readonly origin: string;
  /** The archive; change it, then `tell`. */
  readonly studies: Row[];
  readonly refusals: Refusal[];
  /** Devices, worklist, jobs and an archive elsewhere; change them, then `tell`. */
  readonly clinic: MadeClinic;
  /** Names of the calls that came, and the paths of thumbnails. */
  readonly heard: string[];
  /** Path and query of every thumbnail asked for, without the token. */
  readonly pictures: string[];
  /** Milliseconds a thumbnail waits. */
  pictureDelay: number;
  /** Milliseconds every call waits. */
  delay: number;
  tell<N extends EventName>(name: N, event: Events[N]): void;
  /** A new study comes, as from a scanner. */
  arrive(study: Row): void;
  /** Closes the line; `address` stays the same when it is opened again. */
  close(): Promise<void>;
  open(): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

const picture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"><rect width="96" height="96" fill="#000"/><path d="M14 34c6 44 62 44 68 0" fill="none" stroke="#9a9a9a" stroke-width="9" stroke-dasharray="7 2"/><path d="M20 26c8 34 48 34 56 0" fill="none" stroke="#5c5c5c" stroke-width="3"/></svg>`;

const token = 'test-token';
const json = (response: ServerResponse, status: number, value: unknown) =>
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));

/** Starts a fake core that serves the built window in `folder` over these studies. */
export async function startFakeCore(folder: string, studies: Row[]): Promise<FakeCore> {
  const streams = new Set<ServerResponse>();
  const refusals: Refusal[] = [];
  const heard: string[] = [];
  const pictures: string[] = [];
  const clinic = emptyClinic();
  const tell: Tell = (name, event) => {
    for (const stream of streams) stream.write(`event: ${name}\ndata: ${JSON.stringify(event)}\n\n`);
  };

  const answers: { readonly [N in CallName]?: (input: never) => unknown } = {
    'system.info': () => ({
      name: 'Chairside',
      version: '0.1.0',
      AETitle: 'CHAIRSIDE',
      dicomPort: 4242,
      addresses: ['192.168.178.24'],
      httpPort: 8042,
      dicomWebRoot: '/dicom-web/',
      archive: '/archive',
      diskFree: 312e9,
      warnings: [],
    }),
    'system.statistics': () => ({
      patients: studies.length,
      studies: studies.length,
      series: 0,
      instances: 0,
      diskSize: 0,
      refused: refusals.length,
    }),
    'studies.list': (input: Input<'studies.list'>) => answerList(studies, inputs['studies.list'].parse(input)),
    'series.list': ({ StudyInstanceUID, PatientID }: Input<'series.list'>) =>
      madeSeries(
        studies.find((study) => study.StudyInstanceUID === StudyInstanceUID && study.PatientID === PatientID) ?? {},
      ),
    'refusals.list': () => refusals,
    'samples.add': () => ({ added: 0 }),
    ...clinicAnswers(clinic, tell),
  };

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const refuse = (error: PacsErrorValue) => json(response, 400, error);
    if (body.length === 0) return void refuse({ code: 'truncated', message: 'The file is empty.' });
    if (body.toString('latin1', 128, 132) !== 'DICM')
      return void refuse({ code: 'not-dicom', message: 'The file does not begin like DICOM.' });
    const status = body.includes('AGAIN') ? 'AlreadyStored' : 'Success';
    json(response, 200, {
      status,
      size: body.length,
      PatientID: '',
      StudyInstanceUID: '1',
      SeriesInstanceUID: '1',
      SOPInstanceUID: '1',
      SOPClassUID: '1',
    });
  }

  async function answerCall(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    heard.push(name);
    await new Promise((resolve) => setTimeout(resolve, core.delay));
    const answer = answers[name as CallName];
    if (!answer) return void json(response, 404, { code: 'not-found', message: 'There is no such call.' });
    const input: unknown = body ? JSON.parse(body) : undefined;
    clinic.asked.push([name as CallName, input]);
    try {
      json(response, 200, (await answer(input as never)) ?? null);
    } catch (error) {
      json(response, 400, errorValue(error));
    }
  }

  function listen(response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('retry: 500\n\n');
    streams.add(response);
    response.on('close', () => streams.delete(response));
  }

  function serveFile(path: string, response: ServerResponse): void {
    const file = join(folder, path === '/' ? 'index.html' : path);
    if (!existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, {
      'Content-Type': types[extname(file)] ?? 'application/octet-stream',
      'Content-Security-Policy': contentSecurityPolicy(),
    });
    createReadStream(file).pipe(response);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://core');
    const isOurs = request.headers.authorization === `Bearer ${token}` || searchParams.get('token') === token;
    const isFile = !/^\/(call|events|window)\b/.test(pathname);
    if (isFile) return serveFile(pathname, response);
    if (!isOurs) return void json(response, 401, { code: 'unauthorized', message: 'The token is missing.' });
    if (pathname === '/events') return listen(response);
    if (pathname.startsWith('/call/')) return answerCall(pathname.slice(6), request, response);
    if (pathname === '/window/import') return receive(request, response);
    heard.push(pathname);
    searchParams.delete('token');
    pictures.push(`${pathname}?${searchParams}`);
    await new Promise((resolve) => setTimeout(resolve, core.pictureDelay));
    response.writeHead(200, { 'Content-Type': 'image/svg+xml' }).end(picture);
  }

  let port = 0;
  let server = createServer();
  const open = async () => {
    server = createServer((request, response) => void answer(request, response));
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  };
  await open();
  const origin = `http://127.0.0.1:${port}`;
  const core: FakeCore = {
    address: `${origin}/#token=${token}`,
    origin,
    studies,
    refusals,
    clinic,
    heard,
    pictures,
    pictureDelay: 0,
    delay: 0,
    tell,
    arrive: (study) => {
      studies.unshift(study);
      const { PatientID = '', StudyInstanceUID = '' } = study;
      core.tell('instance.stored', {
        PatientID,
        StudyInstanceUID,
        SeriesInstanceUID: '1',
        SOPInstanceUID: '1',
        SOPClassUID: '1',
        isNewStudy: true,
      });
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
    open,
  };
  return core;
}
