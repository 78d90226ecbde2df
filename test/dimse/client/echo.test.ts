/** Asking for an association and testing a connection: with real peers, and with such as break every rule. */
import { describe, expect, test } from 'vitest';
import { echo } from '#main/dimse/client/echo.ts';
import { openRequestor } from '#main/dimse/client/open-requestor.ts';
import { makeCommand, makePdu, pdu } from '../../support/raw-association.ts';
import { dcmtkNote, fileStore, hasDcmtk, startServer } from '../support.ts';
import {
  clientContext,
  dataPdu,
  freePort,
  nodeAt,
  sayNothing,
  startAcceptingPeer,
  startArchive,
  startRawPeer,
  startStorescp,
} from './support.ts';

const verification = '1.2.840.10008.1.1';

describe.skipIf(!hasDcmtk)(`C-ECHO with DCMTK${dcmtkNote}`, () => {
  test('storescp answers', async () => {
    const { port } = await startStorescp();
    const { milliseconds } = await echo(nodeAt(port), clientContext());
    expect(milliseconds).toBeGreaterThanOrEqual(0);
    expect(milliseconds).toBeLessThan(2000);
  });

  test('a host by its name is found', async () => {
    const { port } = await startStorescp();
    await echo(nodeAt(port, { Host: 'localhost' }), clientContext());
  });

  test('dcmqrscp answers queries too when that is asked for, storescp does not', async () => {
    const [archive, storescp] = [await startArchive(), await startStorescp()];
    await echo(nodeAt(archive.port), clientContext({ DicomEchoChecksFind: true }));
    await expect(echo(nodeAt(storescp.port), clientContext(), { checkFind: true })).rejects.toMatchObject({
      code: 'refused-sop-class',
      message: 'KLINIKPACS does not offer queries (C-FIND).',
    });
  });
});

test('Our own server answers, and hears the AE title of the node', async () => {
  const { port } = await startServer(await fileStore(), {
    DicomAlwaysAllowEcho: false,
    DicomModalities: { me: ['RADIO7', '127.0.0.1', 104] },
  });
  await echo(nodeAt(port, { LocalAet: 'RADIO7' }), clientContext());
  await expect(echo(nodeAt(port), clientContext())).rejects.toMatchObject({
    code: 'forbidden',
    message: 'KLINIKPACS does not accept the AE title CHAIRSIDE.',
  });
});

test('Nobody there, and an unknown name, are told in words', async () => {
  const port = await freePort();
  await expect(echo(nodeAt(port), clientContext())).rejects.toMatchObject({
    code: 'busy',
    message: `Nothing answers at 127.0.0.1 port ${port}.`,
  });
  await expect(echo(nodeAt(port, { Host: 'no-such-host.invalid' }), clientContext())).rejects.toMatchObject({
    code: 'busy',
    message: 'The name no-such-host.invalid is not known on this network.',
  });
});

test('TLS without a certificate of ours is told before anything is sent', async () => {
  await expect(echo(nodeAt(1, { UseDicomTls: true }), clientContext())).rejects.toMatchObject({ code: 'unsupported' });
});

