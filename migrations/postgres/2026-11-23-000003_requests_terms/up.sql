CREATE TABLE request_events (
    id UUID NOT NULL PRIMARY KEY,
    request_id UUID NOT NULL REFERENCES reseller_request_info (id),
    at TIMESTAMPTZ NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('state', 'contact', 'question', 'answer', 'note', 'terms')),
    from_state TEXT,
    to_state TEXT,
    text TEXT NOT NULL,
    contact_kind TEXT CHECK (contact_kind IN ('call', 'meeting', 'email')),
    contact_on DATE,
    people TEXT
);
CREATE INDEX request_events_by_request ON request_events (request_id, at);

CREATE TABLE request_assessments (
    request_id UUID NOT NULL PRIMARY KEY REFERENCES reseller_request_info (id),
    interest BIGINT CHECK (interest BETWEEN 1 AND 5),
    feasibility BIGINT CHECK (feasibility BETWEEN 1 AND 5),
    -- The ticked items' keys, separated by spaces.
    checklist TEXT NOT NULL,
    due_on DATE,
    recommendation TEXT CHECK (recommendation IN ('accept', 'negotiate', 'reject')),
    note TEXT NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by TEXT NOT NULL
);

CREATE TABLE terms_versions (
    id UUID NOT NULL PRIMARY KEY,
    request_id UUID NOT NULL REFERENCES reseller_request_info (id),
    number BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'countered', 'agreed', 'declined')),
    proposed_by TEXT NOT NULL CHECK (proposed_by IN ('provider', 'reseller')),
    basis TEXT NOT NULL CHECK (basis IN ('revenue', 'margin')),
    share BIGINT NOT NULL CHECK (share BETWEEN 0 AND 1000000),
    collects TEXT NOT NULL CHECK (collects IN ('provider', 'reseller')),
    payment_days BIGINT NOT NULL CHECK (payment_days BETWEEN 0 AND 365),
    valid_from TEXT NOT NULL,
    valid_until TEXT,
    note TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by TEXT NOT NULL,
    answered_at TIMESTAMPTZ,
    answered_by TEXT,
    UNIQUE (request_id, number)
);
-- At most one offer is open at a time.
CREATE UNIQUE INDEX terms_versions_open ON terms_versions (request_id) WHERE state = 'proposed';

-- The month's basis from an amount on has its own share; below the first edge the general share holds.
CREATE TABLE terms_tiers (
    terms_id UUID NOT NULL REFERENCES terms_versions (id),
    currency TEXT NOT NULL,
    from_amount NUMERIC(20, 6) NOT NULL CHECK (from_amount > 0),
    share BIGINT NOT NULL CHECK (share BETWEEN 0 AND 1000000),
    PRIMARY KEY (terms_id, currency, from_amount)
);

-- What the provider's share of a full month is at least, and the re-seller's at most.
CREATE TABLE terms_limits (
    terms_id UUID NOT NULL REFERENCES terms_versions (id),
    currency TEXT NOT NULL,
    commitment NUMERIC(20, 6) CHECK (commitment > 0),
    cap NUMERIC(20, 6) CHECK (cap >= 0),
    PRIMARY KEY (terms_id, currency),
    CHECK (commitment IS NOT NULL OR cap IS NOT NULL)
);
