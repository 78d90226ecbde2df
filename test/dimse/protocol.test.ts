/** Conversations in which the other side breaks the protocol, asks for too much, or says nothing: each ends, in words, and the door stays open. */
import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import {
  connect,
  ctImageStorage,
  explicitLittleEndian,
  makeCommand,
  makePdu,
  makePdv,
  makeRequest,
  makeStore,
  open,
  pdu,
  type RawAssociation,
  type RawPdu,
} from '../support/raw-association.ts';
import { fileStore, filesIn, makeInstance, receipt, startServer, storeOf, until } from './support.ts';

const echo = makeCommand({ 0x0002: '1.2.840.10008.1.1', 0x0100: 0x30, 0x0110: 1, 0x0800: 0x0101 });
const store = makeCommand({ 0x0002: ctImageStorage, 0x0100: 1, 0x0110: 1, 0x0700: 0, 0x0800: 1, 0x1000: '1.2.3' });
const data = (...parts: Buffer[]): Buffer => makePdu(pdu.data, ...parts);
const claim = (type: number, length: number): Buffer => {
  const header = makePdu(type);
  header.writeUInt32BE(length, 2);
  return header;
};
const abortOf = (source: number, reason: number): RawPdu => ({
  type: pdu.abort,
  body: Buffer.from([0, 0, source, reason]),
});

describe('an established association is aborted', () => {
  const violations: readonly [string, Buffer, RawPdu][] = [
    ['for a PDU type that does not exist', claim(0x55, 4), abortOf(2, 1)],
    ['for PDU type 0', claim(0, 0), abortOf(2, 1)],
    ['for a second association request', makeRequest(), abortOf(2, 2)],
    ['for an answer that nobody asked for', claim(pdu.accept, 100), abortOf(2, 2)],
    ['for a P-DATA PDU that claims 4 GB', claim(pdu.data, 0xffff_ffff), abortOf(2, 6)],
    ['for a P-DATA PDU longer than we said', claim(pdu.data, 131_072 + 1025), abortOf(2, 6)],
    ['for an empty P-DATA PDU', claim(pdu.data, 0), abortOf(2, 6)],
    ['for a release request that claims 2 GB', claim(pdu.release, 0x7fff_ffff), abortOf(2, 6)],
    ['for a PDV longer than its PDU', data(Buffer.from([0, 0, 1, 0, 1, 3, 0, 0])), abortOf(2, 6)],
    ['for a PDV without a control header', data(Buffer.from([0, 0, 0, 1, 1, 3])), abortOf(2, 6)],
    ['for bytes behind the last PDV', data(makePdv(1, 1, echo), Buffer.alloc(3)), abortOf(2, 6)],
    ['for a presentation context that was not accepted', data(makePdv(99, 3, echo)), abortOf(2, 5)],
    ['for a data set without its command', data(makePdv(3, 2, Buffer.alloc(10))), abortOf(2, 2)],
    [
      'for a data set in another context than its command',
      data(makePdv(3, 3, store), makePdv(1, 2, Buffer.alloc(4))),
      abortOf(2, 2),
    ],
    ['for a command before the data set is whole', data(makePdv(3, 3, store), makePdv(3, 3, echo)), abortOf(2, 2)],
    [
      'for a release before the data set is whole',
      Buffer.concat([data(makePdv(3, 3, store)), makePdu(pdu.release, Buffer.alloc(4))]),
      abortOf(2, 2),
    ],
    ['for a command without a command field', data(makePdv(1, 3, makeCommand({ 0x0110: 1 }))), abortOf(2, 6)],
    ['for a command without a message ID', data(makePdv(1, 3, makeCommand({ 0x0100: 0x30 }))), abortOf(2, 6)],
    ['for a command that ends in an element', data(makePdv(1, 3, echo.subarray(0, echo.length - 1))), abortOf(2, 6)],
    [
      'for a command with elements of another group',
      data(makePdv(1, 3, Buffer.from([8, 0, 5, 0, 0, 0, 0, 0]))),
      abortOf(2, 6),
    ],
    ['for a command of more than 64 KB', data(makePdv(1, 1, Buffer.alloc(70_000))), abortOf(2, 2)],
  ];

  test.each(violations)('%s', async (_, bytes, expected) => {
    const files = await fileStore();
    const { port, server } = await startServer(files);
    const association = await connect({ port });
    association.sendRaw(bytes);
    expect(await association.nextPdu()).toEqual(expected);
    expect(await association.nextPdu()).toBeUndefined();
    association.destroy();
    await until(() => server.counts().connections === 0);
    const next = await connect({ port });
    expect((await next.cEcho()).Status).toBe(0);
    await next.release();
  });
});

