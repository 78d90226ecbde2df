/** A sender in a process of its own: several associations at once, every PDU made before the clock starts. Prints the seconds. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { ctSeries, type BenchImage } from './data.ts';

const [port, AETitle = '', ...numbers] = process.argv.slice(2);
const [associations = 8, images = 250, firstSeries = 0] = numbers.map(Number);
const maximumPdu = 16_384;

function item(type: number, body: Buffer): Buffer {
  const head = Buffer.from([type, 0, body.length >> 8, body.length & 255]);
  return Buffer.concat([head, body]);
}

function associateRequest(): Buffer {
  const context = Buffer.concat([
    Buffer.from([1, 0, 0, 0]),
    item(0x30, Buffer.from('1.2.840.10008.5.1.4.1.1.2')),
    item(0x40, Buffer.from('1.2.840.10008.1.2.1')),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(maximumPdu);
  const user = Buffer.concat([item(0x51, length), item(0x52, Buffer.from('2.25.1'))]);
  const body = Buffer.concat([
    Buffer.from([0, 1, 0, 0]),
    Buffer.from(AETitle.padEnd(16)),
    Buffer.from('BENCH'.padEnd(16)),
    Buffer.alloc(32),
    item(0x10, Buffer.from('1.2.840.10008.3.1.1.1')),
    item(0x20, context),
    item(0x50, user),
  ]);
  return pdu(1, body);
}

function pdu(type: number, body: Buffer): Buffer {
  const head = Buffer.alloc(6);
  head[0] = type;
  head.writeUInt32BE(body.length, 2);
  return Buffer.concat([head, body]);
}

function pdv(flags: number, bytes: Buffer): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt32BE(bytes.length + 2, 0);
  head[4] = 1;
  head[5] = flags;
  return pdu(4, Buffer.concat([head, bytes]));
}

function commandElement(number: number, value: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(number, 2);
  head.writeUInt32LE(value.length, 4);
  return Buffer.concat([head, value]);
}

const short = (value: number): Buffer => Buffer.from([value & 255, value >> 8]);
const uid = (text: string): Buffer => Buffer.from(text.length % 2 ? `${text}\0` : text);

function storeRequest({ SOPClassUID, SOPInstanceUID, dataSet }: BenchImage, messageId: number): Buffer {
  const elements = Buffer.concat([
    commandElement(0x0002, uid(SOPClassUID)),
    commandElement(0x0100, short(1)),
    commandElement(0x0110, short(messageId)),
    commandElement(0x0700, short(0)),
    commandElement(0x0800, short(0)),
    commandElement(0x1000, uid(SOPInstanceUID)),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(elements.length);
  const parts = [pdv(3, Buffer.concat([commandElement(0, length), elements]))];
  const chunk = maximumPdu - 6;
  for (let at = 0; at < dataSet.length; at += chunk)
    parts.push(pdv(at + chunk >= dataSet.length ? 2 : 0, dataSet.subarray(at, at + chunk)));
  return Buffer.concat(parts);
}

/** Reads whole PDUs from a socket. */
async function* pdus(socket: Socket): AsyncGenerator<Buffer> {
  let buffer: Buffer = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    buffer = buffer.length ? Buffer.concat([buffer, chunk]) : chunk;
    while (buffer.length >= 6 && buffer.length >= 6 + buffer.readUInt32BE(2)) {
      const end = 6 + buffer.readUInt32BE(2);
      yield buffer.subarray(0, end);
      buffer = buffer.subarray(end);
    }
  }
}

function statusOf(response: Buffer): number {
  const at = response.indexOf(Buffer.from([0, 0, 0, 9, 2, 0, 0, 0]));
  if (at < 0) throw new Error(`no C-STORE response, PDU type ${response[0]}`);
  return response.readUInt16LE(at + 8);
}

async function open(): Promise<{ socket: Socket; next: () => Promise<Buffer> }> {
  const socket = connect(Number(port), '127.0.0.1').setNoDelay(true);
  await once(socket, 'connect');
  const reader = pdus(socket);
  const next = async (): Promise<Buffer> => {
    const { value, done } = await reader.next();
    if (done) throw new Error('the server closed the connection');
    return value;
  };
  socket.write(associateRequest());
  if ((await next())[0] !== 2) throw new Error('the association was not accepted');
  return { socket, next };
}

const requests = Array.from({ length: associations }, (_, series) =>
  ctSeries(series + firstSeries, images, 64, 62).map((image, at) => storeRequest(image, at + 1)),
);
const start = performance.now();
await Promise.all(
  requests.map(async (messages) => {
    const { socket, next } = await open();
    for (const message of messages) {
      socket.write(message);
      const status = statusOf(await next());
      if (status !== 0) throw new Error(`status 0x${status.toString(16)}`);
    }
    socket.write(pdu(5, Buffer.alloc(4)));
    await next();
    socket.destroy();
  }),
);
console.log((performance.now() - start) / 1000);
