/** Services over real sockets: pending responses, cancels, what is pipelined, peers that vanish or stop reading, negotiation beside contexts. */
import { expect, test } from 'vitest';
import { setTimeout as wait } from 'node:timers/promises';
import { AssociationEnd } from '#main/dimse/association-end.ts';
import type { Exchange } from '#main/dimse/exchange.ts';
import type { Service } from '#main/dimse/service.ts';
import { PacsError } from '#shared/errors.ts';
import {
  connect,
  ctImageStorage,
  implicitLittleEndian,
  makeCommand,
  makePdu,
  makePdv,
  pdu,
  verification,
  type RawAssociation,
  type RawOptions,
} from '../support/raw-association.ts';
import { fileStore, makeDataSet, startServer, until } from './support.ts';

const find = '1.2.840.10008.5.1.4.1.2.2.1';

const contexts = [
  { id: 1, abstractSyntax: verification, transferSyntaxes: [implicitLittleEndian] },
  { id: 3, abstractSyntax: ctImageStorage, transferSyntaxes: ['1.2.840.10008.1.2.1'] },
  { id: 5, abstractSyntax: find, transferSyntaxes: [implicitLittleEndian] },
];

/** A server with one service that answers as `serve` says. */
async function startWith(
  serve: (exchange: Exchange) => Promise<void>,
  overrides: Record<string, unknown> = {},
  extend?: Service['extend'],
) {
  const service: Service = {
    name: 'Test',
    sopClasses: [{ uid: find, name: 'Study Root FIND' }],
    operation: 'Find',
    commands: [0x20],
    serve,
    ...(extend ? { extend } : {}),
  };
  return startServer(await fileStore(), { DicomAlwaysAllowFind: true, ...overrides }, 2, () => [service]);
}

const ask = (port: number, options: Partial<RawOptions> = {}) => connect({ port, contexts, ...options });

function sendFind(association: RawAssociation, messageId: number, identifier: Uint8Array = Buffer.alloc(8)): void {
  const command = makeCommand({ 0x0002: find, 0x0100: 0x20, 0x0110: messageId, 0x0700: 0, 0x0800: 1 });
  association.sendRaw(
    Buffer.concat([
      makePdu(pdu.data, makePdv(5, 3, command)),
      ...Array.from({ length: Math.max(1, Math.ceil(identifier.length / 60_000)) }, (_, at) => {
        const part = identifier.subarray(at * 60_000, (at + 1) * 60_000);
        return makePdu(pdu.data, makePdv(5, (at + 1) * 60_000 >= identifier.length ? 2 : 0, part));
      }),
    ]),
  );
}

const sendCancel = (association: RawAssociation, messageId: number): void =>
  association.sendPdu(pdu.data, makePdv(5, 3, makeCommand({ 0x0100: 0xfff, 0x0120: messageId, 0x0800: 0x0101 })));

/** Responds until it is told to stop. */
const endless = async (exchange: Exchange): Promise<void> => {
  while (!exchange.signal.aborted) {
    await exchange.respond({ Status: 0xff00, dataSet: Buffer.alloc(100) });
    await wait(1);
  }
  if (exchange.signal.reason === 'cancel') await exchange.respond({ Status: 0xfe00 });
};

/** Reads responses and their data sets until a final one; its status. */
async function finalResponse(association: RawAssociation): Promise<number> {
  for (;;) {
    const next = await association.nextPdu();
    if (next?.type !== pdu.data) throw new Error(`No response, but PDU ${next?.type}.`);
    const isCommand = ((next.body[5] ?? 0) & 1) === 1;
    const status = isCommand ? next.body.readUInt16LE(next.body.indexOf(statusElement) + 8) : 0xff00;
    if (status !== 0xff00) return status;
  }
}

/* The header of Status (0000,0900) with a value of two bytes. */
const statusElement = Buffer.from([0, 0, 0, 9, 2, 0, 0, 0]);

test('A C-CANCEL stops what is being answered at once, and the association goes on', async () => {
  const { port } = await startWith(endless);
  const association = await ask(port);
  sendFind(association, 7);
  await association.nextPdu();
  const start = performance.now();
  sendCancel(association, 7);
  expect(await finalResponse(association)).toBe(0xfe00);
  /* Measured as 2 ms; the bound is for a machine that does other things. */
  expect(performance.now() - start).toBeLessThan(500);
  expect((await association.cEcho()).Status).toBe(0);
  await association.release();
});

test('A C-CANCEL of another message, or of one that is answered already, changes nothing', async () => {
  const { port } = await startWith(async (exchange) => {
    await wait(50);
    await exchange.respond({ Status: exchange.signal.aborted ? 0xfe00 : 0x0000 });
  });
  const association = await ask(port);
  sendFind(association, 1);
  sendCancel(association, 2);
  expect(await finalResponse(association)).toBe(0);
  sendCancel(association, 1);
  sendFind(association, 3);
  expect(await finalResponse(association)).toBe(0);
  await association.release();
});

