/** The database's tables, as the steps that lead from an empty file to today's. */

/**
 * Step n leads from schema version n to n + 1. A step that was released is never edited; append one.
 * Paths are kept relative to the job's folder where they lie in it, so that a home can be moved.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE sequence (id INTEGER PRIMARY KEY CHECK (id = 1), value INTEGER NOT NULL) STRICT;
  INSERT INTO sequence (id, value) VALUES (1, 0);

  CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    token TEXT NOT NULL UNIQUE,
    fingerprint TEXT NOT NULL,
    seq INTEGER NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    backend TEXT NOT NULL,
    technique TEXT NOT NULL,
    method TEXT NOT NULL,
    base_model TEXT NOT NULL,
    base_hash TEXT,
    recipe_file TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    queued_at INTEGER NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 1,
    started_at INTEGER,
    ended_at INTEGER,
    heartbeat_at INTEGER,
    step INTEGER NOT NULL DEFAULT 0,
    total_steps INTEGER NOT NULL DEFAULT 0,
    loss REAL,
    eval_loss REAL,
    tokens_per_second REAL,
    characters_per_token REAL,
    seconds_left REAL,
    checkpoint TEXT,
    artifact TEXT,
    evaluation TEXT,
    fault TEXT
  ) STRICT;
  CREATE INDEX jobs_by_seq ON jobs (seq);
  CREATE INDEX jobs_by_state ON jobs (state);
  CREATE INDEX jobs_by_base ON jobs (base_hash, method, created_at);

  CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_by_job ON events (job_id, seq);
  CREATE TRIGGER events_are_append_only BEFORE UPDATE ON events
  BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

  CREATE TABLE metrics (
    seq INTEGER PRIMARY KEY,
    job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    at INTEGER NOT NULL,
    "values" TEXT NOT NULL
  ) STRICT;
  CREATE INDEX metrics_by_job ON metrics (job_id, seq);

  CREATE TABLE leases (
    job_id TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    owner TEXT NOT NULL,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    born TEXT NOT NULL,
    acquired_at INTEGER NOT NULL,
    heartbeat_at INTEGER NOT NULL
  ) STRICT;
  `,
  `
  CREATE INDEX metrics_by_step ON metrics (job_id, step, seq);
  CREATE INDEX evaluations_by_step ON metrics (job_id, step, seq) WHERE instr("values", '"eval_loss"') > 0;
  `,
];
