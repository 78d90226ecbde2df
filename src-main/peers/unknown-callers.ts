/** Unknown callers that were refused, for a person to accept or to dismiss; so many that who tries for ever fills nothing. */
import type { UnknownCaller } from '#shared/model.ts';
import type { Statement } from '../records/records.ts';

/** The unknown callers in memory. */
export interface UnknownCallers {
  /** Latest first. */
  list(): readonly UnknownCaller[];
  /** Notes `count` refusals, of which the last was at `at` (ISO 8601, UTC) for this reason. */
  note(caller: Pick<UnknownCaller, 'callingAET' | 'remoteAddress' | 'reason'>, at: string, count: number): void;
  forget(callingAET: string, remoteAddress: string): void;
  /** The statements that write what has changed; after `written` they are not given again. */
  changes(): { readonly statements: readonly Statement[]; readonly written: () => void };
}

const maximumCallers = 200;
/* One address that tries many titles does not push the others out. */
const maximumPerAddress = 20;

const keyOf = (callingAET: string, remoteAddress: string): string => JSON.stringify([callingAET, remoteAddress]);

/** The unknown callers of these rows. */
export function createUnknownCallers(rows: readonly UnknownCaller[]): UnknownCallers {
  const inOrder = rows.toSorted((a, b) => a.lastAt.localeCompare(b.lastAt));
  /* The one that was refused last is last. */
  const callers = new Map(inOrder.map((row) => [keyOf(row.callingAET, row.remoteAddress), row]));
  const changed = new Map<string, UnknownCaller>();

  function forget(caller: Pick<UnknownCaller, 'callingAET' | 'remoteAddress'>): void {
    const key = keyOf(caller.callingAET, caller.remoteAddress);
    const known = callers.get(key);
    if (!known) return;
    callers.delete(key);
    /* Another object than before, so that a write that is on its way does not count for it. */
    changed.set(key, { ...known });
  }

  /* A map gives its values by age. */
  function makeRoom(remoteAddress: string): void {
    const all = [...callers.values()];
    const here = all.filter((caller) => caller.remoteAddress === remoteAddress);
    const oldest = here.length >= maximumPerAddress ? here[0] : all.length >= maximumCallers ? all[0] : undefined;
    if (oldest) forget(oldest);
  }

  return {
    list: () => [...callers.values()].toReversed(),
    note: ({ callingAET, remoteAddress, reason }, lastAt, count) => {
      const key = keyOf(callingAET, remoteAddress);
      const before = callers.get(key);
      if (before) callers.delete(key);
      else makeRoom(remoteAddress);
      const caller = { callingAET, remoteAddress, count: (before?.count ?? 0) + count, lastAt, reason };
      callers.set(key, caller);
      changed.set(key, caller);
    },
    forget: (callingAET, remoteAddress) => forget({ callingAET, remoteAddress }),
    changes: () => {
      const given = [...changed];
      return {
        statements: given.map(([key, caller]) => statementOf(caller, callers.has(key))),
        /* What has changed again meanwhile is written next time. */
        written: () => given.forEach(([key, caller]) => changed.get(key) === caller && changed.delete(key)),
      };
    },
  };
}

const statementOf = (
  { callingAET, remoteAddress, count, lastAt, reason }: UnknownCaller,
  isThere: boolean,
): Statement =>
  isThere
    ? {
        sql: 'INSERT OR REPLACE INTO peers_unknown (callingAET, remoteAddress, count, lastAt, reason) VALUES (?, ?, ?, ?, ?)',
        values: [callingAET, remoteAddress, count, lastAt, reason],
      }
    : {
        sql: 'DELETE FROM peers_unknown WHERE callingAET = ? AND remoteAddress = ?',
        values: [callingAET, remoteAddress],
      };
