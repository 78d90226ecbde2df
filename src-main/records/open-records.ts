/** Opens the small durable tables in a thread of their own. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Piscina } from 'piscina';
import { toPacsError } from '#shared/errors.ts';
import { threadEntry } from '../threads.ts';
import type { Outcome, RecordsThread } from './records-worker.ts';
import type { Records, RecordsSchema } from './records.ts';

const recordsFile = 'records.sqlite';

/** Opens (and if needed creates) the tables of these rooms in a folder. @throws PacsError where a newer program made them. */
export async function openRecords(folder: string, schemas: readonly RecordsSchema[]): Promise<Records> {
  await mkdir(folder, { recursive: true });
  const thread = new Piscina({
    filename: threadEntry(import.meta.url, './records-worker'),
    workerData: { path: join(folder, recordsFile), schemas } satisfies RecordsThread,
    minThreads: 1,
    maxThreads: 1,
    idleTimeout: Infinity,
  });
  const call = async <R>(name: 'start' | 'all' | 'change' | 'close', input?: unknown): Promise<R> => {
    const outcome = (await thread.run(input, { name })) as Outcome;
    if ('value' in outcome) return outcome.value as R;
    throw toPacsError(Object.assign(new Error(outcome.message), { code: outcome.code }));
  };
  try {
    await call('start');
  } catch (error) {
    await thread.destroy();
    throw error;
  }
  return {
    all: (sql, values = []) => call('all', { sql, values }),
    change: (...statements) => call('change', statements),
    close: async () => {
      await call('close');
      await thread.destroy();
    },
  };
}
