CREATE TABLE audit_events (
    id BLOB NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id BLOB,
    actor_name TEXT NOT NULL,
    address TEXT,
    object_kind TEXT NOT NULL,
    object_id BLOB NOT NULL,
    reseller_id BLOB,
    action TEXT NOT NULL,
    summary TEXT NOT NULL,
    before TEXT,
    after TEXT
) STRICT;
CREATE INDEX audit_events_by_time ON audit_events (at, id);
CREATE INDEX audit_events_by_object ON audit_events (object_kind, object_id, at);
CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit_events is append-only');
END;
CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit_events is append-only');
END;

-- The chain over the log: each seal is made of the one before it and of one entry, with a key outside the database.
CREATE TABLE audit_seals (
    number INTEGER NOT NULL PRIMARY KEY,
    event_id BLOB NOT NULL UNIQUE,
    seal TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_seals_no_update BEFORE UPDATE ON audit_seals
BEGIN
    SELECT RAISE(ABORT, 'audit_seals is append-only');
END;
CREATE TRIGGER audit_seals_no_delete BEFORE DELETE ON audit_seals
BEGIN
    SELECT RAISE(ABORT, 'audit_seals is append-only');
END;

CREATE TABLE mails (
    id BLOB NOT NULL PRIMARY KEY,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    sent_at INTEGER,
    attempts INTEGER NOT NULL,
    last_error TEXT
) STRICT;
CREATE INDEX mails_by_time ON mails (created_at, id);

CREATE TABLE jobs (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    -- Two waiting jobs with one key are one job.
    key TEXT NOT NULL,
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
CREATE INDEX jobs_by_state ON jobs (state, created_at);
CREATE UNIQUE INDEX jobs_waiting ON jobs (key) WHERE state = 'queued';
