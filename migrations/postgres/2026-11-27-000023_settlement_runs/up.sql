-- A step that every statement of a month takes, one after the other in the background.
CREATE TABLE settlement_runs (
    id UUID NOT NULL PRIMARY KEY,
    step TEXT NOT NULL CHECK (step IN ('close', 'send', 'post')),
    month TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id UUID,
    actor_name TEXT NOT NULL,
    address TEXT,
    started_at TIMESTAMPTZ NOT NULL,
    -- How many statements took it.
    taken BIGINT NOT NULL
);
CREATE INDEX settlement_runs_by_month ON settlement_runs (month, id);

-- Whom it passed over, and why.
CREATE TABLE settlement_refusals (
    id UUID NOT NULL PRIMARY KEY,
    run_id UUID NOT NULL REFERENCES settlement_runs (id),
    channel_id UUID NOT NULL REFERENCES channels (id),
    -- None where the month of the channel could not be closed. A statement may go when its month is rated anew.
    statement_id UUID,
    what TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX settlement_refusals_by_run ON settlement_refusals (run_id, id);

-- What a page tells of a job is found by what the job is about.
CREATE INDEX jobs_by_subject ON jobs (subject, id);
