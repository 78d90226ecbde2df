/** Conversations about C-STORE: what is sent is kept byte for byte, and what cannot be kept is refused in words. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PacsError, type PacsErrorCode } from '#shared/errors.ts';
import {
  connect,
  ctImageStorage,
  explicitLittleEndian,
  implicitLittleEndian,
  makeCommand,
  makePdu,
  makePdv,
  makeRequest,
  makeStore,
  open,
  pdu,
} from '../support/raw-association.ts';
import { corpus, corpusPath, sharedData, sharedDataNote } from '../support/shared-data.ts';
import {
  dataSetOf,
  dcmtk,
  dcmtkNote,
  fileStore,
  filesIn,
  hasDcmtk,
  headerOf,
  makeDataSet,
  makeInstance,
  receipt,
  startServer,
  storeOf,
  until,
  writeInstances,
} from './support.ts';

describe.skipIf(!hasDcmtk)(`storescu sends${dcmtkNote}`, () => {
  test('a folder of images, and each is kept byte for byte', async () => {
    const store = await fileStore();
    const { port } = await startServer(store);
    const folder = await writeInstances(20, 300_000);
    const { code } = await dcmtk(
      'storescu',
      '-aet',
      'SCANNER',
      '-aec',
      'CHAIRSIDE',
      '127.0.0.1',
      String(port),
      '+sd',
      folder,
    );
    expect(code).toBe(0);
    for (let number = 1; number <= 20; number++) {
      const uid = `1.2.3.4.${number}`;
      expect(
        (await store.fileOf(uid)).equals(Buffer.concat([headerOf(uid, 'SCANNER'), makeDataSet(uid, 300_000)])),
      ).toBe(true);
    }
    expect(store.origins[0]).toEqual({
      kind: 'dimse',
      remoteAddress: '127.0.0.1',
      callingAET: 'SCANNER',
      calledAET: 'CHAIRSIDE',
    });
  });

  test('in PDUs of 4 KB, and they are kept byte for byte', async () => {
    const store = await fileStore();
    const { port } = await startServer(store, { MaximumPduLength: 4096 });
    const folder = await writeInstances(1, 300_000);
    expect((await dcmtk('storescu', '-aec', 'CHAIRSIDE', '127.0.0.1', String(port), '+sd', folder)).code).toBe(0);
    expect(dataSetOf(await store.fileOf('1.2.3.4.1')).equals(makeDataSet('1.2.3.4.1', 300_000))).toBe(true);
  });

  test('as an unknown caller where only known ones may, and is told so', async () => {
    const { port, refusals } = await startServer(await fileStore(), {
      DicomAlwaysAllowStore: false,
      DicomModalities: { pano: ['PANO', '127.0.0.1', 104] },
    });
    const folder = await writeInstances(1, 1000);
    const send = (aet: string) =>
      dcmtk('storescu', '-aet', aet, '-aec', 'CHAIRSIDE', '127.0.0.1', String(port), '+sd', folder);
    expect((await send('STRANGER')).output).toContain('Calling AE Title Not Recognized');
    expect(refusals[0]?.error.message).toBe('The AE title STRANGER is not known here.');
    expect((await send('PANO')).code).toBe(0);
  });
});

const isPart10 = (file: Buffer): boolean => file.toString('latin1', 128, 132) === 'DICM';
const syntaxOf = (file: Buffer): string => {
  const at = file.indexOf(Buffer.from([2, 0, 0x10, 0, 0x55, 0x49]), 132);
  return file.toString('latin1', at + 8, at + 8 + file.readUInt16LE(at + 6)).replace(/[ \0]+$/, '');
};

describe.skipIf(corpus.length === 0)(`the corpus${sharedDataNote}`, () => {
  const files = corpus.filter(({ path, size }) => !/^(worklists|broken)\//.test(path) && size < 4_000_000);

  test('sent over a bare socket is kept byte for byte, in whatever transfer syntax', { timeout: 60_000 }, async () => {
    const store = await fileStore();
    const { port } = await startServer(store, { UnknownSopClassAccepted: true });
    const seen = new Set<string>();
    for (const { path, sop_class_uid: SOPClassUID, sop_uid: SOPInstanceUID } of files) {
      const original = await readFile(resolve(sharedData, 'corpus', path));
      if (!isPart10(original) || !SOPClassUID || !SOPInstanceUID || SOPClassUID === mediaDirectory) continue;
      const transferSyntaxes = [syntaxOf(original)];
      const association = await connect({ port, contexts: [{ id: 3, abstractSyntax: SOPClassUID, transferSyntaxes }] });
      expect(association.accepted.get(3), path).toBe(transferSyntaxes[0]);
      const dataSet = dataSetOf(original);
      expect((await association.cStore({ SOPClassUID, SOPInstanceUID, dataSet })).Status, path).toBe(0);
      expect(dataSetOf(await store.fileOf(SOPInstanceUID)).equals(dataSet), path).toBe(true);
      expect(syntaxOf(await store.fileOf(SOPInstanceUID))).toBe(transferSyntaxes[0]);
      seen.add(transferSyntaxes[0] as string);
      association.destroy();
    }
    expect(seen.size).toBeGreaterThan(15);
  });

  test.skipIf(!hasDcmtk)(`sent by dcmsend in its own syntax is taken${dcmtkNote}`, { timeout: 60_000 }, async () => {
    const store = await fileStore();
    const { port } = await startServer(store);
    const paths = files.filter(({ path }) => path.startsWith('transfer-syntaxes/')).map(corpusPath);
    const { output } = await dcmtk(
      'dcmsend',
      '-v',
      '-dn',
      '-nh',
      '-aec',
      'CHAIRSIDE',
      '127.0.0.1',
      String(port),
      ...paths,
    );
    /* Files that DCMTK itself cannot read are left out by it, and counted as bad. */
    const sent = Number(/sent to the peer *: (\d+)/.exec(output)?.[1]);
    expect(Number(/with status SUCCESS *: (\d+)/.exec(output)?.[1])).toBe(sent);
    expect(sent).toBeGreaterThan(30);
    expect((await filesIn(store.folder)).length).toBeGreaterThan(30);
  });
});