describe('A peer that', () => {
  const quick = clientContext({ DicomScuTimeout: 0.3 });

  test('never answers is given up after the time-out', async () => {
    const port = await startRawPeer((_, socket) => sayNothing(socket));
    const start = performance.now();
    await expect(echo(nodeAt(port), quick)).rejects.toMatchObject({
      code: 'busy',
      message: `KLINIKPACS at 127.0.0.1 port ${port} does not answer.`,
    });
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test('accepts and then says nothing is given up too, by the time-out of the node', async () => {
    const port = await startAcceptingPeer((_, socket) => sayNothing(socket));
    await expect(echo(nodeAt(port, { Timeout: 0.2 }), clientContext())).rejects.toMatchObject({
      code: 'aborted',
      message: 'KLINIKPACS was silent for too long.',
    });
  });

  test('answers half a PDU and waits is given up', async () => {
    const port = await startRawPeer(async (association, socket) => {
      await association.nextPdu();
      association.sendRaw(Buffer.from([2, 0, 0, 0, 0, 200, 0, 1, 0, 0]));
      await sayNothing(socket);
    });
    await expect(echo(nodeAt(port), quick)).rejects.toMatchObject({ code: 'busy' });
  });

  test('answers with a PDU of 4 GB is told off at once', async () => {
    const told: number[] = [];
    const port = await startRawPeer(async (association) => {
      await association.nextPdu();
      association.sendRaw(Buffer.from([2, 0, 0xff, 0xff, 0xff, 0xff]));
      told.push((await association.nextPdu())?.type ?? -1);
    });
    await expect(echo(nodeAt(port), clientContext())).rejects.toMatchObject({
      code: 'aborted',
      message: expect.stringContaining('KLINIKPACS broke the DICOM protocol') as string,
    });
    await expect.poll(() => told).toEqual([pdu.abort]);
  });

  test('sends a message of 4 GB is told off at once', async () => {
    const port = await startAcceptingPeer(async (association, socket) => {
      association.sendRaw(Buffer.from([4, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]));
      await sayNothing(socket);
    });
    await expect(echo(nodeAt(port), clientContext())).rejects.toMatchObject({ code: 'aborted' });
  });

  test('speaks HTTP is called what it is', async () => {
    const port = await startRawPeer(async (association) => {
      association.sendRaw(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
    });
    await expect(echo(nodeAt(port), clientContext())).rejects.toMatchObject({
      code: 'unsupported',
      message: `What answers at 127.0.0.1 port ${port} does not speak DICOM.`,
    });
  });

  test('closes at once, aborts at once, or aborts instead of answering, is told in words', async () => {
    const closing = await startRawPeer(async (_, socket) => void socket.end());
    await expect(echo(nodeAt(closing), clientContext())).rejects.toMatchObject({
      code: 'aborted',
      message: 'KLINIKPACS closed the connection.',
    });
    const aborting = await startRawPeer(async (association) => association.sendPdu(pdu.abort, Buffer.alloc(4)));
    await expect(echo(nodeAt(aborting), clientContext())).rejects.toMatchObject({
      code: 'aborted',
      message: 'KLINIKPACS broke off.',
    });
    const later = await startAcceptingPeer(async (association) => {
      await association.nextPdu();
      association.sendPdu(pdu.abort, Buffer.alloc(4));
    });
    await expect(echo(nodeAt(later), clientContext())).rejects.toMatchObject({ code: 'aborted' });
  });

  test.each([
    [1, 1, 1, 'forbidden', 'KLINIKPACS refuses the connection and gives no reason.'],
    [1, 1, 2, 'forbidden', 'KLINIKPACS refuses the connection: it expects something other than DICOM.'],
    [1, 1, 3, 'forbidden', 'KLINIKPACS does not accept the AE title CHAIRSIDE.'],
    [1, 1, 7, 'forbidden', 'The node at 127.0.0.1 port * does not answer to the AE title KLINIKPACS.'],
    [1, 2, 2, 'forbidden', 'KLINIKPACS speaks another version of the DICOM protocol.'],
    [2, 3, 1, 'busy', 'KLINIKPACS is overloaded now.'],
    [2, 3, 2, 'busy', 'KLINIKPACS has too many connections now.'],
    [2, 1, 1, 'busy', 'KLINIKPACS refuses the connection and gives no reason.'],
    [1, 9, 9, 'forbidden', 'KLINIKPACS refuses the connection.'],
  ])('rejects with %i/%i/%i is told in words', async (result, source, reason, code, message) => {
    const port = await startRawPeer(async (association) => {
      await association.nextPdu();
      association.sendPdu(pdu.reject, Buffer.from([0, result, source, reason]));
    });
    await expect(echo(nodeAt(port), clientContext())).rejects.toMatchObject({
      code,
      message: message.replace('*', String(port)),
    });
  });

  test('answers another question than asked, or ends in the middle, is told off', async () => {
    const wrong = await startAcceptingPeer(async (association, socket) => {
      await association.nextPdu();
      const response = { 0x0100: 0x8030, 0x0120: 99, 0x0800: 0x0101, 0x0900: 0 };
      association.sendRaw(dataPdu(1, 'command', makeCommand(response)));
      await sayNothing(socket);
    });
    await expect(echo(nodeAt(wrong), clientContext())).rejects.toMatchObject({ code: 'aborted' });
    const releasing = await startAcceptingPeer(async (association, socket) => {
      await association.nextPdu();
      association.sendPdu(pdu.release, Buffer.alloc(4));
      await sayNothing(socket);
    });
    await expect(echo(nodeAt(releasing), clientContext())).rejects.toMatchObject({
      code: 'aborted',
      message: 'KLINIKPACS ended the association before it had answered.',
    });
  });

  test('answers with a failure is quoted', async () => {
    const port = await startAcceptingPeer(async (association, socket) => {
      await association.nextPdu();
      const response = { 0x0100: 0x8030, 0x0120: 1, 0x0800: 0x0101, 0x0900: 0x0124 };
      association.sendRaw(dataPdu(1, 'command', makeCommand(response)));
      await association.nextPdu();
      association.sendPdu(pdu.released, Buffer.alloc(4));
      await sayNothing(socket);
    });
    await expect(echo(nodeAt(port), clientContext())).rejects.toMatchObject({
      code: 'forbidden',
      message: 'Test of the connection: KLINIKPACS does not allow it (status 0124).',
    });
  });

  test('does not answer the release does not spoil the result', async () => {
    const port = await startAcceptingPeer(async (association, socket) => {
      await association.nextPdu();
      const response = { 0x0100: 0x8030, 0x0120: 1, 0x0800: 0x0101, 0x0900: 0 };
      association.sendRaw(dataPdu(1, 'command', makeCommand(response)));
      await association.nextPdu();
      association.sendPdu(pdu.release, Buffer.alloc(4));
      await sayNothing(socket);
    });
    await echo(nodeAt(port), quick);
  });

  test('accepts nothing, and answers contexts that nobody proposed, offers nothing', async () => {
    const port = await startRawPeer(async (association, socket) => {
      const request = (await association.nextPdu())?.body ?? Buffer.alloc(0);
      const contexts = [Buffer.from([0x21, 0, 0, 4, 1, 0, 3, 0]), Buffer.from([0x21, 0, 0, 4, 77, 0, 0, 0])];
      association.sendRaw(makePdu(pdu.accept, request.subarray(0, 68), ...contexts));
      await association.nextPdu();
      association.sendPdu(pdu.released, Buffer.alloc(4));
      await sayNothing(socket);
    });
    await expect(echo(nodeAt(port), clientContext())).rejects.toMatchObject({
      code: 'refused-sop-class',
      message: 'KLINIKPACS does not offer tests of the connection (C-ECHO).',
    });
  });

  test('fills its answer with random bytes never does more than end the association', async () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff) >> 16;
    const port = await startRawPeer(async (association, socket) => {
      const request = (await association.nextPdu())?.body ?? Buffer.alloc(0);
      const answer = Buffer.concat([
        request.subarray(0, 68),
        Buffer.from(Array.from({ length: 60 }, () => random() & 255)),
      ]);
      association.sendRaw(makePdu(pdu.accept, answer));
      socket.end();
    });
    for (let time = 0; time < 40; time++)
      await expect(echo(nodeAt(port), quick)).rejects.toMatchObject({ name: 'PacsError' });
  });
});

test('A cancelled call ends, whether it waits for the connection, the association or the answer', async () => {
  const silent = await startRawPeer((_, socket) => sayNothing(socket));
  const accepting = await startAcceptingPeer((_, socket) => sayNothing(socket));
  for (const port of [silent, accepting]) {
    const start = performance.now();
    await expect(echo(nodeAt(port), clientContext(), { signal: AbortSignal.timeout(100) })).rejects.toMatchObject({
      code: 'aborted',
      message: 'It was cancelled.',
    });
    expect(performance.now() - start).toBeLessThan(1000);
  }
  await expect(echo(nodeAt(silent), clientContext(), { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'aborted',
  });
});

test('Many requests go over one association, and none after its end', async () => {
  const { port } = await startServer(await fileStore());
  const requestor = await openRequestor({
    Host: '127.0.0.1',
    Port: port,
    callingAET: 'ME',
    calledAET: 'CHAIRSIDE',
    contexts: [{ abstractSyntax: verification, transferSyntaxes: ['1.2.840.10008.1.2'] }],
    timeout: 5,
    maximumPduLength: 16_384,
  });
  const [context] = requestor.contexts.get(verification) ?? [];
  for (let time = 0; time < 300; time++) {
    const { command } = await requestor.request(context?.id ?? 0, {
      AffectedSOPClassUID: verification,
      CommandField: 0x30,
    });
    expect(command).toMatchObject({ Status: 0, MessageID: time + 1 });
  }
  await requestor.release();
  await requestor.release();
  await expect(requestor.request(1, { CommandField: 0x30 })).rejects.toMatchObject({ code: 'aborted' });
});
