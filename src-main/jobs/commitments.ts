/** The reports of storage commitment, in both roles, kept in durable rows. */
import { createEmitter, type Emitter } from '#shared/emitter.ts';
import { PacsError } from '#shared/errors.ts';
import type { Log } from '../log.ts';
import type { Records, RecordValue } from '../records/records.ts';
import {
  failureReason,
  type Commitment,
  type CommitmentAnswer,
  type CommitmentSummary,
  type CommittedInstance,
  type InstanceReference,
} from './commitment-values.ts';

/** What the commitments tell. */
interface CommitmentEvents {
  /** The other node has answered what we asked; `job` is the one that waits for it. */
  'commitment.answered': { readonly TransactionUID: string; readonly job?: string | undefined };
}

/** A commitment as it begins. */
interface CommitmentRequest {
  readonly TransactionUID: string;
  readonly AET: string;
  readonly node?: string | undefined;
  /** Of our AE title that was called. */
  readonly label?: string | undefined;
  readonly references: readonly InstanceReference[];
}

/** The node that we asked: its AE title then, and our name for it. */
export type AskedNode = Pick<CommitmentSummary, 'AET' | 'node'>;

/** The commitments; every change resolves when it is on disk. */
export interface Commitments {
  readonly events: Emitter<CommitmentEvents>;
  /** We are about to ask another node; `job` waits for the answer. Asking again with the same TransactionUID changes the job only. */
  ask(request: CommitmentRequest & { readonly job?: string }): Promise<void>;
  /**
   * The answer to what we asked. An instance that it does not name has failed. An answer that comes again changes nothing.
   * False where we asked nothing of that TransactionUID. `isAsked` tells whether the answer comes from the node that we asked.
   * @throws PacsError `forbidden` where it does not; then nothing is changed
   */
  answered(answer: CommitmentAnswer, isAsked?: (asked: AskedNode) => boolean): Promise<boolean>;
  /** Nobody will answer any more, in words; an answer that comes nevertheless is taken. */
  expired(TransactionUID: string, sentence: string): Promise<void>;
  /**
   * Another node asks. The same request again, not reported yet, is the same commitment (`isNew` false); another one of the same
   * TransactionUID is one whose instances have all failed (PS3.3 C.14.1.1, 0131).
   * @throws PacsError `busy` where so many of that AE title are open that it has to wait for reports first
   */
  accept(request: CommitmentRequest): Promise<{ readonly id: number; readonly isNew: boolean }>;
  /** The other node has our report, or (with a sentence) will not get it. */
  reported(id: number, instances: readonly CommittedInstance[], sentence?: string): Promise<void>;
  /** This job brings the report. */
  assign(id: number, job: string): Promise<void>;
  /** Ids of those that other nodes asked for and have no report of, nor a job that brings it; oldest first. */
  unreported(): Promise<readonly number[]>;
  /** The latest of that TransactionUID, or the one of that id. */
  get(id: string | number): Promise<Commitment | undefined>;
  /** Newest first. */
  list(limit?: number): Promise<readonly CommitmentSummary[]>;
}

/** The commitments in these records (with the tables of `jobsSchema`); so many ended ones are kept, and 100 in any case. */
export function openCommitments(records: Records, historySize: number, log: Log): Commitments {
  return new Room(records, historySize, log);
}

/* Of one AE title; a scanner has one or two. Each waits for its report in a row and a job. */
const mostOpen = 1000;
/* Who asked must be able to read the answer. */
const fewestKept = 100;

interface Row extends Omit<CommitmentSummary, 'node' | 'requestedAt' | 'endedAt' | 'error'> {
  readonly node: string | null;
  readonly job: string | null;
  readonly label: string | null;
  readonly requestedAt: number;
  readonly endedAt: number | null;
  readonly error: string | null;
  readonly instances: string;
}

const summaryColumns = 'id, role, TransactionUID, AET, node, job, status, requestedAt, endedAt, error, total, failed';

class Room implements Commitments {
  readonly events: Commitments['events'];
  readonly #records: Records;
  readonly #historySize: number;
  /* One after the other: a request is compared with what is there. */
  #changes: Promise<unknown> = Promise.resolve();

