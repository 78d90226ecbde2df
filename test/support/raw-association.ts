/** A DICOM client over a bare socket for tests and bench: it can do all that is right, and all that is wrong. It shares no code with the server. */
import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';

/** A presentation context to propose. */
interface Proposal {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
}

/** How a raw association is asked for. */
export interface RawOptions {
  readonly port: number;
  readonly host?: string;
  /** Local address, to come from another one, such as 127.0.0.2. */
  readonly localAddress?: string;
  readonly callingAET?: string;
  readonly calledAET?: string;
  readonly contexts?: readonly Proposal[];
  /** What we say that we take, in bytes; 0 is without bound. */
  readonly maximumLength?: number;
  readonly applicationContextName?: string;
  readonly protocolVersion?: number;
  /** More items of the user information: type and value. */
  readonly userItems?: readonly (readonly [number, Uint8Array])[];
}

/** A PDU as it came. */
export interface RawPdu {
  readonly type: number;
  readonly body: Buffer;
}

/** A command set that came as a response. */
export interface RawResponse {
  readonly contextId: number;
  readonly CommandField: number;
  readonly MessageIDBeingRespondedTo: number;
  readonly Status: number;
  readonly ErrorComment: string;
  readonly AffectedSOPInstanceUID: string;
}

/** An instance to send. */
export interface RawInstance {
  readonly SOPClassUID: string;
  readonly SOPInstanceUID: string;
  /** The encoded data set without Part 10 header. */
  readonly dataSet: Uint8Array;
  readonly contextId?: number;
  /** Bytes of a PDU's body; what the server advertised if not given. */
  readonly pduLength?: number;
}

/** PDU types, PS3.8 9.3.1. */
export const pdu = { request: 1, accept: 2, reject: 3, data: 4, release: 5, released: 6, abort: 7 } as const;

export const explicitLittleEndian = '1.2.840.10008.1.2.1';
export const implicitLittleEndian = '1.2.840.10008.1.2';
export const verification = '1.2.840.10008.1.1';
export const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2';

const usual: readonly Proposal[] = [
  { id: 1, abstractSyntax: verification, transferSyntaxes: [implicitLittleEndian] },
  { id: 3, abstractSyntax: ctImageStorage, transferSyntaxes: [explicitLittleEndian, implicitLittleEndian] },
];

