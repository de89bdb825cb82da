CREATE TABLE request_events (
    id BLOB NOT NULL PRIMARY KEY,
    request_id BLOB NOT NULL REFERENCES reseller_request_info (id),
    at INTEGER NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('state', 'contact', 'question', 'answer', 'note', 'terms')),
    from_state TEXT,
    to_state TEXT,
    text TEXT NOT NULL,
    contact_kind TEXT CHECK (contact_kind IN ('call', 'meeting', 'email')),
    contact_on TEXT,
    people TEXT
) STRICT;
CREATE INDEX request_events_by_request ON request_events (request_id, at);

CREATE TABLE request_assessments (
    request_id BLOB NOT NULL PRIMARY KEY REFERENCES reseller_request_info (id),
    interest INTEGER CHECK (interest BETWEEN 1 AND 5),
    feasibility INTEGER CHECK (feasibility BETWEEN 1 AND 5),
    -- The ticked items' keys, separated by spaces.
    checklist TEXT NOT NULL,
    due_on TEXT,
    recommendation TEXT CHECK (recommendation IN ('accept', 'negotiate', 'reject')),
    note TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL
) STRICT;

CREATE TABLE terms_versions (
    id BLOB NOT NULL PRIMARY KEY,
    request_id BLOB NOT NULL REFERENCES reseller_request_info (id),
    number INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'countered', 'agreed', 'declined')),
    proposed_by TEXT NOT NULL CHECK (proposed_by IN ('provider', 'reseller')),
    basis TEXT NOT NULL CHECK (basis IN ('revenue', 'margin')),
    share INTEGER NOT NULL CHECK (share BETWEEN 0 AND 1000000),
    collects TEXT NOT NULL CHECK (collects IN ('provider', 'reseller')),
    payment_days INTEGER NOT NULL CHECK (payment_days BETWEEN 0 AND 365),
    valid_from TEXT NOT NULL,
    valid_until TEXT,
    note TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    answered_at INTEGER,
    answered_by TEXT,
    UNIQUE (request_id, number)
) STRICT;
-- At most one offer is open at a time.
CREATE UNIQUE INDEX terms_versions_open ON terms_versions (request_id) WHERE state = 'proposed';

-- The month's basis from an amount on has its own share; below the first edge the general share holds.
CREATE TABLE terms_tiers (
    terms_id BLOB NOT NULL REFERENCES terms_versions (id),
    currency TEXT NOT NULL,
    from_amount INTEGER NOT NULL CHECK (from_amount > 0),
    share INTEGER NOT NULL CHECK (share BETWEEN 0 AND 1000000),
    PRIMARY KEY (terms_id, currency, from_amount)
) STRICT;

-- What the provider's share of a full month is at least, and the re-seller's at most.
CREATE TABLE terms_limits (
    terms_id BLOB NOT NULL REFERENCES terms_versions (id),
    currency TEXT NOT NULL,
    commitment INTEGER CHECK (commitment > 0),
    cap INTEGER CHECK (cap >= 0),
    PRIMARY KEY (terms_id, currency),
    CHECK (commitment IS NOT NULL OR cap IS NOT NULL)
) STRICT;
