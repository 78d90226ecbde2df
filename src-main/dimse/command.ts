/** Command sets of DIMSE messages: read with suspicion, written plainly (PS3.7 6.3.1 and E.1: implicit VR little endian, group 0000). */
import { AssociationEnd } from './association-end.ts';
import { abort } from './pdu.ts';

type CommandVR = 'UI' | 'US' | 'AE' | 'LO' | 'AT';

/** Elements of group 0000 that the services use, by keyword, in the order of their numbers, PS3.7 E.1. */
const commandElements = {
  AffectedSOPClassUID: [0x0002, 'UI'],
  RequestedSOPClassUID: [0x0003, 'UI'],
  CommandField: [0x0100, 'US'],
  MessageID: [0x0110, 'US'],
  MessageIDBeingRespondedTo: [0x0120, 'US'],
  MoveDestination: [0x0600, 'AE'],
  Priority: [0x0700, 'US'],
  CommandDataSetType: [0x0800, 'US'],
  Status: [0x0900, 'US'],
  OffendingElement: [0x0901, 'AT'],
  ErrorComment: [0x0902, 'LO'],
  ErrorID: [0x0903, 'US'],
  AffectedSOPInstanceUID: [0x1000, 'UI'],
  RequestedSOPInstanceUID: [0x1001, 'UI'],
  EventTypeID: [0x1002, 'US'],
  AttributeIdentifierList: [0x1005, 'AT'],
  ActionTypeID: [0x1008, 'US'],
  NumberOfRemainingSuboperations: [0x1020, 'US'],
  NumberOfCompletedSuboperations: [0x1021, 'US'],
  NumberOfFailedSuboperations: [0x1022, 'US'],
  NumberOfWarningSuboperations: [0x1023, 'US'],
  MoveOriginatorApplicationEntityTitle: [0x1030, 'AE'],
  MoveOriginatorMessageID: [0x1031, 'US'],
} as const satisfies Record<string, readonly [number, CommandVR]>;

type CommandElements = typeof commandElements;
type CommandKeyword = keyof CommandElements;
type TextKeyword = {
  [K in CommandKeyword]: CommandElements[K][1] extends 'UI' | 'AE' | 'LO' ? K : never;
}[CommandKeyword];
type NumberKeyword = { [K in CommandKeyword]: CommandElements[K][1] extends 'US' ? K : never }[CommandKeyword];
type TagKeyword = { [K in CommandKeyword]: CommandElements[K][1] extends 'AT' ? K : never }[CommandKeyword];

/** Values of a command set; texts without padding, tags (AT) as eight hexadecimal digits. Absent ones are not there. */
export type CommandValues = { readonly [K in TextKeyword]?: string | undefined } & {
  readonly [K in NumberKeyword]?: number | undefined;
} & { readonly [K in TagKeyword]?: readonly string[] | undefined };

/** Values of CommandField (0000,0100), PS3.7 E.1. A response has the request's value with bit 15 set. */
export const commandField = {
  storeRequest: 0x0001,
  getRequest: 0x0010,
  findRequest: 0x0020,
  moveRequest: 0x0021,
  echoRequest: 0x0030,
  eventReportRequest: 0x0100,
  nGetRequest: 0x0110,
  nSetRequest: 0x0120,
  actionRequest: 0x0130,
  createRequest: 0x0140,
  cancelRequest: 0x0fff,
  response: 0x8000,
} as const;

/** The value of CommandDataSetType (0000,0800) that says: no data set follows. */
export const noDataSet = 0x0101;

/** The value of CommandDataSetType (0000,0800) that we write where a data set follows. */
export const withDataSet = 0x0001;

/** A command set that has been read. */
export type Command = CommandValues & {
  readonly CommandField: number;
  /** Of a response, the one that it responds to. */
  readonly MessageID: number;
  readonly hasDataSet: boolean;
};

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

function readValue(value: Buffer, vr: CommandVR): string | number | readonly string[] | undefined {
  if (vr === 'US') return value.length === 2 ? value.readUInt16LE(0) : undefined;
  if (vr === 'AT') return tagsOf(value);
  return value.toString('latin1').replace(vr === 'UI' ? /[ \0]+$/ : /^ +|[ \0]+$/g, '');
}

const hex = (number: number): string => number.toString(16).toUpperCase().padStart(4, '0');

const tagsOf = (value: Buffer): readonly string[] =>
  Array.from(
    { length: Math.floor(value.length / 4) },
    (_, at) => hex(value.readUInt16LE(at * 4)) + hex(value.readUInt16LE(at * 4 + 2)),
  );

/** Reads a whole command set. @throws AssociationEnd where it is damaged or lacks what every command has. */
export function readCommand(bytes: Buffer): Command {
  const found = elements(bytes);
  const values: CommandValues = Object.fromEntries(
    Object.entries(commandElements).flatMap(([keyword, [number, vr]]) => {
      const bytesOf = found.get(number);
      const value = bytesOf && readValue(bytesOf, vr);
      return value === undefined ? [] : [[keyword, value]];
    }),
  );
  const { CommandField, CommandDataSetType = noDataSet } = values;
  if (CommandField === undefined) throw damaged('it has no command field');
  const MessageID = values.MessageID ?? values.MessageIDBeingRespondedTo;
  if (MessageID === undefined) throw damaged('it has no message ID');
  return { ...values, CommandField, MessageID, hasDataSet: CommandDataSetType !== noDataSet };
}

function element(number: number, value: Uint8Array): Buffer {
  const header = Buffer.alloc(elementHeaderLength);
  header.writeUInt16LE(number, 2);
  header.writeUInt32LE(value.length, 4);
  return Buffer.concat([header, value]);
}

function valueBytes(value: number | string | readonly string[], vr: CommandVR): Buffer {
  if (typeof value === 'string')
    return Buffer.from(value.length % 2 ? value + (vr === 'UI' ? '\0' : ' ') : value, 'latin1');
  const numbers =
    typeof value === 'number'
      ? [value]
      : value.flatMap((tag) => [parseInt(tag.slice(0, 4), 16), parseInt(tag.slice(4), 16)]);
  const bytes = Buffer.alloc(numbers.length * 2);
  numbers.forEach((number, at) => bytes.writeUInt16LE(number, at * 2));
  return bytes;
}

/** Writes a command set, group length first; `CommandDataSetType` is `noDataSet` or `withDataSet`. */
export function writeCommand(values: CommandValues): Buffer {
  const body = Object.entries(commandElements).flatMap(([keyword, [number, vr]]) => {
    const value = values[keyword as CommandKeyword];
    return value === undefined ? [] : [element(number, valueBytes(value, vr))];
  });
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.reduce((sum, part) => sum + part.length, 0));
  return Buffer.concat([element(0x0000, length), ...body]);
}
