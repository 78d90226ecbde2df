/** DIMSE messages put together from PDVs: the command whole, the data set as a stream that is read as it comes (PS3.7 6.3). */
import { AssociationEnd } from './association-end.ts';
import { ByteQueue } from './byte-queue.ts';
import { readCommand, type Command } from './command.ts';
import type { Gate, Pdv } from './gate.ts';
import { abort } from './pdu.ts';

/** The data set of a message on its way in. */
interface IncomingDataSet {
  /** Its bytes as they came, `head` before them, in few large steps. @throws AssociationEnd out of the iteration. */
  chunks(head: Uint8Array): AsyncGenerator<Uint8Array>;
  /** Reads what nobody wanted, so that the next message can be read. @throws AssociationEnd. */
  discard(): Promise<void>;
}

/** One message. Its data set must be read or discarded before the next message is asked for. */
export interface Message {
  readonly contextId: number;
  readonly command: Command;
  readonly dataSet: IncomingDataSet | undefined;
}

const maximumCommandLength = 64 * 1024;
/* A reader is woken for so many bytes or for the last of them; less would cost it a turn a PDU. */
const stepLength = 512 * 1024;

const violation = (message: string): AssociationEnd =>
  new AssociationEnd(`The other side broke the DICOM protocol: ${message}.`, abort.unexpectedPdu);

/** The next message of an association, or 'release'. `accepted` are the IDs of the accepted contexts. @throws AssociationEnd. */
export async function nextMessage(gate: Gate, accepted: ReadonlySet<number>): Promise<Message | 'release'> {
  const first = await gate.next();
  if (first === 'release') return first;
  if (!accepted.has(first.contextId))
    throw new AssociationEnd(
      `The other side used presentation context ${first.contextId}, which was not accepted.`,
      abort.unexpectedParameter,
    );
  const command = readCommand(await readWholeCommand(gate, first));
  const { contextId } = first;
  return { contextId, command, dataSet: command.hasDataSet ? incomingDataSet(gate, contextId) : undefined };
}

async function readWholeCommand(gate: Gate, first: Pdv): Promise<Buffer> {
  const bytes = new ByteQueue();
  for (let pdv = first; ; pdv = await nextFragment(gate, first.contextId)) {
    if (!pdv.isCommand) throw violation('a data set without its command');
    for (const slice of pdv.slices) bytes.push(slice);
    if (bytes.length > maximumCommandLength) throw violation(`a command of more than ${maximumCommandLength} bytes`);
    if (pdv.isLast) return bytes.take(bytes.length);
  }
}

async function nextFragment(gate: Gate, contextId: number): Promise<Pdv> {
  const pdv = await gate.next();
  if (pdv === 'release') throw violation('a release in the middle of a message');
  if (pdv.contextId !== contextId) throw violation('a message that changes its presentation context');
  return pdv;
}

function incomingDataSet(gate: Gate, contextId: number): IncomingDataSet {
  let isWhole = false;
  let failure: unknown;

  async function fragment(): Promise<Pdv> {
    /* Whoever discards after a failure hears of it again, even if the first to hear it kept silent. */
    if (failure) throw failure;
    try {
      const pdv = await nextFragment(gate, contextId);
      if (pdv.isCommand) throw violation('a command in the middle of a data set');
      isWhole = pdv.isLast;
      return pdv;
    } catch (error) {
      failure = error;
      throw error;
    }
  }

  async function* chunks(head: Uint8Array): AsyncGenerator<Uint8Array> {
    yield head;
    const step = new ByteQueue();
    while (!isWhole) {
      const { slices } = await fragment();
      for (const slice of slices) step.push(slice);
      if (step.length >= stepLength || isWhole) yield* step.slices(step.length);
    }
  }

  async function discard(): Promise<void> {
    while (!isWhole) await fragment();
  }

  return { chunks, discard };
}
