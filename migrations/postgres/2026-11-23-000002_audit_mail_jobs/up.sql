CREATE TABLE audit_events (
    id UUID NOT NULL PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id UUID,
    actor_name TEXT NOT NULL,
    address TEXT,
    object_kind TEXT NOT NULL,
    object_id UUID NOT NULL,
    reseller_id UUID,
    action TEXT NOT NULL,
    summary TEXT NOT NULL,
    before TEXT,
    after TEXT
);
CREATE INDEX audit_events_by_time ON audit_events (at, id);
CREATE INDEX audit_events_by_object ON audit_events (object_kind, object_id, at);
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END;
$$;
CREATE TRIGGER audit_events_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The chain over the log: each seal is made of the one before it and of one entry, with a key outside the database.
CREATE TABLE audit_seals (
    number BIGINT NOT NULL PRIMARY KEY,
    event_id UUID NOT NULL UNIQUE,
    seal TEXT NOT NULL
);
CREATE TRIGGER audit_seals_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE mails (
    id UUID NOT NULL PRIMARY KEY,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    sent_at TIMESTAMPTZ,
    attempts BIGINT NOT NULL,
    last_error TEXT
);
CREATE INDEX mails_by_time ON mails (created_at, id);

CREATE TABLE jobs (
    id UUID NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    -- Two waiting jobs with one key are one job.
    key TEXT NOT NULL,
    subject UUID,
    month TEXT,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
    progress BIGINT NOT NULL,
    total BIGINT NOT NULL,
    message TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    started_at TIMESTAMPTZ,
    finished_at TIMESTAMPTZ
);
CREATE INDEX jobs_by_state ON jobs (state, created_at);
CREATE UNIQUE INDEX jobs_waiting ON jobs (key) WHERE state = 'queued';
