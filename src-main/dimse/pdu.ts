/** Protocol data units of the upper layer as bytes: types, reasons, and the few that we write ourselves (PS3.8 9.3). */

/** PDU types, PS3.8 9.3.1. */
export const pduType = {
  associateRequest: 0x01,
  associateAccept: 0x02,
  associateReject: 0x03,
  data: 0x04,
  releaseRequest: 0x05,
  releaseResponse: 0x06,
  abort: 0x07,
} as const;

/** Bytes before the body of every PDU: type, reserved, length. */
export const pduHeaderLength = 6;
/** Bytes before the value of a PDV: length, presentation context ID, message control header. */
export const pdvHeaderLength = 6;

/** Source and reason of an A-ABORT, PS3.8 9.3.8. */
export interface Abort {
  readonly source: 0 | 2;
  readonly reason: 0 | 1 | 2 | 4 | 5 | 6;
}

/** The aborts that this door sends. */
export const abort = {
  notSpecified: { source: 2, reason: 0 },
  unrecognizedPdu: { source: 2, reason: 1 },
  unexpectedPdu: { source: 2, reason: 2 },
  unexpectedParameter: { source: 2, reason: 5 },
  invalidParameter: { source: 2, reason: 6 },
} as const satisfies Record<string, Abort>;

/** Result, source and reason of an A-ASSOCIATE-RJ, PS3.8 9.3.4. */
export interface Rejection {
  readonly result: 1 | 2;
  readonly source: 1 | 2 | 3;
  readonly reason: number;
}

/** The rejections that this door sends. */
export const rejection = {
  noReason: { result: 1, source: 1, reason: 1 },
  applicationContextName: { result: 1, source: 1, reason: 2 },
  callingAETitle: { result: 1, source: 1, reason: 3 },
  calledAETitle: { result: 1, source: 1, reason: 7 },
  protocolVersion: { result: 1, source: 2, reason: 2 },
  localLimitExceeded: { result: 2, source: 3, reason: 2 },
} as const satisfies Record<string, Rejection>;

/** A PDU of that type around a body. */
export function pdu(type: number, ...body: readonly Uint8Array[]): Buffer {
  const header = Buffer.alloc(pduHeaderLength);
  header[0] = type;
  header.writeUInt32BE(
    body.reduce((sum, part) => sum + part.length, 0),
    2,
  );
  return Buffer.concat([header, ...body]);
}

/** An A-ABORT PDU. */
export const abortPdu = ({ source, reason }: Abort): Buffer => pdu(pduType.abort, Uint8Array.of(0, 0, source, reason));

/** An A-RELEASE-RQ PDU. */
export const releaseRequestPdu = (): Buffer => pdu(pduType.releaseRequest, new Uint8Array(4));

/** An A-RELEASE-RP PDU. */
export const releaseResponsePdu = (): Buffer => pdu(pduType.releaseResponse, new Uint8Array(4));

/** Longest fragment in PDUs of at most `maximumLength` bytes: even, PS3.8 E.2. */
export const fragmentRoom = (maximumLength: number): number => (maximumLength - pdvHeaderLength) & ~1;

/** A command or data set as P-DATA-TF PDUs whose bodies are no longer than `maximumLength` bytes (0 is without bound). */
export function dataPdus(
  contextId: number,
  kind: 'command' | 'data set',
  bytes: Uint8Array,
  maximumLength: number,
): Buffer {
  const room = maximumLength === 0 ? bytes.length : fragmentRoom(maximumLength);
  const pdus: Buffer[] = [];
  for (let start = 0; start === 0 || start < bytes.length; start += room) {
    const value = bytes.subarray(start, start + room);
    const header = Buffer.alloc(pdvHeaderLength);
    header.writeUInt32BE(value.length + 2, 0);
    header[4] = contextId;
    header[5] = (kind === 'command' ? 1 : 0) | (start + room >= bytes.length ? 2 : 0);
    pdus.push(pdu(pduType.data, header, value));
  }
  return Buffer.concat(pdus);
}
