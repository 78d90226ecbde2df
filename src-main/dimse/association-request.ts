/** The A-ASSOCIATE-RQ PDU as a value, read with suspicion and written in canonical form (PS3.8 9.3.2, PS3.7 D.3.3). */
import { AssociationEnd } from './association-end.ts';
import { abort, pdu, pduHeaderLength, pduType } from './pdu.ts';

/** One proposed presentation context, PS3.8 9.3.2.2. */
export interface ProposedContext {
  readonly id: number;
  readonly abstractSyntax: string;
  /** In the order of the proposal. */
  readonly transferSyntaxes: readonly string[];
}

/** What a caller asks for. */
export interface AssociationRequest {
  /** A bit field; bit 0 is version 1. */
  readonly protocolVersion: number;
  readonly calledAET: string;
  readonly callingAET: string;
  readonly applicationContextName: string;
  readonly contexts: readonly ProposedContext[];
  /** Largest P-DATA body that the caller takes, in bytes; 0 is without bound. */
  readonly maximumLength: number;
  readonly implementationClassUID?: string;
  readonly implementationVersionName?: string;
}

/** The name of the DICOM application context, PS3.7 A.2.1. */
export const dicomApplicationContext = '1.2.840.10008.3.1.1.1';

const fixedLength = 68;
const itemType = {
  applicationContext: 0x10,
  presentationContext: 0x20,
  abstractSyntax: 0x30,
  transferSyntax: 0x40,
  userInformation: 0x50,
  maximumLength: 0x51,
  implementationClassUID: 0x52,
  implementationVersionName: 0x55,
} as const;
/* A response to a C-STORE has to fit, its message control header included. */
const smallestMaximumLength = 512;

const damaged = (what: string): AssociationEnd =>
  new AssociationEnd(`The association request is damaged: ${what}.`, abort.invalidParameter);

interface Item {
  readonly type: number;
  readonly value: Buffer;
}

/* Items of PS3.8 9.3.2: type, reserved byte, length in two bytes, value. */
function items(bytes: Buffer): Item[] {
  const found: Item[] = [];
  for (let at = 0; at < bytes.length;) {
    if (bytes.length - at < 4) throw damaged('an item without a header');
    const end = at + 4 + bytes.readUInt16BE(at + 2);
    if (end > bytes.length) throw damaged('an item longer than the request');
    found.push({ type: bytes[at] as number, value: bytes.subarray(at + 4, end) });
    at = end;
  }
  return found;
}

/* Padding and what is not printable go, so that a text may stand in a log. */
const text = (bytes: Buffer): string =>
  bytes
    .toString('latin1')
    .replace(/^[ \0]+|[ \0]+$/g, '')
    .replace(/[^\x20-\x7e]/g, '?');

const of = (list: readonly Item[], type: number): Item | undefined => list.find((item) => item.type === type);
const textOf = (list: readonly Item[], type: number): string => text(of(list, type)?.value ?? Buffer.alloc(0));

function readContext({ value }: Item): ProposedContext {
  if (value.length < 4) throw damaged('a presentation context without an ID');
  const id = value[0] as number;
  if (id % 2 === 0) throw damaged(`presentation context ID ${id}, which is even`);
  const parts = items(value.subarray(4));
  const syntaxes = parts.filter(({ type }) => type === itemType.transferSyntax).map((part) => text(part.value));
  return { id, abstractSyntax: textOf(parts, itemType.abstractSyntax), transferSyntaxes: syntaxes };
}

function readContexts(list: readonly Item[]): ProposedContext[] {
  const contexts = list.filter(({ type }) => type === itemType.presentationContext).map(readContext);
  if (new Set(contexts.map(({ id }) => id)).size < contexts.length)
    throw damaged('two presentation contexts of one ID');
  return contexts;
}

function readMaximumLength(list: readonly Item[]): number {
  const value = of(list, itemType.maximumLength)?.value;
  if (!value) return 0;
  if (value.length !== 4) throw damaged('a maximum length that is not of four bytes');
  const length = value.readUInt32BE(0);
  if (length !== 0 && length < smallestMaximumLength) throw damaged(`a maximum PDU length of ${length}`);
  return length;
}

/** Reads a PDU, header included. @throws AssociationEnd where it is damaged. */
export function readAssociationRequest(bytes: Buffer): AssociationRequest {
  const body = bytes.subarray(pduHeaderLength);
  if (body.length < fixedLength) throw damaged('it is too short');
  const list = items(body.subarray(fixedLength));
  const user = items(of(list, itemType.userInformation)?.value ?? Buffer.alloc(0));
  const implementationClassUID = textOf(user, itemType.implementationClassUID);
  const implementationVersionName = textOf(user, itemType.implementationVersionName);
  return {
    protocolVersion: body.readUInt16BE(0),
    calledAET: text(body.subarray(4, 20)),
    callingAET: text(body.subarray(20, 36)),
    applicationContextName: textOf(list, itemType.applicationContext),
    contexts: readContexts(list),
    maximumLength: readMaximumLength(user),
    ...(implementationClassUID ? { implementationClassUID } : {}),
    ...(implementationVersionName ? { implementationVersionName } : {}),
  };
}

function item(type: number, value: Uint8Array): Buffer {
  const header = Buffer.alloc(4);
  header[0] = type;
  header.writeUInt16BE(value.length, 2);
  return Buffer.concat([header, value]);
}

const textItem = (type: number, value: string): Buffer => item(type, Buffer.from(value, 'latin1'));

const contextItem = ({ id, abstractSyntax, transferSyntaxes }: ProposedContext): Buffer =>
  item(
    itemType.presentationContext,
    Buffer.concat([
      Uint8Array.of(id, 0, 0, 0),
      textItem(itemType.abstractSyntax, abstractSyntax),
      ...transferSyntaxes.map((syntax) => textItem(itemType.transferSyntax, syntax)),
    ]),
  );

function userItem(request: AssociationRequest): Buffer {
  const maximumLength = Buffer.alloc(4);
  maximumLength.writeUInt32BE(request.maximumLength);
  const { implementationClassUID: classUID, implementationVersionName: version } = request;
  return item(
    itemType.userInformation,
    Buffer.concat([
      item(itemType.maximumLength, maximumLength),
      ...(classUID ? [textItem(itemType.implementationClassUID, classUID)] : []),
      ...(version ? [textItem(itemType.implementationVersionName, version)] : []),
    ]),
  );
}

/** Writes a request as a PDU: contexts by rising ID, one of each item, no negotiation that we do not take part in. */
export function writeAssociationRequest(request: AssociationRequest): Buffer {
  const version = Buffer.alloc(4);
  version.writeUInt16BE(request.protocolVersion);
  const titles = request.calledAET.padEnd(16) + request.callingAET.padEnd(16);
  return pdu(
    pduType.associateRequest,
    version,
    Buffer.from(titles, 'latin1'),
    Buffer.alloc(32),
    textItem(itemType.applicationContext, request.applicationContextName),
    ...request.contexts.toSorted((a, b) => a.id - b.id).map(contextItem),
    userItem(request),
  );
}
