/** A bare DICOM peer in a process of its own, which keeps nothing: `get PORT AET STUDY` fetches with C-GET and prints the seconds, `sink PORT` takes what is sent. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

const [mode, port, AETitle = '', StudyInstanceUID = ''] = process.argv.slice(2);
const maximumPdu = 131_072;
const [ctImage, explicitLittleEndian] = ['1.2.840.10008.5.1.4.1.1.2', '1.2.840.10008.1.2.1'];
const studyRootGet = '1.2.840.10008.5.1.4.1.2.2.3';
const [storeRequest, getRequest, response] = [0x0001, 0x0010, 0x8000];

function item(type: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([type, 0, body.length >> 8, body.length & 255]), body]);
}

function pdu(type: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.from([type, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(body.length, 2);
  return Buffer.concat([head, body]);
}

function pdv(contextId: number, flags: number, bytes: Uint8Array): Buffer {
  const head = Buffer.from([0, 0, 0, 0, contextId, flags]);
  head.writeUInt32BE(bytes.length + 2, 0);
  return pdu(4, head, bytes);
}

function element(group: number, number: number, value: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(number, 2);
  head.writeUInt32LE(value.length, 4);
  return Buffer.concat([head, value]);
}

const short = (value: number): Buffer => Buffer.from([value & 255, value >> 8]);
const uid = (text: string): Buffer => Buffer.from(text.length % 2 ? `${text}\0` : text);

function command(values: readonly (readonly [number, Uint8Array])[]): Buffer {
  const body = Buffer.concat(values.map(([number, value]) => element(0, number, value)));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([element(0, 0, length), body]);
}

const userInformation = (...more: readonly Buffer[]): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(maximumPdu);
  return item(0x50, item(0x51, length), item(0x52, Buffer.from('2.25.1')), ...more);
};

function associateRequest(): Buffer {
  const context = (id: number, abstractSyntax: string, transferSyntax: string): Buffer =>
    item(
      0x20,
      Buffer.from([id, 0, 0, 0]),
      item(0x30, Buffer.from(abstractSyntax)),
      item(0x40, Buffer.from(transferSyntax)),
    );
  const role = item(0x54, short(ctImage.length).swap16(), Buffer.from(ctImage), Buffer.from([0, 1]));
  return pdu(
    1,
    Buffer.from([0, 1, 0, 0]),
    Buffer.from(AETitle.padEnd(16) + 'BENCH'.padEnd(16)),
    Buffer.alloc(32),
    item(0x10, Buffer.from('1.2.840.10008.3.1.1.1')),
    context(1, studyRootGet, '1.2.840.10008.1.2'),
    context(3, ctImage, explicitLittleEndian),
    userInformation(role),
  );
}

/* Takes every context with its first transfer syntax. */
function associateAccept(body: Buffer): Buffer {
  const contexts: Buffer[] = [];
  for (let at = 68; at < body.length; at += 4 + body.readUInt16BE(at + 2)) {
    if (body[at] !== 0x20) continue;
    const end = at + 4 + body.readUInt16BE(at + 2);
    for (let inner = at + 8; inner < end; inner += 4 + body.readUInt16BE(inner + 2)) {
      if (body[inner] !== 0x40) continue;
      const syntax = body.subarray(inner, inner + 4 + body.readUInt16BE(inner + 2));
      contexts.push(item(0x21, Buffer.from([body[at + 4]!, 0, 0, 0]), syntax));
      break;
    }
  }
  return pdu(2, body.subarray(0, 68), item(0x10, Buffer.from('1.2.840.10008.3.1.1.1')), ...contexts, userInformation());
}

/** Reads PDUs from a socket; the values of data sets are passed over as they come. */
class Wire {
  readonly #socket: Socket;
  readonly #take: (type: number, body: Buffer) => void;
  readonly #ended: (contextId: number) => void;
  #rest: Buffer = Buffer.alloc(0);
  #toSkip = 0;
  #last = -1;