  constructor(records: Records, historySize: number, log: Log) {
    this.#records = records;
    this.#historySize = Math.max(fewestKept, historySize);
    this.events = createEmitter((error) => log('error', 'A listener failed.', error));
  }

  ask(request: CommitmentRequest & { readonly job?: string }): Promise<void> {
    return this.#inTurn(async () => {
      const [known] = await this.#rows('scu', request.TransactionUID);
      if (!known) await this.#insert('scu', request, request.references.map(pending), request.job);
      else if (request.job !== undefined) await this.assign(known.id, request.job);
    });
  }

  answered(
    { TransactionUID, committed, failed }: CommitmentAnswer,
    isAsked: (asked: AskedNode) => boolean = () => true,
  ): Promise<boolean> {
    return this.#inTurn(async () => {
      const [row] = await this.#rows('scu', TransactionUID);
      if (!row) return false;
      if (!isAsked({ AET: row.AET, node: row.node ?? undefined }))
        throw new PacsError('forbidden', 'Another node was asked for this.');
      const asked = JSON.parse(row.instances) as CommittedInstance[];
      /* Only an answer has decided instances; what ended without one was given up. */
      if (asked.some(({ status }) => status === 'pending')) {
        await this.#end(row.id, outcome(asked, committed, failed), null);
        this.events.emit('commitment.answered', { TransactionUID, job: row.job ?? undefined });
      }
      return true;
    });
  }

  expired(TransactionUID: string, sentence: string): Promise<void> {
    return this.#inTurn(async () => {
      const sql = `UPDATE commitments SET status = 'failure', endedAt = ?, error = ?
        WHERE role = 'scu' AND TransactionUID = ? AND endedAt IS NULL`;
      await this.#records.change({ sql, values: [Date.now(), sentence, TransactionUID] });
    });
  }

  accept(request: CommitmentRequest): Promise<{ id: number; isNew: boolean }> {
    return this.#inTurn(async () => {
      const open = (await this.#rows('scp', request.TransactionUID)).filter(({ endedAt }) => endedAt === null);
      const same = open.find((row) => row.AET === request.AET && isSame(row, request));
      if (same) return { id: same.id, isNew: false };
      if ((await this.#countOpen(request.AET)) >= mostOpen)
        throw new PacsError('busy', `${mostOpen} requests of ${request.AET} still wait for their reports.`);
      const instances = request.references.map(open.length > 0 ? duplicate : pending);
      return { id: await this.#insert('scp', request, instances), isNew: true };
    });
  }

  reported(id: number, instances: readonly CommittedInstance[], sentence?: string): Promise<void> {
    return this.#inTurn(() => this.#end(id, instances, sentence ?? null));
  }

  async assign(id: number, job: string): Promise<void> {
    await this.#records.change({ sql: 'UPDATE commitments SET job = ? WHERE id = ?', values: [job, id] });
  }

  async unreported(): Promise<readonly number[]> {
    const sql = `SELECT id FROM commitments WHERE endedAt IS NULL AND role = 'scp' AND NOT EXISTS
      (SELECT 1 FROM jobs WHERE jobs.id = commitments.job AND jobs.endedAt IS NULL) ORDER BY id`;
    return (await this.#records.all<{ id: number }>(sql)).map(({ id }) => id);
  }

  async get(id: string | number): Promise<Commitment | undefined> {
    const column = typeof id === 'number' ? 'id' : 'TransactionUID';
    const sql = `SELECT * FROM commitments WHERE ${column} = ? ORDER BY id DESC LIMIT 1`;
    const [row] = await this.#records.all<Row>(sql, [id]);
    return (
      row && {
        ...summary(row),
        label: row.label ?? undefined,
        instances: JSON.parse(row.instances) as CommittedInstance[],
      }
    );
  }

  async list(limit = 100): Promise<readonly CommitmentSummary[]> {
    const sql = `SELECT ${summaryColumns} FROM commitments ORDER BY id DESC LIMIT ?`;
    return (await this.#records.all<Row>(sql, [limit])).map(summary);
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#changes.then(change);
    this.#changes = done.catch(() => undefined);
    return done;
  }

  #rows(role: Row['role'], TransactionUID: string): Promise<Row[]> {
    const sql = 'SELECT * FROM commitments WHERE TransactionUID = ? AND role = ? ORDER BY id DESC';
    return this.#records.all<Row>(sql, [TransactionUID, role]);
  }

  async #countOpen(AET: string): Promise<number> {
    const sql = `SELECT count(*) AS count FROM commitments
      WHERE role = 'scp' AND endedAt IS NULL AND AET = ? COLLATE NOCASE`;
    return (await this.#records.all<{ count: number }>(sql, [AET]))[0]?.count ?? 0;
  }

  async #insert(
    role: Row['role'],
    { TransactionUID, AET, node, label }: CommitmentRequest,
    instances: readonly CommittedInstance[],
    job?: string,
  ): Promise<number> {
    const sql = `INSERT INTO commitments (role, TransactionUID, AET, node, job, label, status, requestedAt, total, failed, instances)
      VALUES (?, ?, ?, ?, ?, ?, 'pending', ?, ?, 0, ?) RETURNING id`;
    const begin: RecordValue[] = [role, TransactionUID, AET, node ?? null, job ?? null, label ?? null];
    const values = [...begin, Date.now(), instances.length, JSON.stringify(instances)];
    const [rows] = await this.#records.change({ sql, values });
    return rows?.[0]?.['id'] as number;
  }

  async #end(id: number, instances: readonly CommittedInstance[], sentence: string | null): Promise<void> {
    const failed = instances.filter(({ status }) => status === 'failure').length;
    const status = failed > 0 || sentence !== null ? 'failure' : 'success';
    const sql = 'UPDATE commitments SET status = ?, endedAt = ?, error = ?, failed = ?, instances = ? WHERE id = ?';
    const values = [status, Date.now(), sentence, failed, JSON.stringify(instances), id];
    const old = 'SELECT id FROM commitments WHERE endedAt IS NOT NULL ORDER BY endedAt DESC, id DESC LIMIT -1 OFFSET ?';
    const trim = `DELETE FROM commitments WHERE id IN (${old})`;
    await this.#records.change({ sql, values }, { sql: trim, values: [this.#historySize] });
  }
}

