/** Writes DIMSE messages as P-DATA-TF PDUs no faster than the other side takes them (PS3.8 9.3.5). */
import { dataPdus, fragmentRoom, pduHeaderLength, pduType, pdvHeaderLength } from './pdu.ts';

/** A data set on its way out, encoded in the transfer syntax of its presentation context. */
export type OutgoingDataSet = Uint8Array | AsyncIterable<Uint8Array>;

/** Where PDUs go. */
export interface PduWriter {
  /** Writes bytes, which must not change afterwards. */
  write(bytes: Uint8Array): void;
  /** Writes many pieces in one step. */
  cork(): void;
  uncork(): void;
  /** Waits until the other side has taken most of what was written. @throws AssociationEnd once the association is over. */
  drained(): Promise<void>;
}

/* PDUs without a bound of the other side's still have one: a PDV is held in memory there. */
const longestValue = 1024 * 1024;

/* Bytes a second that a slow node writes before it can answer. */
const slowDisk = 10_000_000;

/** Seconds beside its usual time that the other side may take before it answers, since it has to keep so many bytes. */
export const keepingTime = (bytes: number): number => bytes / slowDisk;

/** Writes one message: the command, then its data set; resolves when the other side has taken most of it. */
export async function sendMessage(
  writer: PduWriter,
  contextId: number,
  command: Buffer,
  dataSet: OutgoingDataSet | undefined,
  maximumLength: number,
): Promise<void> {
  writer.write(dataPdus(contextId, 'command', command, maximumLength));
  if (dataSet) await sendDataSet(writer, contextId, dataSet, maximumLength);
  await writer.drained();
}

/* A PDU is written when the one after it is known to follow, so that the last one can say that it is the last. */
async function sendDataSet(
  writer: PduWriter,
  contextId: number,
  dataSet: OutgoingDataSet,
  maximumLength: number,
): Promise<void> {
  const room = maximumLength === 0 ? longestValue : Math.min(longestValue, fragmentRoom(maximumLength));
  let pending: Uint8Array[] = [];
  let length = 0;
  const flush = (isLast: boolean): void => {
    writer.write(header(contextId, length, isLast));
    for (const piece of pending) writer.write(piece);
    pending = [];
    length = 0;
  };
  for await (const chunk of dataSet instanceof Uint8Array ? [dataSet] : dataSet) {
    writer.cork();
    try {
      for (let start = 0; start < chunk.length;) {
        if (length === room) flush(false);
        const piece = chunk.subarray(start, start + room - length);
        pending.push(piece);
        length += piece.length;
        start += piece.length;
      }
    } finally {
      writer.uncork();
    }
    await writer.drained();
  }
  writer.cork();
  flush(true);
  writer.uncork();
}

/** The headers of a PDU that holds one PDV of a data set. */
function header(contextId: number, length: number, isLast: boolean): Buffer {
  /* From Node's pool, for there may be thousands: so every byte is set. */
  const bytes = Buffer.allocUnsafe(pduHeaderLength + pdvHeaderLength);
  bytes[0] = pduType.data;
  bytes[1] = 0;
  bytes.writeUInt32BE(length + pdvHeaderLength, 2);
  bytes.writeUInt32BE(length + 2, pduHeaderLength);
  bytes[pduHeaderLength + 4] = contextId;
  bytes[pduHeaderLength + 5] = isLast ? 2 : 0;
  return bytes;
}
