/** The tables of the jobs and of the storage commitments. */
import type { RecordsSchema } from '../records/records.ts';

/*
 * jobs: times in milliseconds since 1970; `content` is what was asked for, `remaining` what is left of it (both JSON);
 * `lane` is what the job depends on, such as a node; jobs of one `strand` run in their order; `deaths` counts how often the program died while it ran without a save.
 * commitments: `role` is ours; `instances` is a JSON list; `job` the one that waits for the answer; `label` is that of our AE title that was called.
 */
const first = `
  CREATE TABLE jobs (
    sequence INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    priority INTEGER NOT NULL,
    description TEXT NOT NULL,
    lane TEXT,
    strand TEXT,
    done INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0,
    deaths INTEGER NOT NULL DEFAULT 0,
    createdAt INTEGER NOT NULL,
    startedAt INTEGER,
    endedAt INTEGER,
    nextTryAt INTEGER,
    errorCode TEXT,
    errorMessage TEXT,
    content TEXT NOT NULL,
    remaining TEXT,
    output TEXT
  );
  CREATE INDEX jobs_open ON jobs (priority DESC, sequence) WHERE endedAt IS NULL;
  CREATE INDEX jobs_strand ON jobs (strand, sequence) WHERE endedAt IS NULL AND strand IS NOT NULL;
  CREATE INDEX jobs_ended ON jobs (endedAt) WHERE endedAt IS NOT NULL;

  CREATE TABLE commitments (
    id INTEGER PRIMARY KEY,
    role TEXT NOT NULL,
    TransactionUID TEXT NOT NULL,
    AET TEXT NOT NULL,
    node TEXT,
    job TEXT,
    status TEXT NOT NULL,
    requestedAt INTEGER NOT NULL,
    endedAt INTEGER,
    error TEXT,
    total INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    instances TEXT NOT NULL
  );
  CREATE INDEX commitments_TransactionUID ON commitments (TransactionUID);
  CREATE INDEX commitments_open ON commitments (role) WHERE endedAt IS NULL;
  CREATE INDEX commitments_ended ON commitments (endedAt) WHERE endedAt IS NOT NULL;
`;

const second = 'ALTER TABLE commitments ADD COLUMN label TEXT';

/** The tables of this room. */
export const jobsSchema: RecordsSchema = { room: 'jobs', steps: [first, second] };
