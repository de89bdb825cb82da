CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;

CREATE TABLE applicants (
    id BLOB NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    verified_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;

-- The request's table; its name is fixed by the business.
CREATE TABLE reseller_request_info (
    id BLOB NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    applicant_id BLOB NOT NULL REFERENCES applicants (id),
    state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'in_review', 'info_requested', 'negotiating', 'accepted', 'rejected', 'withdrawn')),
    resume_state TEXT CHECK (resume_state IN ('in_review', 'negotiating')),
    legal_name TEXT NOT NULL,
    trading_name TEXT NOT NULL,
    registration_number TEXT NOT NULL,
    tax_id TEXT NOT NULL,
    website TEXT NOT NULL,
    country TEXT NOT NULL,
    address TEXT NOT NULL,
    contact_name TEXT NOT NULL,
    job_title TEXT NOT NULL,
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    user_name TEXT NOT NULL,
    sells_today TEXT NOT NULL,
    target_market TEXT NOT NULL,
    expected_customers INTEGER,
    expected_revenue INTEGER,
    expected_currency TEXT,
    bundles_of_interest TEXT NOT NULL,
    message TEXT NOT NULL,
    conditions_version TEXT,
    conditions_accepted_at INTEGER,
    assignee_id BLOB,
    -- Counts each change, so that a decision made on an old view is noticed.
    revision INTEGER NOT NULL,
    name_key TEXT NOT NULL,
    email_domain TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    submitted_at INTEGER
) STRICT;
CREATE INDEX reseller_request_info_by_state ON reseller_request_info (state, created_at);
CREATE INDEX reseller_request_info_by_name ON reseller_request_info (name_key);
CREATE INDEX reseller_request_info_by_applicant ON reseller_request_info (applicant_id);
-- An applicant has one request in progress at a time.
CREATE UNIQUE INDEX reseller_request_info_open ON reseller_request_info (applicant_id)
    WHERE state NOT IN ('accepted', 'rejected', 'withdrawn');

CREATE TABLE resellers (
    id BLOB NOT NULL PRIMARY KEY,
    request_id BLOB NOT NULL UNIQUE REFERENCES reseller_request_info (id),
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    country TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('awaiting_channel', 'active', 'suspended', 'closed')),
    -- The first day without it.
    closed_on TEXT,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX resellers_by_name ON resellers (name_key);

CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY,
    side TEXT NOT NULL CHECK (side IN ('root', 'reseller')),
    role TEXT NOT NULL,
    reseller_id BLOB REFERENCES resellers (id),
    email TEXT NOT NULL UNIQUE,
    user_name TEXT NOT NULL UNIQUE,
    full_name TEXT NOT NULL,
    password_hash TEXT,
    state TEXT NOT NULL CHECK (state IN ('active', 'disabled')),
    created_at INTEGER NOT NULL,
    last_sign_in_at INTEGER,
    -- Wrong passwords in a row.
    failures INTEGER NOT NULL DEFAULT 0,
    CHECK ((side = 'reseller') = (reseller_id IS NOT NULL)),
    CHECK (role IN ('administrator', 'read_only') OR (side = 'root' AND role = 'finance') OR (side = 'reseller' AND role = 'seller'))
) STRICT;
CREATE INDEX users_by_reseller ON users (reseller_id);

-- One-use links: only the hash of the secret is kept.
CREATE TABLE tokens (
    id BLOB NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('first_root', 'set_password', 'recovery', 'applicant')),
    secret_hash TEXT NOT NULL UNIQUE,
    subject BLOB,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;

CREATE TABLE sessions (
    key_hash TEXT NOT NULL PRIMARY KEY,
    -- The id under which its owner sees it.
    id BLOB NOT NULL UNIQUE,
    user_id BLOB REFERENCES users (id),
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    -- How many seconds without use end it, and when it ends whatever happens.
    idle_seconds INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE second_factors (
    user_id BLOB NOT NULL PRIMARY KEY REFERENCES users (id),
    -- Sealed with a key that is not in the database.
    secret TEXT NOT NULL,
    enrolled_at INTEGER NOT NULL,
    -- The step of the newest code that was used: none serves twice.
    last_step INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    locked_until INTEGER
) STRICT;

CREATE TABLE recovery_codes (
    user_id BLOB NOT NULL REFERENCES users (id),
    code_hash TEXT NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (user_id, code_hash)
) STRICT;

-- How far tries have run ahead of their allowance, by account, address or browser.
CREATE TABLE throttles (
    name TEXT NOT NULL PRIMARY KEY,
    spent_until INTEGER NOT NULL
) STRICT;

-- Distinct pairs of name and password that failed from an address; of each pair a few bits only.
CREATE TABLE failed_pairs (
    address TEXT NOT NULL,
    pair TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (address, pair)
) STRICT;
