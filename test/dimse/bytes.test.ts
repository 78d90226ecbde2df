/** The small tools below the conversations: queues of bytes, command sets, status codes, wildcards. */
import { describe, expect, test } from 'vitest';
import { blockSize, createBlockPool } from '#main/dimse/block-pool.ts';
import { ByteQueue } from '#main/dimse/byte-queue.ts';
import { readCommand, writeCommand } from '#main/dimse/command.ts';
import { abort, dataPdus } from '#main/dimse/pdu.ts';
import { createPlaces } from '#main/dimse/places.ts';
import { ReceivedBytes } from '#main/dimse/received-bytes.ts';
import { errorComment } from '#main/dimse/status.ts';
import { matcher } from '#main/dimse/wildcard.ts';

describe('ByteQueue', () => {
  test('keeps large pieces as they are and gathers crumbs', () => {
    const queue = new ByteQueue();
    const large = Buffer.alloc(10_000, 1);
    queue.push(large);
    for (let count = 0; count < 5000; count++) queue.push(Buffer.of(count & 255));
    expect(queue.length).toBe(15_000);
    const pieces = queue.slices(15_000);
    expect(pieces[0]).toBe(large);
    expect(pieces.length).toBe(2);
    expect(Buffer.concat(pieces.slice(1)).every((byte, at) => byte === (at & 255))).toBe(true);
    expect(queue.length).toBe(0);
  });

  test('hands out views that later bytes do not touch', () => {
    const queue = new ByteQueue();
    queue.push(Buffer.from('abc'));
    const first = queue.take(2);
    queue.push(Buffer.from('def'));
    expect([first.toString(), queue.take(4).toString()]).toEqual(['ab', 'cdef']);
    expect(() => queue.take(1)).toThrow(RangeError);
  });
});

test('ReceivedBytes uses no block again before recycle, and then uses them', () => {
  const lent: Buffer[] = [];
  const pool = createBlockPool(8);
  const bytes = new ReceivedBytes({ ...pool, lend: () => (lent.push(pool.lend()), lent.at(-1) as Buffer) });
  const fill = (value: number): void => {
    const room = bytes.room();
    room.fill(value);
    bytes.received(room.length);
  };
  for (const value of [1, 2, 3]) fill(value);
  const views = bytes.slices(3 * blockSize);
  fill(4);
  expect(views.map((view) => [view[0], view.at(-1), view.length])).toEqual(
    [1, 2, 3].map((value) => [value, value, blockSize]),
  );
  expect(new Set(lent).size).toBe(4);
  bytes.recycle();
  bytes.take(blockSize);
  for (const value of [5, 6, 7]) fill(value);
  expect(new Set(lent).size).toBe(4);
});

describe('command sets', () => {
  test('are read as they were written, padded to even lengths, with their group length', () => {
    const bytes = writeCommand({
      AffectedSOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
      CommandField: 1,
      MessageID: 65_535,
      CommandDataSetType: 1,
      AffectedSOPInstanceUID: '1.2.3',
    });
    expect(bytes.readUInt32LE(8)).toBe(bytes.length - 12);
    expect(readCommand(bytes)).toEqual({
      CommandField: 1,
      MessageID: 65_535,
      CommandDataSetType: 1,
      hasDataSet: true,
      AffectedSOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
      AffectedSOPInstanceUID: '1.2.3',
    });
  });

  test('that are cut anywhere are refused with an abort, never with another error', () => {
    const bytes = writeCommand({
      CommandField: 1,
      MessageID: 1,
      CommandDataSetType: 1,
      AffectedSOPInstanceUID: '1.2.3',
    });
    for (let end = 0; end < bytes.length; end++)
      try {
        readCommand(bytes.subarray(0, end));
      } catch (error) {
        expect(error).toMatchObject({ code: 'aborted', abort: abort.invalidParameter });
      }
  });
});

test('P-DATA PDUs are no longer than the other side takes', () => {
  const value = Buffer.alloc(1000, 9);
  const pdus = dataPdus(5, 'command', value, 512);
  expect([pdus.readUInt32BE(2), pdus[10], pdus[11]]).toEqual([512, 5, 1]);
  expect([pdus.readUInt32BE(518 + 2), pdus[518 + 11]]).toEqual([500, 3]);
  expect(dataPdus(5, 'command', value, 0).length).toBe(1012);
  expect(dataPdus(5, 'data set', Buffer.alloc(0), 512).length).toBe(12);
});

test('An error comment has 64 characters of the default repertoire', () => {
  expect(errorComment('Kurz und gut.')).toBe('Kurz und gut.');
  expect(errorComment('Platte \\ voll: 山田 é')).toBe('Platte ? voll: ?? e');
  expect(errorComment('x'.repeat(65))).toBe(`${'x'.repeat(61)}...`);
});

test('Wildcards stand for any run and any one character, all else for itself', () => {
  const isMatch = matcher(['1.2.*', '9?', '(a)+']);
  expect(['1.2.', '1.2.3', '90', '(a)+'].every(isMatch)).toBe(true);
  expect(['1x2.3', '9', '900', 'aa', ''].some(isMatch)).toBe(false);
});

test('Places are counted in all and by address', () => {
  const places = createPlaces(3, 2);
  const taken = ['a', 'a', 'a', 'b'].map((address) => places.take(address));
  expect(taken.map(({ refusal }) => refusal !== undefined)).toEqual([false, false, true, true]);
  expect(places.taken).toBe(4);
  for (const place of taken) place.leave();
  expect(places.take('a').refusal).toBeUndefined();
});