test('What is sent before the answer came is served after it, in its order', async () => {
  const seen: number[] = [];
  const { port } = await startWith(async (exchange) => {
    await wait(30);
    seen.push(exchange.command.MessageID);
    await exchange.respond({ Status: 0 });
  });
  const association = await ask(port);
  sendFind(association, 1);
  association.sendStore({
    SOPClassUID: ctImageStorage,
    SOPInstanceUID: '1.2.3.4.5',
    dataSet: makeDataSet('1.2.3.4.5', 300_000),
  });
  sendFind(association, 3);
  const responses = [
    await association.nextResponse(),
    await association.nextResponse(),
    await association.nextResponse(),
  ];
  expect(responses.map(({ CommandField, Status }) => [CommandField, Status])).toEqual([
    [0x8020, 0],
    [0x8001, 0],
    [0x8020, 0],
  ]);
  expect(seen).toEqual([1, 3]);
  await association.release();
});

test('A release that comes before the answer is answered after it', async () => {
  const { port } = await startWith(async (exchange) => {
    await wait(30);
    await exchange.respond({ Status: 0 });
  });
  const association = await ask(port);
  sendFind(association, 1);
  association.sendPdu(pdu.release, Buffer.alloc(4));
  expect((await association.nextPdu())?.type).toBe(pdu.data);
  expect((await association.nextPdu())?.type).toBe(pdu.released);
});

test('A service hears that the other side has gone', async () => {
  let reason: unknown;
  const { port, server } = await startWith(async (exchange) => {
    await new Promise<void>((resolve) => exchange.signal.addEventListener('abort', () => resolve()));
    reason = exchange.signal.reason;
    throw reason;
  });
  const association = await ask(port);
  sendFind(association, 1);
  await wait(30);
  association.destroy();
  await until(() => server.counts().connections === 0);
  expect(reason).toBeInstanceOf(AssociationEnd);
});

test('Who does not read the answers holds up nobody but itself, and is cut off after its time', async () => {
  let answered = 0;
  const { port, server } = await startWith(
    async (exchange) => {
      for (;;) {
        await exchange.respond({ Status: 0xff00, dataSet: Buffer.alloc(10_000) });
        answered++;
      }
    },
    { DicomScpTimeout: 0.5 },
  );
  const association = await ask(port);
  association.socket.pause();
  sendFind(association, 1);
  await until(() => answered > 100);
  const other = await ask(port);
  expect((await other.cEcho()).Status).toBe(0);
  await other.release();
  await until(() => server.counts().connections === 0, 10_000);
  expect(answered * 10_000).toBeLessThan(50_000_000);
});

test('A service may take its time: the silence of the caller is not counted', async () => {
  const { port } = await startWith(
    async (exchange) => {
      await wait(900);
      await exchange.respond({ Status: 0 });
    },
    { DicomScpTimeout: 0.3 },
  );
  const association = await ask(port);
  sendFind(association, 1);
  expect(await finalResponse(association)).toBe(0);
  await association.release();
});

test('What a service throws is a status with words, and the log has it', async () => {
  const { port, lines } = await startWith(async () => {
    throw new PacsError('not-found', 'There is no such thing.');
  });
  const association = await ask(port);
  sendFind(association, 1);
  expect(await association.nextResponse()).toMatchObject({ Status: 0x0112, ErrorComment: 'There is no such thing.' });
  expect(lines.some((line) => line.includes('There is no such thing.'))).toBe(true);
  await association.release();
});

test('An identifier past its bound is refused in words', async () => {
  const { port } = await startWith(async (exchange) => {
    await exchange.respond({ Status: 0, sentence: String((await exchange.identifier()).length) });
  });
  const association = await ask(port);
  sendFind(association, 1, Buffer.alloc(100_000));
  expect((await association.nextResponse()).ErrorComment).toBe('100000');
  sendFind(association, 2, Buffer.alloc(1_100_000));
  expect(await association.nextResponse()).toMatchObject({ ErrorComment: 'The data set of the request is too long.' });
  await association.release();
});

test('A command that the service does not know is told so', async () => {
  const { port } = await startWith(endless);
  const association = await ask(port);
  const move = makeCommand({ 0x0002: find, 0x0100: 0x21, 0x0110: 4, 0x0700: 0, 0x0800: 0x0101 });
  association.sendPdu(pdu.data, makePdv(5, 3, move));
  expect(await association.nextResponse()).toMatchObject({ CommandField: 0x8021, Status: 0x0211 });
  await association.release();
});

const classItem = (uid: string, ...rest: readonly number[]): Uint8Array =>
  Buffer.concat([Buffer.from([0, uid.length]), Buffer.from(uid), Buffer.from(rest)]);