/** A PDU: type, reserved byte, length, body. */
export function makePdu(type: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const header = Buffer.from([type, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(body.length, 2);
  return Buffer.concat([header, body]);
}

/** A PDV item with its own length in front. */
export function makePdv(contextId: number, control: number, value: Uint8Array): Buffer {
  const header = Buffer.from([0, 0, 0, 0, contextId, control]);
  header.writeUInt32BE(value.length + 2);
  return Buffer.concat([header, value]);
}

const item = (type: number, value: Uint8Array): Buffer => {
  const header = Buffer.from([type, 0, 0, 0]);
  header.writeUInt16BE(value.length, 2);
  return Buffer.concat([header, value]);
};

/** The A-ASSOCIATE-RQ PDU of these options. */
export function makeRequest(options: Omit<RawOptions, 'port'> = {}): Buffer {
  const { callingAET = 'RAW', calledAET = 'CHAIRSIDE', contexts = usual, maximumLength = 65_536 } = options;
  const { applicationContextName = '1.2.840.10008.3.1.1.1', protocolVersion = 1, userItems = [] } = options;
  const maximum = Buffer.alloc(4);
  maximum.writeUInt32BE(maximumLength);
  return makePdu(
    pdu.request,
    Buffer.from([protocolVersion >> 8, protocolVersion & 255, 0, 0]),
    Buffer.from(calledAET.padEnd(16) + callingAET.padEnd(16), 'latin1'),
    Buffer.alloc(32),
    item(0x10, Buffer.from(applicationContextName)),
    ...contexts.map(({ id, abstractSyntax, transferSyntaxes }) =>
      item(
        0x20,
        Buffer.concat([
          Buffer.from([id, 0, 0, 0]),
          item(0x30, Buffer.from(abstractSyntax)),
          ...transferSyntaxes.map((syntax) => item(0x40, Buffer.from(syntax))),
        ]),
      ),
    ),
    item(
      0x50,
      Buffer.concat([
        item(0x51, maximum),
        item(0x52, Buffer.from('1.2.3.4')),
        item(0x55, Buffer.from('RAW')),
        ...userItems.map(([type, value]) => item(type, value)),
      ]),
    ),
  );
}

/** A command set: values by element number of group 0000; texts are padded with NUL. */
export function makeCommand(values: Readonly<Record<number, number | string>>): Buffer {
  const parts = Object.entries(values).map(([element, value]) => {
    const text = typeof value === 'string' ? Buffer.from(value.length % 2 ? `${value}\0` : value) : Buffer.alloc(2);
    if (typeof value === 'number') text.writeUInt16LE(value);
    const header = Buffer.alloc(8);
    header.writeUInt16LE(Number(element), 2);
    header.writeUInt32LE(text.length, 4);
    return Buffer.concat([header, text]);
  });
  const body = Buffer.concat(parts);
  const length = Buffer.from([0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]);
  length.writeUInt32LE(body.length, 8);
  return Buffer.concat([length, body]);
}

/** The PDUs of one C-STORE: the command, then the data set cut to `pduLength`. */
export function makeStore(
  instance: RawInstance & { readonly pduLength: number; readonly messageId: number },
): Buffer[] {
  const { SOPClassUID, SOPInstanceUID, dataSet, contextId = 3, pduLength, messageId } = instance;
  const command = makeCommand({
    0x0002: SOPClassUID,
    0x0100: 0x0001,
    0x0110: messageId,
    0x0700: 0,
    0x0800: 0x0001,
    0x1000: SOPInstanceUID,
  });
  const pdus = [makePdu(pdu.data, makePdv(contextId, 3, command))];
  const room = pduLength - 6;
  for (let at = 0; at === 0 || at < dataSet.length; at += room)
    pdus.push(
      makePdu(pdu.data, makePdv(contextId, at + room >= dataSet.length ? 2 : 0, dataSet.subarray(at, at + room))),
    );
  return pdus;
}

function readResponse(body: Buffer): RawResponse {
  const values = new Map<number, Buffer>();
  for (let at = 6; at < body.length;) {
    const length = body.readUInt32LE(at + 4);
    values.set(body.readUInt16LE(at + 2), body.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  const number = (element: number): number => values.get(element)?.readUInt16LE() ?? -1;
  const text = (element: number): string =>
    values
      .get(element)
      ?.toString('latin1')
      .replace(/[ \0]+$/, '') ?? '';
  return {
    contextId: body[4] as number,
    CommandField: number(0x0100),
    MessageIDBeingRespondedTo: number(0x0120),
    Status: number(0x0900),
    ErrorComment: text(0x0902),
    AffectedSOPInstanceUID: text(0x1000),
  };
}

/** An association, or a connection on which one was refused. */
export class RawAssociation {
  readonly socket: Socket;
  /** What came as the answer: A-ASSOCIATE-AC or -RJ, or an abort. */
  answer: RawPdu | undefined;
  #bytes: Buffer = Buffer.alloc(0);
  #messageId = 0;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.pause();
  }

  /** Transfer syntaxes of the accepted contexts by ID. */
  get accepted(): ReadonlyMap<number, string> {
    return new Map(
      this.#answerItems(0x21).flatMap((value) =>
        value[2] === 0 ? [[value[0] as number, value.toString('latin1', 8)]] : [],
      ),
    );
  }

  /** Result of every context by ID, PS3.8 9.3.3.2. */
  get results(): ReadonlyMap<number, number> {
    return new Map(this.#answerItems(0x21).map((value) => [value[0] as number, value[2] as number]));
  }

  /** The largest body that the server takes, in bytes. */
  get maximumLength(): number {
    return this.#answerItems(0x50)[0]?.readUInt32BE(4) ?? 16_384;
  }

  /** Values of the items of a type in the user information of the answer. */
  userItems(type: number): Buffer[] {
    const [user = Buffer.alloc(0)] = this.#answerItems(0x50);
    const found: Buffer[] = [];
    for (let at = 0; at < user.length; at += 4 + user.readUInt16BE(at + 2))
      if (user[at] === type) found.push(user.subarray(at + 4, at + 4 + user.readUInt16BE(at + 2)));
    return found;
  }

  sendRaw(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  sendPdu(type: number, ...body: readonly Uint8Array[]): void {
    this.socket.write(makePdu(type, ...body));
  }

  /** The next PDU, or undefined when the server closed the connection. */
  async nextPdu(): Promise<RawPdu | undefined> {
    const header = await this.#take(6);
    if (!header) return undefined;
    const body = await this.#take(header.readUInt32BE(2));
    return body && { type: header[0] as number, body };
  }

  /** The next DIMSE response. @throws Error where something else comes. */
  async nextResponse(): Promise<RawResponse> {
    const next = await this.nextPdu();
    if (next?.type !== pdu.data)
      throw new Error(`No response, but ${next ? `PDU ${next.type}: ${next.body.toString('hex')}` : 'the end'}.`);
    return readResponse(next.body);
  }

  /** Sends a C-STORE without waiting for its response; answers its message ID. */
  sendStore(instance: RawInstance): number {
    const messageId = ++this.#messageId & 0xffff;
    const pdus = makeStore({ ...instance, messageId, pduLength: instance.pduLength ?? this.maximumLength });
    this.socket.cork();
    for (const each of pdus) this.socket.write(each);
    this.socket.uncork();
    return messageId;
  }

  async cStore(instance: RawInstance): Promise<RawResponse> {
    this.sendStore(instance);
    return this.nextResponse();
  }

  async cEcho(contextId = 1): Promise<RawResponse> {
    const command = makeCommand({ 0x0002: verification, 0x0100: 0x0030, 0x0110: ++this.#messageId, 0x0800: 0x0101 });
    this.sendPdu(pdu.data, makePdv(contextId, 3, command));
    return this.nextResponse();
  }

  /** Releases the association. @throws Error where the server does not agree. */
  async release(): Promise<void> {
    this.sendPdu(pdu.release, Buffer.alloc(4));
    const next = await this.nextPdu();
    if (next?.type !== pdu.released) throw new Error(`No release, but PDU ${next?.type}.`);
    this.socket.end();
    await this.closed();
  }

  /** Waits until the connection is gone, reading what still comes. */
  async closed(): Promise<void> {
    this.socket.resume();
    if (!this.socket.destroyed) await once(this.socket, 'close').catch(() => undefined);
  }

  destroy(): void {
    this.socket.destroy();
  }

  async #take(count: number): Promise<Buffer | undefined> {
    while (this.#bytes.length < count) {
      const more = (this.socket.read() as Buffer | null) ?? (await this.#readable());
      if (!more) return undefined;
      this.#bytes = Buffer.concat([this.#bytes, more]);
    }
    const taken = this.#bytes.subarray(0, count);
    this.#bytes = this.#bytes.subarray(count);
    return taken;
  }

  #readable(): Promise<Buffer | undefined> {
    if (this.socket.readableEnded || this.socket.destroyed) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const settle = (): void => {
        this.socket.off('readable', settle).off('end', settle).off('close', settle);
        resolve(
          (this.socket.read() as Buffer | null) ??
            (this.socket.readableEnded || this.socket.destroyed ? undefined : this.#readable()),
        );
      };
      this.socket.on('readable', settle).on('end', settle).on('close', settle);
    });
  }

  #answerItems(type: number): Buffer[] {
    const found: Buffer[] = [];
    const body = this.answer?.type === pdu.accept ? this.answer.body : Buffer.alloc(0);
    for (let at = 68; at < body.length;) {
      const end = at + 4 + body.readUInt16BE(at + 2);
      if (body[at] === type) found.push(body.subarray(at + 4, end));
      at = end;
    }
    return found;
  }
}

/** Opens a connection without a word. */
export async function open({
  port,
  host = '127.0.0.1',
  localAddress,
}: Pick<RawOptions, 'port' | 'host' | 'localAddress'>): Promise<RawAssociation> {
  const socket = connectSocket({ port, host, noDelay: true, ...(localAddress ? { localAddress } : {}) });
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  return new RawAssociation(socket);
}

/** Opens a connection and asks for an association; `answer` holds what came. */
export async function connect(options: RawOptions): Promise<RawAssociation> {
  const association = await open(options);
  association.sendRaw(makeRequest(options));
  association.answer = await association.nextPdu();
  return association;
}