/* The PDVs of a C-STORE without their PDUs. */
const pdvsOf = (instance: ReturnType<typeof makeInstance>, messageId: number): Buffer[] =>
  makeStore({ ...instance, messageId, pduLength: 10_000 }).map((each) => each.subarray(6));

/* As many PDVs to a PDU as it holds. */
function packed(pdvs: readonly Buffer[], maximumLength = 131_072): Buffer[] {
  const groups: Buffer[][] = [[]];
  let length = 0;
  for (const pdv of pdvs) {
    if (length + pdv.length > maximumLength) {
      groups.push([]);
      length = 0;
    }
    length += pdv.length;
    groups.at(-1)?.push(pdv);
  }
  return groups.map((group) => makePdu(pdu.data, ...group));
}

const mediaDirectory = '1.2.840.10008.1.3.10';

describe('a bare socket', () => {
  test('sends images of any size, and each is kept byte for byte', async () => {
    const store = await fileStore();
    const { port } = await startServer(store);
    const association = await connect({ port });
    for (const pixelBytes of [0, 2, 130_000, 131_060, 131_066, 262_144, 600_000, 5_000_000]) {
      const instance = makeInstance(`1.2.3.5.${pixelBytes}`, pixelBytes);
      expect(await association.cStore(instance)).toMatchObject({
        Status: 0,
        AffectedSOPInstanceUID: instance.SOPInstanceUID,
      });
      expect(dataSetOf(await store.fileOf(instance.SOPInstanceUID)).equals(instance.dataSet)).toBe(true);
    }
    await association.release();
  });

  test('sends fragments of a few bytes, several in a PDU, empty ones between and last', async () => {
    const store = await fileStore();
    const { port } = await startServer(store);
    const association = await connect({ port });
    const instance = makeInstance('1.2.3.6', 5000);
    const [command] = makeStore({ ...instance, messageId: 1, pduLength: 100 });
    association.sendRaw(command as Buffer);
    const pdvs: Buffer[] = [];
    for (let at = 0; at < instance.dataSet.length; at += 7) {
      pdvs.push(makePdv(3, 0, instance.dataSet.subarray(at, at + 7)), makePdv(3, 0, Buffer.alloc(0)));
      if (pdvs.length > 40) association.sendPdu(pdu.data, ...pdvs.splice(0));
    }
    association.sendPdu(pdu.data, ...pdvs, makePdv(3, 2, Buffer.alloc(0)));
    expect((await association.nextResponse()).Status).toBe(0);
    expect(dataSetOf(await store.fileOf('1.2.3.6')).equals(instance.dataSet)).toBe(true);
    await association.release();
  });

  test('whose whole conversation comes cut in two at every byte is understood all the same', async () => {
    const store = await fileStore();
    const { port } = await startServer(store, {
      Chairside: { MaximumAssociationsPerHost: 1000, MaximumAssociations: 1000 },
    });
    const instance = makeInstance('1.2.3.7', 64);
    const bytes = Buffer.concat([
      makeRequest(),
      ...makeStore({ ...instance, messageId: 1, pduLength: 200 }),
      makePdu(pdu.release, Buffer.alloc(4)),
    ]);
    const talk = async (cut: number): Promise<void> => {
      const association = await open({ port });
      association.sendRaw(bytes.subarray(0, cut));
      await new Promise((resolve) => setTimeout(resolve, 5));
      association.sendRaw(bytes.subarray(cut));
      expect((await association.nextPdu())?.type).toBe(pdu.accept);
      expect((await association.nextResponse()).Status).toBe(0);
      expect((await association.nextPdu())?.type).toBe(pdu.released);
      association.destroy();
    };
    const cuts = Array.from({ length: bytes.length - 1 }, (_, index) => index + 1);
    while (cuts.length > 0) await Promise.all(cuts.splice(0, 50).map(talk));
    expect(store.failures).toEqual([]);
    expect(dataSetOf(await store.fileOf('1.2.3.7')).equals(instance.dataSet)).toBe(true);
  });

  test('sends byte by byte and is understood', async () => {
    const store = await fileStore();
    const { port } = await startServer(store);
    const association = await connect({ port });
    const instance = makeInstance('1.2.3.8', 600);
    for (const byte of Buffer.concat(makeStore({ ...instance, messageId: 1, pduLength: 500 })))
      await new Promise<void>((resolve) => association.socket.write(Uint8Array.of(byte), () => resolve()));
    expect((await association.nextResponse()).Status).toBe(0);
    expect(dataSetOf(await store.fileOf('1.2.3.8')).equals(instance.dataSet)).toBe(true);
    await association.release();
  });

  test('does not wait for answers: all are taken in order and answered in order', async () => {
    const seen: string[] = [];
    const files = await fileStore();
    const store = storeOf(async (stream, origin, claim) => {
      seen.push(claim?.SOPInstanceUID ?? '');
      const kept = await files.receive(stream, origin, claim);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
      return kept;
    });
    const { port } = await startServer(store);
    const association = await connect({ port });
    const instances = Array.from({ length: 60 }, (_, index) => makeInstance(`1.2.3.9.${index}`, index * 2000));
    const ids = instances.map((instance) => association.sendStore(instance));
    for (const id of ids)
      expect(await association.nextResponse()).toMatchObject({ MessageIDBeingRespondedTo: id, Status: 0 });
    expect(seen).toEqual(instances.map(({ SOPInstanceUID }) => SOPInstanceUID));
    for (const { SOPInstanceUID, dataSet } of instances)
      expect(dataSetOf(await files.fileOf(SOPInstanceUID)).equals(dataSet)).toBe(true);
    await association.release();
  });

  test('fills its PDUs without regard to messages, and the start of an image is safe in the memory of the one before', async () => {
    const store = await fileStore();
    const { port } = await startServer(store);
    const association = await connect({ port });
    /* The first ends early in the second PDU; with the start of the second image this PDU fills the first block of memory. */
    const instances = [140_000, 900_000, 60_000, 700_000].map((size, at) => makeInstance(`1.2.5.${at}`, size));
    const pdus = packed(instances.flatMap((instance, at) => pdvsOf(instance, at + 1)));
    association.sendRaw(Buffer.concat(pdus.slice(0, 2)));
    expect(await association.nextResponse()).toMatchObject({ MessageIDBeingRespondedTo: 1, Status: 0 });
    for (const each of pdus.slice(2)) {
      association.sendRaw(each);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    for (const id of [2, 3, 4])
      expect(await association.nextResponse()).toMatchObject({ MessageIDBeingRespondedTo: id, Status: 0 });
    for (const { SOPInstanceUID, dataSet } of instances)
      expect(dataSetOf(await store.fileOf(SOPInstanceUID)).equals(dataSet), SOPInstanceUID).toBe(true);
    await association.release();
  });

  test('is one of six that send at once and do not wait: no byte gets into the image of another', async () => {
    const store = await fileStore();
    const { port } = await startServer(store);
    const send = async (sender: number): Promise<void> => {
      const association = await connect({ port, callingAET: `SENDER${sender}` });
      const instances = Array.from({ length: 12 }, (_, index) =>
        makeInstance(`1.2.4.${sender}.${index}`, 50_000 * (index + sender)),
      );
      for (const instance of instances) association.sendStore(instance);
      for (const { SOPInstanceUID, dataSet } of instances) {
        expect(await association.nextResponse()).toMatchObject({ Status: 0, AffectedSOPInstanceUID: SOPInstanceUID });
        expect(dataSetOf(await store.fileOf(SOPInstanceUID)).equals(dataSet)).toBe(true);
      }
      await association.release();
      for (const { SOPInstanceUID, dataSet } of instances)
        expect(dataSetOf(await store.fileOf(SOPInstanceUID)).equals(dataSet)).toBe(true);
    };
    await Promise.all([1, 2, 3, 4, 5, 6].map(send));
  });

  test('is one of six that fill their PDUs without regard to messages, in writes of any size: every byte is right', async () => {
    const store = await fileStore();
    const { port } = await startServer(store);
    const send = async (sender: number): Promise<void> => {
      const association = await connect({ port, callingAET: `SENDER${sender}` });
      const instances = Array.from({ length: 12 }, (_, at) =>
        makeInstance(`1.2.6.${sender}.${at}`, ((at * 7919 + sender * 104_729) % 150_000) * 2),
      );
      const bytes = Buffer.concat(packed(instances.flatMap((instance, at) => pdvsOf(instance, at + 1))));
      for (let [at, step] = [0, 1000]; at < bytes.length; at += step, step = (step * 7 + sender) % 70_001) {
        association.sendRaw(bytes.subarray(at, at + step));
        await new Promise((resolve) => setImmediate(resolve));
      }
      for (const { SOPInstanceUID, dataSet } of instances) {
        expect(await association.nextResponse()).toMatchObject({ Status: 0, AffectedSOPInstanceUID: SOPInstanceUID });
        expect(dataSetOf(await store.fileOf(SOPInstanceUID)).equals(dataSet), SOPInstanceUID).toBe(true);
      }
      await association.release();
    };
    await Promise.all([1, 2, 3, 4, 5, 6].map(send));
  });

  test('asks for release before it has its answers, and gets both in order', async () => {
    const store = await fileStore();
    const { port } = await startServer(store);
    const association = await connect({ port });
    association.sendStore(makeInstance('1.2.3.10', 300_000));
    association.sendPdu(pdu.release, Buffer.alloc(4));
    association.socket.end();
    expect((await association.nextResponse()).Status).toBe(0);
    expect((await association.nextPdu())?.type).toBe(pdu.released);
  });

  test('proposes several transfer syntaxes, and the first that is taken is accepted and written into the file', async () => {
    const store = await fileStore();
    const { port } = await startServer(store, {
      AcceptedTransferSyntaxes: ['1.2.840.10008.1.2', '1.2.840.10008.1.2.4.*'],
    });
    const transferSyntaxes = [explicitLittleEndian, '1.2.3.99', '1.2.840.10008.1.2.4.70', implicitLittleEndian];
    const association = await connect({
      port,
      contexts: [{ id: 3, abstractSyntax: ctImageStorage, transferSyntaxes }],
    });
    expect(association.accepted.get(3)).toBe('1.2.840.10008.1.2.4.70');
    await association.cStore(makeInstance('1.2.3.11', 100));
    const header = headerOf('1.2.3.11', 'RAW', '1.2.840.10008.1.2.4.70');
    expect((await store.fileOf('1.2.3.11')).subarray(0, header.length).equals(header)).toBe(true);
    await association.release();
  });
});

describe('an image that cannot be kept', () => {
  const refusals: readonly [PacsErrorCode, number][] = [
    ['storage-full', 0xa700],
    ['busy', 0xa701],
    ['mismatch', 0xa900],
    ['not-dicom', 0xc000],
    ['truncated', 0xc001],
    ['missing-identifier', 0xc003],
    ['internal', 0x0110],
  ];

  test.each(refusals)(
    'because of %s is answered with status %i and the reason, and the next is taken',
    async (code, status) => {
      const files = await fileStore();
      const store = storeOf(async (stream, origin, claim) => {
        if (claim?.SOPInstanceUID !== '1.2.3.12') return files.receive(stream, origin, claim);
        for await (const chunk of stream) if (chunk.length > 0) break;
        throw new PacsError(code, 'Für dieses Bild ist kein Platz mehr auf der Platte, und der Satz ist zu lang.');
      });
      const { port } = await startServer(store);
      const association = await connect({ port });
      const response = await association.cStore(makeInstance('1.2.3.12', 3_000_000));
      expect(response.Status).toBe(status);
      expect(response.ErrorComment).toBe('Fur dieses Bild ist kein Platz mehr auf der Platte, und der S...');
      expect((await association.cStore(makeInstance('1.2.3.13', 100))).Status).toBe(0);
      await association.release();
    },
  );

  test('because of a fault of this program is answered without the words of the system, which are logged', async () => {
    const store = storeOf(async () => {
      throw new Error("ENOENT: no such file or directory, open '/archive/secret'");
    });
    const { port, lines } = await startServer(store);
    const association = await connect({ port });
    const response = await association.cStore(makeInstance('1.2.3.18', 100));
    expect(response.Status).toBe(0x0110);
    expect(response.ErrorComment).not.toMatch(/ENOENT|secret/);
    expect(lines.find((line) => line.startsWith('error An image from RAW'))).toContain("open '/archive/secret'");
    await association.release();
  });

  test('because its class is not taken is refused without reaching the archive', async () => {
    const store = await fileStore();
    const { port, refusals } = await startServer(store, { RejectedSopClasses: ['1.2.840.10008.5.1.4.1.1.7*'] });
    const association = await connect({ port });
    const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7';
    expect(
      (await association.cStore({ ...makeInstance('1.2.3.14', 50_000), SOPClassUID: secondaryCapture })).Status,
    ).toBe(0x0122);
    expect((await association.cStore({ ...makeInstance('../../etc', 50) })).Status).toBe(0xc003);
    expect(await filesIn(store.folder)).toEqual([]);
    expect(refusals.map(({ error }) => error.code)).toEqual(['refused-sop-class', 'missing-identifier']);
    await association.release();
  });

  test('because the command names another class than its presentation context is refused without reaching the archive', async () => {
    const store = await fileStore();
    const { port, refusals, lines } = await startServer(store);
    const association = await connect({ port });
    const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7';
    const send = (contextId: number, SOPClassUID: string) =>
      association.cStore({ ...makeInstance('1.2.3.19', 50_000), contextId, SOPClassUID });
    const sentence = 'The message is of another class than its presentation context.';
    expect(await send(3, secondaryCapture)).toMatchObject({ Status: 0x0122, ErrorComment: sentence });
    expect(await send(1, ctImageStorage)).toMatchObject({ Status: 0x0122, ErrorComment: sentence });
    expect(await filesIn(store.folder)).toEqual([]);
    expect(refusals.map(({ error }) => error.message)).toContain(sentence);
    expect(lines.some((line) => line.startsWith('warn ') && line.endsWith(sentence))).toBe(true);
    expect((await send(3, ctImageStorage)).Status).toBe(0);
    await association.release();
  });

  test('because its sender may verify only is refused in the context of the verification too', async () => {
    const store = await fileStore();
    const { port } = await startServer(store, { DicomAlwaysAllowStore: false });
    const association = await connect({ port });
    expect([...association.results]).toEqual([
      [1, 0],
      [3, 1],
    ]);
    expect((await association.cStore({ ...makeInstance('1.2.3.20', 100), contextId: 1 })).Status).toBe(0x0122);
    expect(await filesIn(store.folder)).toEqual([]);
    await association.release();
  });

  test('because the command says that no data set follows is refused', async () => {
    const { port } = await startServer(await fileStore());
    const association = await connect({ port });
    const values = { 0x0002: ctImageStorage, 0x0100: 1, 0x0110: 5, 0x0700: 0, 0x0800: 0x0101, 0x1000: '1.2.3' };
    association.sendPdu(pdu.data, makePdv(3, 3, makeCommand(values)));
    expect((await association.nextResponse()).Status).toBe(0xc004);
    await association.release();
  });
});

describe('an association that breaks off in the middle of an image', () => {
  const breaks = {
    'by an abort': (socket) => socket.write(makePdu(pdu.abort, Buffer.from([0, 0, 0, 0]))),
    'by a lost connection': (socket) => socket.resetAndDestroy(),
    'by a closed connection': (socket) => socket.end(),
    'by a release': (socket) => socket.write(makePdu(pdu.release, Buffer.alloc(4))),
    'by another command': (socket) =>
      socket.write(makePdu(pdu.data, makePdv(3, 3, makeCommand({ 0x0100: 1, 0x0110: 1 })))),
  } satisfies Record<string, (socket: Awaited<ReturnType<typeof connect>>['socket']) => unknown>;

  test.each(Object.entries(breaks))('%s leaves nothing behind', async (_, breakOff) => {
    const store = await fileStore();
    const { port, server } = await startServer(store);
    const association = await connect({ port });
    const pdus = makeStore({ ...makeInstance('1.2.3.15', 2_000_000), messageId: 1, pduLength: 65_536 });
    for (const each of pdus.slice(0, -3)) association.sendRaw(each);
    await until(async () => (await filesIn(store.folder)).length === 1);
    breakOff(association.socket);
    await until(() => store.failures.length === 1);
    association.destroy();
    expect(store.failures[0]?.code).toBe('aborted');
    expect(await filesIn(store.folder)).toEqual([]);
    await until(() => server.counts().connections === 0);
  });
});

describe('a slow archive', () => {
  test('holds back a sender of 200 MB: memory stays bounded, every byte arrives', async () => {
    let [bytes, sum] = [0, 0];
    const store = storeOf(async (stream, _, claim) => {
      for await (const chunk of stream) {
        bytes += chunk.length;
        sum = (sum + (chunk[0] as number) + (chunk.at(-1) as number)) >>> 0;
        if (bytes % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
        await new Promise((resolve) => setImmediate(resolve));
      }
      return receipt(claim);
    });
    const { port } = await startServer(store);
    const association = await connect({ port });
    const dataSet = Buffer.concat([makeDataSet('1.2.3.16', 0), Buffer.alloc(1024 * 1024, 7)]);
    const [command, ...body] = makeStore({ ...makeInstance('1.2.3.16', 0), dataSet, messageId: 1, pduLength: 131_072 });
    association.sendRaw(command as Buffer);
    const more = body.map((each) => {
      const copy = Buffer.from(each);
      copy[11] = 0;
      return copy;
    });
    const before = process.memoryUsage();
    let highest = 0;
    let sent = 0;
    for (let round = 0; round < 200; round++)
      for (const each of more) {
        if (!association.socket.write(each)) await new Promise((resolve) => association.socket.once('drain', resolve));
        sent += each.length - 12;
        const { arrayBuffers } = process.memoryUsage();
        highest = Math.max(highest, arrayBuffers - before.arrayBuffers);
      }
    association.sendPdu(pdu.data, makePdv(3, 2, Buffer.alloc(0)));
    expect((await association.nextResponse()).Status).toBe(0);
    expect(bytes).toBe(sent + headerOf('1.2.3.16', 'RAW').length);
    expect(sent).toBeGreaterThan(200 * 1024 * 1024);
    expect(highest).toBeLessThan(80 * 1024 * 1024);
    await association.release();
  });

  test('that takes nothing for a while stops the sender', async () => {
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const files = await fileStore();
    const store = storeOf(async (stream, origin, claim) => {
      await gate;
      return files.receive(stream, origin, claim);
    });
    const { port } = await startServer(store, { DicomScpTimeout: 0.3 });
    const instance = makeInstance('1.2.3.17', 40_000_000);
    const association = await connect({ port });
    association.sendStore(instance);
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(association.socket.writableLength).toBeGreaterThan(20_000_000);
    go();
    expect((await association.nextResponse()).Status).toBe(0);
    expect(dataSetOf(await files.fileOf('1.2.3.17')).equals(instance.dataSet)).toBe(true);
    await association.release();
  });
});
