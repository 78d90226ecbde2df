/** What became of an action that a person asked for: done, or why not. */
import { errorValue } from '#shared/errors.ts';
import type { PacsErrorValue } from '#shared/errors.ts';

/** Undefined where it was done. */
export type Outcome = PacsErrorValue | undefined;

/** The outcome of a call; it never rejects. */
export const outcomeOf = (call: Promise<unknown>): Promise<Outcome> => call.then(() => undefined, errorValue);