const pending = ({ SOPClassUID, SOPInstanceUID }: InstanceReference): CommittedInstance => ({
  SOPClassUID,
  SOPInstanceUID,
  status: 'pending',
});

const duplicate = (reference: InstanceReference): CommittedInstance => ({
  ...pending(reference),
  status: 'failure',
  FailureReason: failureReason.duplicateTransactionUID,
});

const isSame = ({ label, instances }: Row, { references, ...request }: CommitmentRequest): boolean => {
  if ((label ?? undefined) !== request.label) return false;
  const key = ({ SOPClassUID, SOPInstanceUID }: InstanceReference): string => `${SOPClassUID} ${SOPInstanceUID}`;
  const before = new Set((JSON.parse(instances) as CommittedInstance[]).map(key));
  return before.size === new Set(references.map(key)).size && references.every((each) => before.has(key(each)));
};

/* What is named among the failed ones has failed, also where it is among the others. */
function outcome(
  asked: readonly CommittedInstance[],
  committed: CommitmentAnswer['committed'],
  failed: CommitmentAnswer['failed'],
): CommittedInstance[] {
  const kept = new Set(committed.map(({ SOPInstanceUID }) => SOPInstanceUID));
  const reasons = new Map(failed.map(({ SOPInstanceUID, FailureReason }) => [SOPInstanceUID, FailureReason]));
  return asked.map((instance): CommittedInstance => {
    const { SOPInstanceUID } = instance;
    if (kept.has(SOPInstanceUID) && !reasons.has(SOPInstanceUID)) return { ...instance, status: 'success' };
    return { ...instance, status: 'failure', FailureReason: reasons.get(SOPInstanceUID) };
  });
}

const summary = ({ id, role, TransactionUID, AET, status, total, failed, ...row }: Row): CommitmentSummary => ({
  id,
  role,
  TransactionUID,
  AET,
  node: row.node ?? undefined,
  status,
  requestedAt: new Date(row.requestedAt).toISOString(),
  endedAt: row.endedAt === null ? undefined : new Date(row.endedAt).toISOString(),
  error: row.error ?? undefined,
  total,
  failed,
});