  constructor(socket: Socket, take: (type: number, body: Buffer) => void, ended: (contextId: number) => void) {
    this.#socket = socket.setNoDelay();
    this.#take = take;
    this.#ended = ended;
    socket.on('data', (chunk: Buffer) => this.#feed(chunk));
    socket.on('error', () => undefined);
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  #feed(chunk: Buffer): void {
    let bytes = chunk;
    while (bytes.length > 0) {
      if (this.#toSkip > 0) {
        const skipped = Math.min(this.#toSkip, bytes.length);
        this.#toSkip -= skipped;
        bytes = bytes.subarray(skipped);
        if (this.#toSkip === 0 && this.#last >= 0) this.#ended(this.#last);
        continue;
      }
      this.#rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
      bytes = this.#whole();
    }
  }

  /* What is left once no whole head is there any more is kept. */
  #whole(): Buffer {
    const bytes = this.#rest;
    this.#rest = Buffer.alloc(0);
    const length = bytes.length >= 12 ? bytes.readUInt32BE(2) : 0;
    const isData = bytes.length >= 12 && bytes[0] === 4 && (bytes[11]! & 1) === 0;
    if (isData) {
      this.#toSkip = length - 6;
      this.#last = bytes[11]! & 2 ? bytes[10]! : -1;
      return bytes.subarray(12);
    }
    const end = bytes.length >= 6 ? 6 + bytes.readUInt32BE(2) : Infinity;
    if (bytes.length >= end) {
      this.#take(bytes[0]!, bytes.subarray(6, end));
      return bytes.subarray(end);
    }
    this.#rest = bytes;
    return Buffer.alloc(0);
  }
}

function readCommand(body: Buffer): Map<number, Buffer> {
  const values = new Map<number, Buffer>();
  for (let at = 6; at < body.length; at += 8 + body.readUInt32LE(at + 4))
    values.set(body.readUInt16LE(at + 2), body.subarray(at + 8, at + 8 + body.readUInt32LE(at + 4)));
  return values;
}

function storeResponse(request: Map<number, Buffer>): Buffer {
  return command([
    [0x0002, request.get(0x0002)!],
    [0x0100, short(storeRequest | response)],
    [0x0120, request.get(0x0110)!],
    [0x0800, short(0x0101)],
    [0x0900, short(0)],
    [0x1000, request.get(0x1000)!],
  ]);
}

function getMessage(): Buffer {
  const values = command([
    [0x0002, uid(studyRootGet)],
    [0x0100, short(getRequest)],
    [0x0110, short(1)],
    [0x0700, short(0)],
    [0x0800, short(1)],
  ]);
  const identifier = Buffer.concat([
    element(0x0008, 0x0052, Buffer.from('STUDY ')),
    element(0x0020, 0x000d, uid(StudyInstanceUID)),
  ]);
  return Buffer.concat([pdv(1, 3, values), pdv(1, 2, identifier)]);
}

async function get(): Promise<void> {
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  let [start, images] = [0, 0];
  let pending = new Map<number, Buffer>();
  const wire = new Wire(
    socket,
    (type, body) => {
      if (type === 2) {
        start = performance.now();
        return wire.write(getMessage());
      }
      if (type !== 4) return process.exit(1);
      const values = readCommand(body);
      if (values.get(0x0100)?.readUInt16LE() === storeRequest) return void (pending = values);
      const status = values.get(0x0900)?.readUInt16LE() ?? 0;
      if (status === 0xff00) return undefined;
      console.log(images === 0 || status !== 0 ? `status ${status}` : (performance.now() - start) / 1000);
      return process.exit(images === 0 || status !== 0 ? 1 : 0);
    },
    (contextId) => {
      images++;
      wire.write(pdv(contextId, 3, storeResponse(pending)));
    },
  );
  wire.write(associateRequest());
}

function sink(): void {
  const server = createServer((socket) => {
    let pending = new Map<number, Buffer>();
    const wire = new Wire(
      socket,
      (type, body) => {
        if (type === 1) wire.write(associateAccept(body));
        else if (type === 5) socket.end(pdu(6, Buffer.alloc(4)));
        else if (type === 4) pending = readCommand(body);
      },
      (contextId) => wire.write(pdv(contextId, 3, storeResponse(pending))),
    );
  });
  server.listen(Number(port), '127.0.0.1', () => console.log('ready'));
}

if (mode === 'get') await get();
else sink();