describe('a new connection', () => {
  const begin = async (bytes: Buffer): Promise<{ association: RawAssociation; answer: RawPdu | undefined }> => {
    const { port } = await startServer(await fileStore());
    const association = await open({ port });
    association.sendRaw(bytes);
    return { association, answer: await association.nextPdu() };
  };
  const changed = (change: (bytes: Buffer) => unknown): Buffer => {
    const bytes = makeRequest();
    change(bytes);
    return bytes;
  };
  const rejectOf = (result: number, source: number, reason: number): RawPdu => ({
    type: pdu.reject,
    body: Buffer.from([0, result, source, reason]),
  });

  const beginnings: readonly [string, Buffer, RawPdu][] = [
    ['that speaks HTTP is aborted', Buffer.from('GET / HTTP/1.1\r\n\r\n'), abortOf(2, 1)],
    ['that begins with data is aborted', data(makePdv(1, 3, echo)), abortOf(2, 2)],
    ['whose request claims 4 GB is aborted', claim(pdu.request, 0xffff_ffff), abortOf(2, 6)],
    ['whose request is too short is aborted', makePdu(pdu.request, Buffer.alloc(67)), abortOf(2, 6)],
    [
      'whose items reach beyond the request is aborted',
      changed((bytes) => bytes.writeUInt16BE(60_000, 76)),
      abortOf(2, 6),
    ],
    [
      'with an even context ID is aborted',
      makeRequest({ contexts: [{ id: 2, abstractSyntax: ctImageStorage, transferSyntaxes: [] }] }),
      abortOf(2, 6),
    ],
    [
      'with one context ID twice is aborted',
      makeRequest({
        contexts: [1, 1].map((id) => ({
          id,
          abstractSyntax: ctImageStorage,
          transferSyntaxes: [explicitLittleEndian],
        })),
      }),
      abortOf(2, 6),
    ],
    ['that takes PDUs of 10 bytes is aborted', makeRequest({ maximumLength: 10 }), abortOf(2, 6)],
    ['of another protocol version is rejected', makeRequest({ protocolVersion: 2 }), rejectOf(1, 2, 2)],
    [
      'for another application context is rejected',
      makeRequest({ applicationContextName: '1.2.3' }),
      rejectOf(1, 1, 2),
    ],
    ['from an AE title of blanks is rejected', makeRequest({ callingAET: ' ' }), rejectOf(1, 1, 3)],
    ['from an AE title with a backslash is rejected', makeRequest({ callingAET: 'A\\B' }), rejectOf(1, 1, 3)],
  ];

  test.each(beginnings)('%s', async (_, bytes, expected) => {
    const { association, answer } = await begin(bytes);
    expect(answer).toEqual(expected);
    expect(await association.nextPdu()).toBeUndefined();
    association.destroy();
  });

  test('with 128 contexts of 50 transfer syntaxes each is accepted', async () => {
    const transferSyntaxes = Array.from({ length: 49 }, (_, index) => `1.2.3.4.5.6.7.8.9.${index}`).concat(
      explicitLittleEndian,
    );
    const contexts = Array.from({ length: 128 }, (_, index) => ({
      id: 2 * index + 1,
      abstractSyntax: ctImageStorage,
      transferSyntaxes,
    }));
    const { port } = await startServer(await fileStore());
    const association = await connect({ port, contexts });
    expect(association.accepted.size).toBe(128);
    await association.release();
  });

  test('that asks only for what is not offered gets its association, and people are told', async () => {
    const { port, refusals } = await startServer(await fileStore());
    const contexts = [{ id: 1, abstractSyntax: '1.2.840.10008.5.1.4.31', transferSyntaxes: [explicitLittleEndian] }];
    const association = await connect({ port, contexts });
    expect(association.results.get(1)).toBe(3);
    expect(refusals[0]?.error.code).toBe('refused-sop-class');
    await association.release();
  });
});

