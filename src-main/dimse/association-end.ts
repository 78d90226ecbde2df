/** AssociationEnd: the one way in which an association ends other than by release. */
import { PacsError } from '#shared/errors.ts';
import type { Abort } from './pdu.ts';

/** The association is over; what was being received counts as `aborted`. */
export class AssociationEnd extends PacsError {
  /** What the other side is told in an A-ABORT; absent where it needs none, being the one who left. */
  readonly abort: Abort | undefined;

  constructor(message: string, abort?: Abort, options?: { cause?: unknown }) {
    super('aborted', message, options);
    this.name = 'AssociationEnd';
    this.abort = abort;
  }
}
