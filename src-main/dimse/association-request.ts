/** The A-ASSOCIATE-RQ PDU as a value, read with suspicion and written in canonical form (PS3.8 9.3.2, PS3.7 D.3.3). */
import { AssociationEnd } from './association-end.ts';
import {
  extendedItem,
  itemOf,
  itemType,
  readExtended,
  readItems,
  readMaximumLength,
  readRoles,
  readText,
  roleItem,
  textOf,
  writeItem,
  writeTextItem,
  type Item,
  type Roles,
} from './association-items.ts';
import { abort, pdu, pduHeaderLength, pduType } from './pdu.ts';

/** One proposed presentation context, PS3.8 9.3.2.2. */
export interface ProposedContext {
  readonly id: number;
  readonly abstractSyntax: string;
  /** In the order of the proposal. */
  readonly transferSyntaxes: readonly string[];
}

/** Who the caller says a person is, PS3.7 D.3.3.7. */
export interface UserIdentity {
  /** 1 is a name, 2 a name with a password, 3 Kerberos, 4 SAML, 5 JWT. */
  readonly type: number;
  readonly wantsAnswer: boolean;
  readonly primary: string;
  readonly secondary: string;
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
  /** Role selection by SOP class; where absent the caller asks and we perform. */
  readonly roles: ReadonlyMap<string, Roles>;
  /** Application information of SOP class extended negotiation by SOP class, PS3.7 D.3.3.5. */
  readonly extended: ReadonlyMap<string, Uint8Array>;
  readonly userIdentity?: UserIdentity;
}

/** The name of the DICOM application context, PS3.7 A.2.1. */
export const dicomApplicationContext = '1.2.840.10008.3.1.1.1';

const fixedLength = 68;

const damaged = (what: string): AssociationEnd =>
  new AssociationEnd(`The association request is damaged: ${what}.`, abort.invalidParameter);

function readContext({ value }: Item): ProposedContext {
  if (value.length < 4) throw damaged('a presentation context without an ID');
  const id = value[0] as number;
  if (id % 2 === 0) throw damaged(`presentation context ID ${id}, which is even`);
  const parts = readItems(value.subarray(4), damaged);
  const syntaxes = parts.filter(({ type }) => type === itemType.transferSyntax).map((part) => readText(part.value));
  return { id, abstractSyntax: textOf(parts, itemType.abstractSyntax), transferSyntaxes: syntaxes };
}

function readContexts(list: readonly Item[]): ProposedContext[] {
  const contexts = list.filter(({ type }) => type === itemType.presentationContext).map(readContext);
  if (new Set(contexts.map(({ id }) => id)).size < contexts.length)
    throw damaged('two presentation contexts of one ID');
  return contexts;
}

/* Type, whether an answer is wanted, then two values with their lengths in two bytes. */
function readUserIdentity(user: readonly Item[]): UserIdentity | undefined {
  const value = itemOf(user, itemType.userIdentity)?.value;
  if (!value) return undefined;
  const field = (at: number): Buffer => {
    const end = at + 2 > value.length ? Infinity : at + 2 + value.readUInt16BE(at);
    if (end > value.length) throw damaged('a user identity shorter than it says');
    return value.subarray(at + 2, end);
  };
  const primary = field(2);
  const secondary = field(4 + primary.length);
  return {
    type: value[0] as number,
    wantsAnswer: value[1] === 1,
    primary: primary.toString('utf8'),
    secondary: secondary.toString('utf8'),
  };
}

/** Reads a PDU, header included. @throws AssociationEnd where it is damaged. */
export function readAssociationRequest(bytes: Buffer): AssociationRequest {
  const body = bytes.subarray(pduHeaderLength);
  if (body.length < fixedLength) throw damaged('it is too short');
  const list = readItems(body.subarray(fixedLength), damaged);
  const user = readItems(itemOf(list, itemType.userInformation)?.value ?? Buffer.alloc(0), damaged);
  const implementationClassUID = textOf(user, itemType.implementationClassUID);
  const implementationVersionName = textOf(user, itemType.implementationVersionName);
  const userIdentity = readUserIdentity(user);
  return {
    protocolVersion: body.readUInt16BE(0),
    calledAET: readText(body.subarray(4, 20)),
    callingAET: readText(body.subarray(20, 36)),
    applicationContextName: textOf(list, itemType.applicationContext),
    contexts: readContexts(list),
    maximumLength: readMaximumLength(user, damaged),
    ...(implementationClassUID ? { implementationClassUID } : {}),
    ...(implementationVersionName ? { implementationVersionName } : {}),
    roles: readRoles(user, damaged),
    extended: readExtended(user, damaged),
    ...(userIdentity ? { userIdentity } : {}),
  };
}

const contextItem = ({ id, abstractSyntax, transferSyntaxes }: ProposedContext): Buffer =>
  writeItem(
    itemType.presentationContext,
    Buffer.concat([
      Uint8Array.of(id, 0, 0, 0),
      writeTextItem(itemType.abstractSyntax, abstractSyntax),
      ...transferSyntaxes.map((syntax) => writeTextItem(itemType.transferSyntax, syntax)),
    ]),
  );

function userItem(request: AssociationRequest): Buffer {
  const maximumLength = Buffer.alloc(4);
  maximumLength.writeUInt32BE(request.maximumLength);
  const { implementationClassUID: classUID, implementationVersionName: version } = request;
  return writeItem(
    itemType.userInformation,
    Buffer.concat([
      writeItem(itemType.maximumLength, maximumLength),
      ...(classUID ? [writeTextItem(itemType.implementationClassUID, classUID)] : []),
      ...(version ? [writeTextItem(itemType.implementationVersionName, version)] : []),
      ...[...request.roles].map(([uid, roles]) => roleItem(uid, roles)),
      ...[...request.extended].map(([uid, information]) => extendedItem(uid, information)),
    ]),
  );
}

/** A whole A-ASSOCIATE-RQ or -AC with items added to its user information, which is its last item (PS3.8 9.3.2, 9.3.3). */
export function withUserItems(bytes: Buffer, added: Buffer): Buffer {
  const changed = Buffer.concat([bytes, added]);
  changed.writeUInt32BE(changed.length - pduHeaderLength, 2);
  for (let at = pduHeaderLength + fixedLength; at < bytes.length; at += 4 + bytes.readUInt16BE(at + 2))
    if (bytes[at] === itemType.userInformation)
      changed.writeUInt16BE(bytes.readUInt16BE(at + 2) + added.length, at + 2);
  return changed;
}

/** Writes a request as a PDU: contexts by rising ID, one of each item, roles and extensions, no user identity. */
export function writeAssociationRequest(request: AssociationRequest): Buffer {
  const version = Buffer.alloc(4);
  version.writeUInt16BE(request.protocolVersion);
  const titles = request.calledAET.padEnd(16) + request.callingAET.padEnd(16);
  return pdu(
    pduType.associateRequest,
    version,
    Buffer.from(titles, 'latin1'),
    Buffer.alloc(32),
    writeTextItem(itemType.applicationContext, request.applicationContextName),
    ...request.contexts.toSorted((a, b) => a.id - b.id).map(contextItem),
    userItem(request),
  );
}
