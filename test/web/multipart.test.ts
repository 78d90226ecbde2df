/** Multipart bodies, written and read: chunk borders anywhere, hostile input, bounds. */
import { describe, expect, test } from 'vitest';
import { parseMediaType } from '#main/web/accept.ts';
import { multipartRelated, type Part } from '#main/web/multipart.ts';
import { checkedBoundary, readMultipart } from '#main/web/multipart-reader.ts';

async function* inChunks(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

async function readAll(text: string | Uint8Array, boundary: string, length = 7) {
  const parts: { headers: Record<string, string>; body: Buffer }[] = [];
  for await (const part of readMultipart(inChunks(Buffer.from(text as string), length), boundary))
    parts.push({ headers: Object.fromEntries(part.headers), body: await collect(part.body) });
  return parts;
}

const part = (body: Uint8Array): Part => ({
  headers: { 'Content-Type': 'application/dicom' },
  length: body.length,
  body: () => [body],
});

describe('multipart', () => {
  const bodies = [
    Buffer.from('first'),
    Buffer.from(''),
    Buffer.from('--\r\n--bound\r\n\r\n--'),
    Buffer.alloc(300_000, 13),
  ];

  test.each([1, 2, 3, 17, 64, 1000, 65_536, 1 << 22])(
    'what is written is read again, %i bytes a chunk',
    async (length) => {
      const written = multipartRelated('application/dicom', bodies.map(part));
      const boundary = parseMediaType(written.headers['Content-Type'] ?? '').parameters.get('boundary') ?? '';
      const bytes = await collect(written.chunks());
      expect(bytes.length).toBe(Number(written.headers['Content-Length']));
      const parts = await readAll(bytes, boundary, length);
      expect(parts.map(({ body }) => body.equals(bodies[parts.findIndex((one) => one.body === body)]!))).toEqual([
        true,
        true,
        true,
        true,
      ]);
      expect(parts[0]?.headers).toEqual({ 'content-type': 'application/dicom' });
    },
  );

  test('preamble, epilogue, padding and parts without headers are allowed', async () => {
    const parts = await readAll('preamble\r\n--b \t\r\n\r\none\r\n--b\r\nX: y\r\n\r\ntwo\r\n--b-- \r\nepilogue', 'b');
    expect(parts.map(({ body }) => body.toString())).toEqual(['one', 'two']);
  });

  test('a body left half read does not disturb the next part', async () => {
    const text = `--b\r\n\r\n${'x'.repeat(5000)}\r\n--b\r\n\r\nsecond\r\n--b--`;
    const found: string[] = [];
    for await (const one of readMultipart(inChunks(Buffer.from(text), 100), 'b')) {
      for await (const chunk of one.body) {
        found.push(Buffer.from(chunk).toString());
        break;
      }
      await one.finished;
    }
    expect(found.at(-1)).toBe('second');
  });

  test.each([
    ['--b\r\n\r\nends here', 'truncated'],
    ['--b\r\nContent-Type: application/dicom', 'truncated'],
    ['--b', 'truncated'],
    ['', 'truncated'],
    ['--b\r\n\r\none\r\n--b', 'truncated'],
    ['--bX\r\n\r\none\r\n--b--', 'bad-request'],
    ['--b\r\nno colon\r\n\r\none\r\n--b--', 'bad-request'],
    [`--b\r\n${'a: b\r\n'.repeat(5000)}\r\none\r\n--b--`, 'bad-request'],
    ['x'.repeat(100_000), 'bad-request'],
    [`--b${' '.repeat(1000)}\r\n\r\none\r\n--b--`, 'bad-request'],
  ])('malformed body %#', async (text, code) => {
    await expect(readAll(text, 'b', 1000)).rejects.toMatchObject({ code });
  });

  test('boundaries are checked', () => {
    expect(checkedBoundary("0'()+_,-./:=? z")).toBe("0'()+_,-./:=? z");
    for (const boundary of [undefined, '', 'x'.repeat(71), 'ends in space ', 'line\r\nbreak', 'ä'])
      expect(() => checkedBoundary(boundary)).toThrow(expect.objectContaining({ code: 'bad-request' }));
  });

  test('a large part passes through in bounded memory', async () => {
    const chunk = Buffer.alloc(1 << 20, 45);
    async function* source() {
      yield Buffer.from('--b\r\n\r\n');
      for (let i = 0; i < 256; i++) yield chunk;
      yield Buffer.from('\r\n--b--');
    }
    let [length, largest] = [0, 0];
    for await (const one of readMultipart(source(), 'b'))
      for await (const bytes of one.body) [length, largest] = [length + bytes.length, Math.max(largest, bytes.length)];
    expect(length).toBe(256 << 20);
    expect(largest).toBeLessThan(3 << 20);
  });
});
