/** Command sets of DIMSE messages: read with suspicion, written plainly (PS3.7 6.3.1 and E.1: implicit VR little endian, group 0000). */
import { AssociationEnd } from './association-end.ts';
import { abort } from './pdu.ts';

/** Elements of group 0000 that this door uses, PS3.7 E.1. */
export const commandElement = {
  groupLength: 0x0000,
  AffectedSOPClassUID: 0x0002,
  CommandField: 0x0100,
  MessageID: 0x0110,
  MessageIDBeingRespondedTo: 0x0120,
  CommandDataSetType: 0x0800,
  Status: 0x0900,
  ErrorComment: 0x0902,
  AffectedSOPInstanceUID: 0x1000,
} as const;

/** Values of CommandField (0000,0100), PS3.7 E.1. A response has the request's value with bit 15 set. */
export const commandField = {
  storeRequest: 0x0001,
  cancelRequest: 0x0fff,
  echoRequest: 0x0030,
  response: 0x8000,
} as const;

/** The value of CommandDataSetType (0000,0800) that says: no data set follows. */
export const noDataSet = 0x0101;

/** A command set that has been read. */
export interface Command {
  readonly CommandField: number;
  readonly MessageID: number;
  readonly hasDataSet: boolean;
  readonly AffectedSOPClassUID: string | undefined;
  readonly AffectedSOPInstanceUID: string | undefined;
}

const elementHeaderLength = 8;

const damaged = (what: string): AssociationEnd =>
  new AssociationEnd(`The other side sent a damaged command: ${what}.`, abort.invalidParameter);

function elements(bytes: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = 0; at < bytes.length;) {
    if (bytes.length - at < elementHeaderLength) throw damaged('an element without a header');
    if (bytes.readUInt16LE(at) !== 0) throw damaged('an element outside of group 0000');
    const start = at + elementHeaderLength;
    const end = start + bytes.readUInt32LE(at + 4);
    if (end > bytes.length) throw damaged('an element longer than the command');
    found.set(bytes.readUInt16LE(at + 2), bytes.subarray(start, end));
    at = end;
  }
  return found;
}

const uid = (value: Buffer | undefined): string | undefined => value?.toString('latin1').replace(/[ \0]+$/, '');

/** Reads a whole command set. @throws AssociationEnd where it is damaged or lacks what every command has. */
export function readCommand(bytes: Buffer): Command {
  const found = elements(bytes);
  const number = (element: number): number | undefined => {
    const value = found.get(element);
    return value?.length === 2 ? value.readUInt16LE(0) : undefined;
  };
  const field = number(commandElement.CommandField);
  if (field === undefined) throw damaged('it has no command field');
  const messageId = number(commandElement.MessageID) ?? number(commandElement.MessageIDBeingRespondedTo);
  if (messageId === undefined) throw damaged('it has no message ID');
  return {
    CommandField: field,
    MessageID: messageId,
    hasDataSet: (number(commandElement.CommandDataSetType) ?? noDataSet) !== noDataSet,
    AffectedSOPClassUID: uid(found.get(commandElement.AffectedSOPClassUID)),
    AffectedSOPInstanceUID: uid(found.get(commandElement.AffectedSOPInstanceUID)),
  };
}

function element(number: number, value: Uint8Array): Buffer {
  const header = Buffer.alloc(elementHeaderLength);
  header.writeUInt16LE(number, 2);
  header.writeUInt32LE(value.length, 4);
  return Buffer.concat([header, value]);
}

function valueBytes(value: number | string, padding: string): Buffer {
  if (typeof value === 'string') return Buffer.from(value.length % 2 ? value + padding : value, 'latin1');
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

/** Writes a command set: numbers as US, texts as they are (UIDs padded with NUL, the comment with a space), group length first. */
export function writeCommand(
  values: Readonly<Partial<Record<keyof typeof commandElement, number | string | undefined>>>,
): Buffer {
  const body = Object.entries(commandElement).flatMap(([keyword, number]) => {
    const value = values[keyword as keyof typeof commandElement];
    return value === undefined ? [] : [element(number, valueBytes(value, keyword === 'ErrorComment' ? ' ' : '\0'))];
  });
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.reduce((sum, part) => sum + part.length, 0));
  return Buffer.concat([element(commandElement.groupLength, length), ...body]);
}
