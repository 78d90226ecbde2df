/** The statuses with which other nodes refuse, as errors with a sentence (PS3.4 B.2.3, C.4, PS3.7 Annex C). */
import { PacsError, type PacsErrorCode } from '#shared/errors.ts';
import type { Command } from '../command.ts';

type Row = readonly [status: number, mask: number, code: PacsErrorCode, what: string];

/* The first row that fits; families (A7xx, A9xx, Cxxx) after the statuses that stand for themselves. */
const rows: readonly Row[] = [
  [0x0112, 0xffff, 'not-found', 'does not have it'],
  [0x0118, 0xffff, 'unsupported', 'does not know this kind of object'],
  [0x0122, 0xffff, 'unsupported', 'does not know this kind of object'],
  [0x0124, 0xffff, 'forbidden', 'does not allow it'],
  [0x0210, 0xffff, 'bad-request', 'has had this request before'],
  [0x0211, 0xffff, 'unsupported', 'does not know this operation'],
  [0x0213, 0xffff, 'busy', 'has no room or no time for it now'],
  [0x0111, 0xffff, 'bad-request', 'has it already'],
  [0xa801, 0xffff, 'not-found', 'does not know the node to send to'],
  [0xa701, 0xffff, 'busy', 'could not count the images'],
  [0xa702, 0xffff, 'busy', 'could not send the images'],
  [0xa700, 0xff00, 'busy', 'has no room or no time for it now'],
  [0xa900, 0xff00, 'mismatch', 'finds that the data do not fit their kind'],
  [0xc000, 0xf000, 'bad-request', 'could not process it'],
  [0x0100, 0xff00, 'bad-request', 'could not process it'],
];

/** The error of a final status. The words of the other side may name a patient, and errors go into the log: they are left out. */
export function statusError(calledAET: string, operation: string, { Status = 0 }: Pick<Command, 'Status'>): PacsError {
  const [, , code, what] = rows.find(([status, mask]) => (Status & mask) === status) ?? [
    0,
    0,
    'bad-request',
    'refuses',
  ];
  const hex = Status.toString(16).toUpperCase().padStart(4, '0');
  return new PacsError(code as PacsErrorCode, `${operation}: ${calledAET} ${what} (status ${hex}).`);
}
