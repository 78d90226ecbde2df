/** Thousands of damaged conversations, the same ones each time: the door neither falls nor keeps anything of them. */
import { expect, test } from 'vitest';
import { connect, makePdu, makeRequest, makeStore, open, pdu } from '../support/raw-association.ts';
import { fileStore, filesIn, makeInstance, startServer, until } from './support.ts';

/* Mulberry32: small, and the same on every machine. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const interesting = [0, 1, 2, 3, 4, 5, 6, 7, 0x10, 0x20, 0x40, 0x7f, 0x80, 0xfe, 0xff];

/** Changes, cuts out, doubles or swaps a few bytes. */
function damage(original: Buffer, next: () => number): Buffer {
  let bytes = Buffer.from(original);
  const at = (length: number): number => Math.floor(next() * Math.max(1, length));
  for (let count = 1 + at(4); count > 0; count--) {
    const place = at(bytes.length);
    const kind = at(5);
    if (kind < 2) bytes[place] = kind === 0 ? at(256) : (interesting[at(interesting.length)] as number);
    else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 1 + at(16))]);
    else if (kind === 3)
      bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(place, place + at(64)), bytes.subarray(place)]);
    else bytes = bytes.subarray(0, place);
    if (bytes.length === 0) bytes = Buffer.from(original.subarray(0, 1));
  }
  return bytes;
}

test('2000 damaged conversations', { timeout: 120_000 }, async () => {
  const store = await fileStore();
  const { port, server, lines } = await startServer(store, {
    DicomScpTimeout: 2,
    Chairside: { AssociationRequestTimeout: 2 },
  });
  const instance = makeInstance('1.2.3', 300);
  const request = makeRequest();
  const talk = Buffer.concat([
    ...makeStore({ ...instance, messageId: 1, pduLength: 200 }),
    makePdu(pdu.release, Buffer.alloc(4)),
  ]);
  const next = random(20_261_121);

  const once = async (number: number): Promise<void> => {
    const association = await open({ port });
    const isLateDamage = number % 4 > 0;
    association.sendRaw(isLateDamage ? request : damage(request, next));
    association.sendRaw(isLateDamage ? damage(talk, next) : talk);
    association.socket.end();
    await association.closed();
  };
  const numbers = Array.from({ length: 2000 }, (_, index) => index);
  const batch = async (): Promise<void> => {
    while (numbers.length > 0) await Promise.all(numbers.splice(0, 20).map(once));
  };
  await batch();
  await until(() => server.counts().connections === 0);
  expect(server.counts().served).toBe(2000);
  expect(lines.filter((line) => line.startsWith('error'))).toEqual([]);

  /* Timers of ended associations and their sockets are gone; the test's own server remains. */
  const left = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap');
  expect(left.length).toBeLessThan(3);
  /* What an uncut, undamaged rest of a conversation stored is allowed; parts of files are not. */
  const kept = await Promise.all((await filesIn(store.folder)).map((name) => store.fileOf(name)));
  expect(kept.length).toBeLessThan(50);

  const association = await connect({ port });
  expect((await association.cStore(makeInstance('1.2.3.4', 1000))).Status).toBe(0);
  await association.release();
});