describe('bounds', () => {
  test('of associations in all: one more is refused for now, and taken when a place is free', async () => {
    const { port, refusals } = await startServer(await fileStore(), { Chairside: { MaximumAssociations: 3 } });
    const open3 = [await connect({ port }), await connect({ port }), await connect({ port })];
    const fourth = await connect({ port });
    expect(fourth.answer).toEqual({ type: pdu.reject, body: Buffer.from([0, 2, 3, 2]) });
    expect(refusals[0]?.error).toEqual({ code: 'busy', message: 'There are 3 associations already.' });
    fourth.destroy();
    await (open3[0] as RawAssociation).release();
    await until(async () => {
      const again = await connect({ port });
      const isTaken = again.answer?.type === pdu.accept;
      again.destroy();
      return isTaken;
    });
    for (const association of open3) association.destroy();
  });

  test('of associations from one address do not touch another address', async () => {
    const { port } = await startServer(await fileStore(), { Chairside: { MaximumAssociationsPerHost: 2 } });
    const mine = [await connect({ port }), await connect({ port })];
    const third = await connect({ port });
    expect(third.answer?.type).toBe(pdu.reject);
    const other = await connect({ port, localAddress: '127.0.0.2' });
    expect(other.answer?.type).toBe(pdu.accept);
    for (const association of [...mine, third, other]) association.destroy();
  });

  test('of connections: a flood is cut off, and the door works again after it', async () => {
    const { port, server } = await startServer(await fileStore(), { Chairside: { MaximumAssociations: 4 } });
    const sockets = Array.from({ length: 200 }, () => connectSocket(port, '127.0.0.1').on('error', () => undefined));
    await until(() => server.counts().connections === 36);
    for (const socket of sockets) socket.destroy();
    await until(() => server.counts().connections === 0);
    const association = await connect({ port });
    expect((await association.cEcho()).Status).toBe(0);
    await association.release();
  });

  test('of time for the request: who says nothing is cut off', async () => {
    const { port, server } = await startServer(await fileStore(), { Chairside: { AssociationRequestTimeout: 0.2 } });
    const silent = await open({ port });
    const slow = await open({ port });
    slow.sendRaw(makeRequest().subarray(0, 100));
    expect(await silent.nextPdu()).toBeUndefined();
    expect(await slow.nextPdu()).toBeUndefined();
    silent.destroy();
    slow.destroy();
    await until(() => server.counts().connections === 0);
  });

  test('of silence: an association without a word is aborted, in the middle of an image too', async () => {
    const files = await fileStore();
    const { port } = await startServer(files, { DicomScpTimeout: 0.2 });
    const idle = await connect({ port });
    const stuck = await connect({ port });
    for (const each of makeStore({ ...makeInstance('1.2.3', 1_000_000), messageId: 1, pduLength: 65_536 }).slice(0, 5))
      stuck.sendRaw(each);
    expect(await idle.nextPdu()).toEqual(abortOf(2, 0));
    expect(await stuck.nextPdu()).toEqual(abortOf(2, 0));
    await until(() => files.failures.length === 1);
    idle.destroy();
    stuck.destroy();
  });

  test('of silence do not count while the archive is at work', async () => {
    const slow = storeOf(async (stream, _, claimed) => {
      for await (const chunk of stream) void chunk;
      await new Promise((resolve) => setTimeout(resolve, 700));
      return receipt(claimed);
    });
    const { port } = await startServer(slow, { DicomScpTimeout: 0.2 });
    const association = await connect({ port });
    expect((await association.cStore(makeInstance('1.2.3', 100))).Status).toBe(0);
    await association.release();
  });

  test("of an association's life: it is aborted though it is busy", async () => {
    const { port } = await startServer(await fileStore(), { Chairside: { MaximumAssociationMinutes: 0.005 } });
    const association = await connect({ port });
    const talk = async (): Promise<void> => {
      for (;;) await association.cEcho();
    };
    await expect(talk()).rejects.toThrow('PDU 7: 00000200');
    association.destroy();
  });
});

