-- What one process does at a time, and until when it is taken to be at it.
CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    owner BLOB NOT NULL,
    until INTEGER NOT NULL
) STRICT;
-- Jobs of one lane run one after the other; the lane is the name of their lease. SQLite adds no column that must be
-- filled, so that the table is made anew.
CREATE TABLE jobs_with_lane (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    -- Two waiting jobs with one key are one job.
    key TEXT NOT NULL,
    lane TEXT NOT NULL,
    subject BLOB,
    month TEXT,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
    progress INTEGER NOT NULL,
    total INTEGER NOT NULL,
    message TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER
) STRICT;
INSERT INTO jobs_with_lane
SELECT id, kind, key, 'job ' || lower(hex(coalesce(
        (SELECT channel_id FROM usage_files WHERE usage_files.id = jobs.subject), subject, id))),
    subject, month, state, progress, total, message, attempts, created_at, started_at, finished_at
FROM jobs;
DROP TABLE jobs;
ALTER TABLE jobs_with_lane RENAME TO jobs;
CREATE INDEX jobs_by_state ON jobs (state, created_at);
CREATE UNIQUE INDEX jobs_waiting ON jobs (key) WHERE state = 'queued';
