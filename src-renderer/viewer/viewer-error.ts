/** The viewer's own faults: a closed list, for each of which the catalogue of texts has a sentence. */
import { PacsError } from '#shared/errors.ts';
import type { PacsErrorCode, PacsErrorValue } from '#shared/errors.ts';

/** What each fault is, in the codes that all of the program knows; the texts are under `viewer.fault`. */
const codes = {
  noGraphics: 'unsupported',
  graphicsLost: 'busy',
  cannotDraw: 'internal',
  undecodable: 'damaged',
  wrongSize: 'damaged',
  notSent: 'truncated',
  transferEnded: 'truncated',
  transferDamaged: 'damaged',
  connectionLost: 'aborted',
  noMemory: 'too-large',
  changing: 'mismatch',
  closed: 'aborted',
} as const satisfies Record<string, PacsErrorCode>;

/** The name of a fault of the viewer. */
export type ViewerFault = keyof typeof codes;

/** Something the viewer could not do; `detail` are words of the archive about it. */
export class ViewerError extends PacsError {
  readonly fault: ViewerFault;

  constructor(fault: ViewerFault, { detail = '', cause }: { detail?: string; cause?: unknown } = {}) {
    super(codes[fault], detail, { cause });
    this.name = 'ViewerError';
    this.fault = fault;
  }
}

/** An error for the stage: the sentence goes by the fault, else by the code; `message` is what the archive said, or ''. */
export interface ViewerErrorValue extends PacsErrorValue {
  readonly fault?: ViewerFault;
}

/** Any thrown thing for the stage; what the program did not expect is told to the console, not to the person. */
export function viewerErrorValue(thrown: unknown): ViewerErrorValue {
  if (thrown instanceof ViewerError) return { code: thrown.code, fault: thrown.fault, message: thrown.message };
  if (thrown instanceof PacsError) return { code: thrown.code, message: thrown.message };
  console.error(thrown);
  return { code: codes.cannotDraw, fault: 'cannotDraw', message: '' };
}
