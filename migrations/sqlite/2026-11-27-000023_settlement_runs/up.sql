-- A step that every statement of a month takes, one after the other in the background.
CREATE TABLE settlement_runs (
    id BLOB NOT NULL PRIMARY KEY,
    step TEXT NOT NULL CHECK (step IN ('close', 'send', 'post')),
    month TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id BLOB,
    actor_name TEXT NOT NULL,
    address TEXT,
    started_at INTEGER NOT NULL,
    -- How many statements took it.
    taken INTEGER NOT NULL
) STRICT;
CREATE INDEX settlement_runs_by_month ON settlement_runs (month, id);

-- Whom it passed over, and why.
CREATE TABLE settlement_refusals (
    id BLOB NOT NULL PRIMARY KEY,
    run_id BLOB NOT NULL REFERENCES settlement_runs (id),
    channel_id BLOB NOT NULL REFERENCES channels (id),
    -- None where the month of the channel could not be closed. A statement may go when its month is rated anew.
    statement_id BLOB,
    what TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX settlement_refusals_by_run ON settlement_refusals (run_id, id);

-- What a page tells of a job is found by what the job is about.
CREATE INDEX jobs_by_subject ON jobs (subject, id);
