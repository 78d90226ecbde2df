/** The gate: takes PDUs from the socket one at a time, whole, in order and bounded, and lets nothing else through (PS3.8 9.3). */
import { AssociationEnd } from './association-end.ts';
import { abort, pduHeaderLength, pduType, pdvHeaderLength } from './pdu.ts';
import type { SocketReader } from './socket-reader.ts';

/** One presentation data value, PS3.8 9.3.5.1. */
export interface Pdv {
  readonly contextId: number;
  readonly isCommand: boolean;
  readonly isLast: boolean;
  /** The bytes as views of what came, good until the reader's `recycle`. */
  readonly slices: readonly Buffer[];
}

/** The gate of one association. */
export interface Gate {
  /** The A-ASSOCIATE-RQ PDU, header included. @throws AssociationEnd where something else comes. */
  associationRequest(): Promise<Buffer>;
  /** The A-ASSOCIATE-AC or -RJ PDU to a request of ours, header included. @throws AssociationEnd where something else comes. */
  associationAnswer(): Promise<Buffer>;
  /** The next PDV, or 'release' for an A-RELEASE-RQ. @throws AssociationEnd for anything else. */
  next(): Promise<Pdv | 'release'>;
  /**
   * Our own A-RELEASE-RQ is on its way: from now on 'release' stands for the answer to it. `onCrossing` is told of an
   * A-RELEASE-RQ of the other side that crosses it (PS3.8 7.2.2.7).
   */
  releasing(onCrossing: () => void): void;
}

/* An A-ASSOCIATE-RQ has at most 128 presentation contexts, each with some dozens of transfer syntaxes. */
const maximumRequestLength = 256 * 1024;
/* Some senders count a header into the length that they were told. */
const dataTolerance = 1024;

/* A TLS record that carries a ClientHello, RFC 8446 5.1. */
const tlsHandshake = 0x16;
const tlsMajorVersion = 3;

const known: ReadonlySet<number> = new Set(Object.values(pduType));

const violation = (message: string, reason: (typeof abort)[keyof typeof abort]): AssociationEnd =>
  new AssociationEnd(`The other side broke the DICOM protocol: ${message}.`, reason);

/** A gate on a socket; `maximumPduLength` is what we advertise, in bytes. */
export function createGate(reader: SocketReader, maximumPduLength: number): Gate {
  /* Bytes of the begun P-DATA PDU that nobody has asked for. They stay with the reader: were they taken before their turn, they
     would be views into memory that is used again when the message before them ends. */
  let left = 0;
  let crossing: (() => void) | undefined;

  async function header(): Promise<{ type: number; length: number; bytes: Buffer }> {
    await reader.ready(pduHeaderLength);
    const bytes = reader.take(pduHeaderLength);
    const [type, length] = [bytes[0] as number, bytes.readUInt32BE(2)];
    if (type === tlsHandshake && bytes[1] === tlsMajorVersion)
      throw new AssociationEnd('The other side speaks TLS, but this port is not encrypted.');
    if (!known.has(type)) throw violation(`PDU type ${type} does not exist`, abort.unrecognizedPdu);
    return { type, length, bytes };
  }

  /* The one PDU of one of these types with which an association begins. */
  async function beginning(what: string, ...types: readonly number[]): Promise<Buffer> {
    const { type, length, bytes } = await header();
    if (type === pduType.abort) throw new AssociationEnd('The other side broke off.');
    if (!types.includes(type)) throw violation(`it did not begin with an association ${what}`, abort.unexpectedPdu);
    if (length > maximumRequestLength)
      throw violation(`an association ${what} of ${length} bytes`, abort.invalidParameter);
    await reader.ready(length);
    return Buffer.concat([bytes, ...reader.slices(length)]);
  }

  /* Abort and release have a fixed length of 4; an abort is believed whatever its length. */
  async function control(type: number, length: number): Promise<'release' | 'crossing'> {
    if (type === pduType.abort) throw new AssociationEnd('The other side broke off.');
    const isAnswer = crossing !== undefined && type === pduType.releaseResponse;
    if (!isAnswer && type !== pduType.releaseRequest)
      throw violation(`PDU type ${type} out of turn`, abort.unexpectedPdu);
    if (length !== 4) throw violation(`a release of ${length} bytes`, abort.invalidParameter);
    await reader.ready(length);
    reader.take(length);
    return crossing && !isAnswer ? 'crossing' : 'release';
  }

  function readPdv(): Pdv {
    if (left < pdvHeaderLength) throw violation('a PDV without a header', abort.invalidParameter);
    const head = reader.take(pdvHeaderLength);
    const length = head.readUInt32BE(0) - 2;
    if (length < 0 || length > left - pdvHeaderLength)
      throw violation(`a PDV of ${length} bytes in a PDU that has ${left}`, abort.invalidParameter);
    left -= pdvHeaderLength + length;
    const [contextId, control] = [head[4] as number, head[5] as number];
    const [isCommand, isLast] = [(control & 1) === 1, (control & 2) === 2];
    return { contextId, isCommand, isLast, slices: reader.slices(length) };
  }

  async function next(): Promise<Pdv | 'release'> {
    while (left === 0) {
      const { type, length } = await header();
      if (type !== pduType.data) {
        if ((await control(type, length)) === 'release') return 'release';
        crossing?.();
        continue;
      }
      if (length < pdvHeaderLength || length > maximumPduLength + dataTolerance)
        throw violation(`a P-DATA PDU of ${length} bytes`, abort.invalidParameter);
      await reader.ready(length);
      left = length;
    }
    return readPdv();
  }

  return {
    associationRequest: () => beginning('request', pduType.associateRequest),
    associationAnswer: () => beginning('answer', pduType.associateAccept, pduType.associateReject),
    next,
    releasing: (onCrossing) => (crossing = onCrossing),
  };
}
