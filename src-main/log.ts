/** The program's log: one line an entry on the standard error stream, without patient data. */

/** Writes one entry; the cause is for whoever looks for the fault. */
export type Log = (level: 'info' | 'warn' | 'error', message: string, cause?: unknown) => void;

const causeOf = (cause: unknown): string =>
  cause === undefined ? '' : ` (${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)})`;

/** A log on the standard error stream with the time in UTC. */
export const consoleLog: Log = (level, message, cause) =>
  console.error(`${new Date().toISOString()} ${level} ${message}${causeOf(cause)}`);
