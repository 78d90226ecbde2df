/** The items that association requests and answers are made of: type, reserved byte, length in two bytes, value (PS3.8 9.3.2, PS3.7 D.3.3). */

/** Types of items and of user information sub-items. */
export const itemType = {
  applicationContext: 0x10,
  presentationContext: 0x20,
  answeredContext: 0x21,
  abstractSyntax: 0x30,
  transferSyntax: 0x40,
  userInformation: 0x50,
  maximumLength: 0x51,
  implementationClassUID: 0x52,
  roleSelection: 0x54,
  implementationVersionName: 0x55,
  extendedNegotiation: 0x56,
  userIdentity: 0x58,
  userIdentityAnswer: 0x59,
} as const;

/** One item as it came. */
export interface Item {
  readonly type: number;
  readonly value: Buffer;
}

/** Which sides of a service the requestor of the association takes, PS3.7 D.3.3.4. */
export interface Roles {
  /** It asks (SCU). */
  readonly scu: boolean;
  /** It performs (SCP), such as the storage of a C-GET. */
  readonly scp: boolean;
}

/** What to throw where items are damaged. */
export type Damaged = (what: string) => Error;

/** The items of some bytes, in their order. @throws what `damaged` makes. */
export function readItems(bytes: Buffer, damaged: Damaged): Item[] {
  const found: Item[] = [];
  for (let at = 0; at < bytes.length;) {
    if (bytes.length - at < 4) throw damaged('an item without a header');
    const end = at + 4 + bytes.readUInt16BE(at + 2);
    if (end > bytes.length) throw damaged('an item longer than the whole');
    found.push({ type: bytes[at] as number, value: bytes.subarray(at + 4, end) });
    at = end;
  }
  return found;
}

/** A text without its padding; what is not printable becomes a question mark, so that it may stand in a log. */
export const readText = (bytes: Buffer): string =>
  bytes
    .toString('latin1')
    .replace(/^[ \0]+|[ \0]+$/g, '')
    .replace(/[^\x20-\x7e]/g, '?');

/** The first item of a type. */
export const itemOf = (list: readonly Item[], type: number): Item | undefined =>
  list.find((item) => item.type === type);

/** The text of the first item of a type; empty where there is none. */
export const textOf = (list: readonly Item[], type: number): string =>
  readText(itemOf(list, type)?.value ?? Buffer.alloc(0));

/** The maximum length of user information in bytes, 0 where there is none. @throws what `damaged` makes. */
export function readMaximumLength(list: readonly Item[], damaged: Damaged): number {
  const value = itemOf(list, itemType.maximumLength)?.value;
  if (!value) return 0;
  if (value.length !== 4) throw damaged('a maximum length that is not of four bytes');
  const length = value.readUInt32BE(0);
  if (length !== 0 && length < smallestMaximumLength) throw damaged(`a maximum PDU length of ${length}`);
  return length;
}

/* A response to a C-STORE has to fit, its message control header included. */
const smallestMaximumLength = 512;

/* Role selection and extended negotiation begin alike: the length of a SOP class UID in two bytes, then the UID. */
function classAndRest({ value }: Item, damaged: Damaged): readonly [string, Buffer] {
  const end = value.length < 2 ? Infinity : 2 + value.readUInt16BE(0);
  if (end > value.length) throw damaged('a negotiation of a SOP class without its UID');
  return [readText(value.subarray(2, end)), value.subarray(end)];
}

/** Roles by SOP class, PS3.7 D.3.3.4. @throws what `damaged` makes. */
export function readRoles(list: readonly Item[], damaged: Damaged): Map<string, Roles> {
  const read = (item: Item): readonly [string, Roles] => {
    const [uid, roles] = classAndRest(item, damaged);
    if (roles.length !== 2) throw damaged('a role selection that is not of two bytes');
    return [uid, { scu: roles[0] === 1, scp: roles[1] === 1 }];
  };
  return new Map(list.filter(({ type }) => type === itemType.roleSelection).map(read));
}

/** Application information by SOP class, PS3.7 D.3.3.5. @throws what `damaged` makes. */
export const readExtended = (list: readonly Item[], damaged: Damaged): Map<string, Uint8Array> =>
  new Map(
    list
      .filter(({ type }) => type === itemType.extendedNegotiation)
      .map((item) => {
        const [uid, information] = classAndRest(item, damaged);
        return [uid, Uint8Array.from(information)];
      }),
  );

/** Writes an item. */
export function writeItem(type: number, value: Uint8Array): Buffer {
  const header = Buffer.alloc(4);
  header[0] = type;
  header.writeUInt16BE(value.length, 2);
  return Buffer.concat([header, value]);
}

/** Writes an item of text. */
export const writeTextItem = (type: number, value: string): Buffer => writeItem(type, Buffer.from(value, 'latin1'));

function writeClassItem(type: number, uid: string, rest: Uint8Array): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(uid.length);
  return writeItem(type, Buffer.concat([length, Buffer.from(uid, 'latin1'), rest]));
}

/** Writes a role selection, PS3.7 D.3.3.4. */
export const roleItem = (uid: string, { scu, scp }: Roles): Buffer =>
  writeClassItem(itemType.roleSelection, uid, Uint8Array.of(scu ? 1 : 0, scp ? 1 : 0));

/** Writes an extended negotiation, PS3.7 D.3.3.5. */
export const extendedItem = (uid: string, information: Uint8Array): Buffer =>
  writeClassItem(itemType.extendedNegotiation, uid, information);

/** Writes the answer to a user identity that was accepted, without a server response, PS3.7 D.3.3.7.2. */
export const userIdentityAnswerItem = (): Buffer => writeItem(itemType.userIdentityAnswer, new Uint8Array(2));