/* Another side that does not even notice when it is hung up on, unless it writes. */
async function openDeaf(port: number): Promise<{ socket: Socket; hasFailed: () => boolean }> {
  const socket = connectSocket({ port, host: '127.0.0.1', allowHalfOpen: true }).pause();
  let hasFailed = false;
  socket.on('error', () => (hasFailed = true));
  await once(socket, 'connect');
  return { socket, hasFailed: () => hasFailed };
}

describe('closing the door', () => {
  test('lets an image that is being received finish, then aborts', async () => {
    const files = await fileStore();
    const { port, server } = await startServer(files, {}, 5);
    const [busy, idle] = [await connect({ port }), await connect({ port })];
    const pdus = makeStore({ ...makeInstance('1.2.3', 500_000), messageId: 1, pduLength: 65_536 });
    for (const each of pdus.slice(0, 4)) busy.sendRaw(each);
    await until(async () => (await filesIn(files.folder)).length === 1);
    const stopped = server.stop();
    expect(await idle.nextPdu()).toEqual(abortOf(2, 0));
    for (const each of pdus.slice(4)) busy.sendRaw(each);
    expect((await busy.nextResponse()).Status).toBe(0);
    expect(await busy.nextPdu()).toEqual(abortOf(2, 0));
    idle.destroy();
    busy.destroy();
    await stopped;
    await expect(open({ port })).rejects.toThrow();
  });

  test('does not wait for ever', async () => {
    const files = await fileStore();
    const { port, server } = await startServer(files, {}, 0.2);
    const association = await connect({ port });
    for (const each of makeStore({ ...makeInstance('1.2.3', 500_000), messageId: 1, pduLength: 65_536 }).slice(0, 4))
      association.sendRaw(each);
    await until(async () => (await filesIn(files.folder)).length === 1);
    const start = Date.now();
    await server.stop();
    expect(Date.now() - start).toBeLessThan(3500);
    expect(files.failures[0]?.code).toBe('aborted');
    association.destroy();
  });

  test('closes the connections of those who neither send nor read, in the middle of an image that the archive keeps for ever', async () => {
    let received = 0;
    const stuck = storeOf((stream) => {
      void stream[Symbol.asyncIterator]()
        .next()
        .then(() => received++);
      return new Promise(() => undefined);
    });
    const { port, server } = await startServer(stuck, {}, 0.2);
    const others = [await openDeaf(port), await openDeaf(port)];
    for (const { socket } of others) socket.write(makeRequest());
    for (const each of makeStore({ ...makeInstance('1.2.3', 10), messageId: 1, pduLength: 65_536 }))
      others[1]?.socket.write(each);
    await until(() => received === 1);
    const start = Date.now();
    await server.stop();
    expect(Date.now() - start).toBeLessThan(2000);
    for (const { socket, hasFailed } of others) {
      /* The first write to a closed connection brings the reset, the second meets it. */
      socket.write(Buffer.alloc(1));
      await new Promise((resolve) => setTimeout(resolve, 50));
      socket.write(Buffer.alloc(1));
      await until(hasFailed, 500);
      socket.destroy();
    }
  });

  test('that cannot be opened says so in words', async () => {
    const { port } = await startServer(await fileStore());
    await expect(startServer(await fileStore(), { DicomPort: port })).rejects.toThrow(
      `DICOM port ${port} cannot be opened`,
    );
  });
});
