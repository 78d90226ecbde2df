/** The socket reader on real sockets: it waits, stops and goes on, and says when the other side is silent. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createBlockPool } from '#main/dimse/block-pool.ts';
import { SocketReader } from '#main/dimse/socket-reader.ts';
import { until } from './support.ts';

async function pair(idleSeconds: number): Promise<{ reader: SocketReader; other: Socket }> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const other = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  const [socket] = await accepted;
  const reader = new SocketReader(socket, idleSeconds, createBlockPool(8));
  onTestFinished(() => {
    other.destroy();
    reader.socket.destroy();
    server.close();
  });
  return { reader, other };
}

test('Bytes are given in the order in which they came, across blocks, and memory is used again after recycle', async () => {
  const { reader, other } = await pair(0);
  const sent = Buffer.from(Array.from({ length: 3_000_000 }, (_, at) => (at * 7 + (at >> 12)) & 255));
  other.write(sent);
  const got: Buffer[] = [];
  for (let left = sent.length, step = 1; left > 0; step = (step * 3) % 100_003) {
    const count = Math.min(left, step);
    await reader.ready(count);
    got.push(...reader.slices(count).map((view) => Buffer.from(view)));
    reader.recycle();
    left -= count;
  }
  expect(Buffer.concat(got).equals(sent)).toBe(true);
  expect(() => reader.take(1)).toThrow(RangeError);
});

test('Who does not read is not waited for without end: drained tells of silence', async () => {
  const { reader, other } = await pair(0.2);
  reader.socket.write(Buffer.alloc(30_000_000));
  await expect(reader.drained()).rejects.toMatchObject({ code: 'aborted', abort: { source: 2, reason: 0 } });
  other.destroy();
});

test('Who reads late is waited for', async () => {
  const { reader, other } = await pair(30);
  reader.socket.write(Buffer.alloc(30_000_000));
  let isDrained = false;
  const drained = reader.drained().then(() => (isDrained = true));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(isDrained).toBe(false);
  other.resume();
  await drained;
});

test('A sender is stopped at the high-water mark and goes on when bytes are taken', async () => {
  const { reader, other } = await pair(0);
  const sent = 40_000_000;
  other.write(Buffer.alloc(sent));
  await until(() => reader.socket.bytesRead >= 2 * 1024 * 1024);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(reader.socket.bytesRead).toBeLessThan(4 * 1024 * 1024);
  expect(other.writableLength).toBeGreaterThan(0);
  for (let left = sent; left > 0; left -= 1_000_000) {
    await reader.ready(1_000_000);
    reader.take(1_000_000);
    reader.recycle();
  }
  expect(reader.socket.bytesRead).toBe(sent);
});

test('More is waited for than the high-water mark when it is asked for', async () => {
  const { reader, other } = await pair(0);
  other.write(Buffer.alloc(5_000_000));
  await reader.ready(5_000_000);
  expect(reader.take(5_000_000).length).toBe(5_000_000);
});

test('What lies here can still be taken when the other side is gone, no more than that', async () => {
  const { reader, other } = await pair(0);
  other.end(Buffer.from('last words'));
  await reader.ready(10);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(reader.take(10).toString()).toBe('last words');
  await expect(reader.ready(1)).rejects.toMatchObject({ code: 'aborted' });
});

test('Who spoke while this program stood still is not called silent', async () => {
  const { reader, other } = await pair(0.1);
  const waiting = reader.ready(5);
  await new Promise<void>((resolve) => other.write('here.', () => resolve()));
  for (const end = Date.now() + 200; Date.now() < end;);
  await waiting;
  expect(reader.take(5).toString()).toBe('here.');
});