test('Roles and extensions are answered, and only for what was accepted', async () => {
  let extended: ReadonlyMap<string, Uint8Array> = new Map();
  const { port } = await startWith(
    async (exchange) => {
      extended = exchange.extended;
      await exchange.respond({ Status: 0 });
    },
    { DicomAlwaysAllowGet: true },
    (proposed) => proposed.map((value, at) => (at === 0 ? value : 0)),
  );
  const association = await ask(port, {
    userItems: [
      [0x54, classItem(ctImageStorage, 0, 1)],
      [0x54, classItem('1.2.840.10008.5.1.4.1.1.4', 0, 1)],
      [0x56, classItem(find, 1, 1, 1)],
      [0x56, classItem('1.2.840.10008.5.1.4.1.2.1.1', 1)],
    ],
  });
  expect(association.userItems(0x54)).toEqual([classItem(ctImageStorage, 0, 1)]);
  expect(association.userItems(0x56)).toEqual([classItem(find, 1, 0, 0)]);
  sendFind(association, 1);
  expect(await finalResponse(association)).toBe(0);
  expect([...extended]).toEqual([[find, Uint8Array.of(1, 0, 0)]]);
  await association.release();
});

const identity = (name: string, password: string): Uint8Array => {
  const counted = (text: string) => Buffer.concat([Buffer.from([0, Buffer.byteLength(text)]), Buffer.from(text)]);
  return Buffer.concat([Buffer.from([2, 1]), counted(name), counted(password)]);
};

test('Where people must be named, only a registered one with the right password gets an association', async () => {
  const { port, refusals } = await startWith(endless, {
    RegisteredUsers: { müller: 'geheim' },
    Chairside: { CheckUserIdentity: true },
  });
  const known = await ask(port, { userItems: [[0x58, identity('müller', 'geheim')]] });
  expect(known.userItems(0x59)).toEqual([Buffer.alloc(2)]);
  await known.release();
  for (const userItems of [[], [[0x58, identity('müller', 'falsch')]], [[0x58, identity('', '')]]] as const) {
    const unknown = await ask(port, { userItems });
    expect(unknown.answer).toMatchObject({ type: pdu.reject, body: Buffer.from([0, 1, 1, 1]) });
  }
  expect(refusals[0]?.error.message).toBe('It named no registered user with the right password.');
});

test('Who tries one password after the other is not listened to any more, not even with the right one', async () => {
  const { port, refusals } = await startWith(endless, {
    RegisteredUsers: { müller: 'geheim' },
    Chairside: { CheckUserIdentity: true },
  });
  for (const password of ['a', 'b', 'c', 'd', 'e', 'geheim']) {
    const { answer } = await ask(port, { userItems: [[0x58, identity('müller', password)]] });
    expect(answer).toMatchObject({ type: pdu.reject, body: Buffer.from([0, 1, 1, 1]) });
  }
  expect(refusals.at(-1)?.error).toEqual({
    code: 'unauthorized',
    message: 'Too many wrong passwords came from this address; for a minute none is looked at.',
  });
});

test('Where people need not be named, a name is confirmed only with its right password, and nobody is rejected', async () => {
  const { port } = await startWith(endless, { RegisteredUsers: { müller: 'geheim' } });
  for (const [password, answers] of [
    ['geheim', 1],
    ['falsch', 0],
  ] as const) {
    const association = await ask(port, { userItems: [[0x58, identity('müller', password)]] });
    expect(association.answer?.type).toBe(pdu.accept);
    expect(association.userItems(0x59)).toHaveLength(answers);
    await association.release();
  }
});

test('A damaged item of the user information is aborted', async () => {
  const { port } = await startWith(endless);
  for (const userItems of [[[0x54, Buffer.from([0, 200, 1])]], [[0x58, Buffer.from([2, 1, 0, 50])]]] as const)
    expect((await ask(port, { userItems })).answer?.type).toBe(pdu.abort);
});

test('A file that came under a title with a label says so', async () => {
  const store = await fileStore();
  const { port } = await startServer(store, { Chairside: { AETitles: [{ AET: 'NORTH', Label: 'north' }] } });
  for (const [calledAET, uid] of [
    ['north', '1.2.3.1'],
    ['CHAIRSIDE', '1.2.3.2'],
  ] as const) {
    const association = await ask(port, { calledAET });
    const dataSet = makeDataSet(uid, 100);
    expect((await association.cStore({ SOPClassUID: ctImageStorage, SOPInstanceUID: uid, dataSet })).Status).toBe(0);
    await association.release();
  }
  const receiver = Buffer.from([2, 0, 0x18, 0, 0x41, 0x45, 6, 0, ...Buffer.from('NORTH ')]);
  expect((await store.fileOf('1.2.3.1')).includes(receiver)).toBe(true);
  expect((await store.fileOf('1.2.3.2')).includes(Buffer.from('NORTH'))).toBe(false);
});
