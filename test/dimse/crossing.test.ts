/** Requests that cross ours, and roles that were not agreed: nothing waits for ever, and no right is got around. */
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { AssociationEnd } from '#main/dimse/association-end.ts';
import type { Exchange } from '#main/dimse/exchange.ts';
import type { Service } from '#main/dimse/service.ts';
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
} from '../support/raw-association.ts';
import { fileStore, makeDataSet, startServer, until } from './support.ts';

const find = '1.2.840.10008.5.1.4.1.2.2.1';
const contexts = [
  { id: 1, abstractSyntax: verification, transferSyntaxes: [implicitLittleEndian] },
  { id: 3, abstractSyntax: ctImageStorage, transferSyntaxes: ['1.2.840.10008.1.2.1'] },
  { id: 5, abstractSyntax: find, transferSyntaxes: [implicitLittleEndian] },
];

/** A server with one service that answers as `serve` says. */
async function startWith(serve: (exchange: Exchange) => Promise<void>) {
  const service: Service = {
    name: 'Test',
    sopClasses: [{ uid: find, name: 'Study Root FIND' }],
    operation: 'Find',
    commands: [0x20],
    serve,
  };
  return startServer(await fileStore(), { DicomAlwaysAllowFind: true, DicomScpTimeout: 2 }, 1, () => [service]);
}

const sendFind = (association: RawAssociation, messageId: number): void =>
  association.sendRaw(
    Buffer.concat([
      makePdu(
        pdu.data,
        makePdv(5, 3, makeCommand({ 0x0002: find, 0x0100: 0x20, 0x0110: messageId, 0x0700: 0, 0x0800: 1 })),
      ),
      makePdu(pdu.data, makePdv(5, 2, Buffer.alloc(8))),
    ]),
  );

const ourRequest = { CommandField: 0x100, AffectedSOPClassUID: find, EventTypeID: 1 };

/* The values of CommandField that come, in their order. */
const heard = async (association: RawAssociation, count: number): Promise<number[]> => {
  const fields: number[] = [];
  while (fields.length < count) fields.push((await association.nextResponse()).CommandField);
  return fields;
};

test('a request in place of the answer to ours ends the waiting for it, not the service', async () => {
  const thrown: unknown[] = [];
  const { port, server } = await startWith(async (exchange) => {
    if (exchange.command.MessageID === 1) await exchange.request(5, ourRequest).catch((error) => thrown.push(error));
    await exchange.respond({ Status: 0 });
  });
  const association = await connect({ port, contexts });
  sendFind(association, 1);
  expect(await heard(association, 1)).toEqual([0x100]);
  sendFind(association, 2);
  expect(await heard(association, 2)).toEqual([0x8020, 0x8020]);
  expect(thrown).toEqual([expect.any(AssociationEnd)]);
  await association.release();
  await until(() => server.counts().connections === 0);
});

test('where a request waits already, none of ours is sent', async () => {
  const thrown: unknown[] = [];
  const { port } = await startWith(async (exchange) => {
    if (exchange.command.MessageID === 1) {
      await wait(200);
      await exchange.request(5, ourRequest).catch((error) => thrown.push(error));
    }
    await exchange.respond({ Status: 0 });
  });
  const association = await connect({ port, contexts });
  sendFind(association, 1);
  sendFind(association, 2);
  expect(await heard(association, 2)).toEqual([0x8020, 0x8020]);
  expect(thrown).toEqual([expect.any(AssociationEnd)]);
  await association.release();
});

test('who vanishes behind a request in place of an answer holds no connection', async () => {
  const { port, server } = await startWith(async (exchange) => {
    if (exchange.command.MessageID === 1) await exchange.request(5, ourRequest);
    await exchange.respond({ Status: 0 });
  });
  const association = await connect({ port, contexts });
  sendFind(association, 1);
  expect(await heard(association, 1)).toEqual([0x100]);
  sendFind(association, 2);
  await wait(100);
  association.destroy();
  await until(() => server.counts().connections === 0);
});

test('who may only fetch stores nothing, whatever role it proposes', async () => {
  const store = await fileStore();
  const { port } = await startServer(store, { DicomAlwaysAllowStore: false, DicomAlwaysAllowGet: true });
  const uid = Buffer.from(ctImageStorage);
  for (const roles of [
    [1, 1],
    [0, 1],
  ]) {
    const selection = Buffer.concat([Buffer.from([0, uid.length]), uid, Buffer.from(roles)]);
    const association = await connect({ port, contexts, userItems: [[0x54, selection]] });
    const dataSet = makeDataSet('1.2.3.4', 1000);
    const { Status } = await association.cStore({ SOPClassUID: ctImageStorage, SOPInstanceUID: '1.2.3.4', dataSet });
    expect(Status).toBe(0x0124);
    await association.release();
  }
  expect(store.origins).toEqual([]);
});
