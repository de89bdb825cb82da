-- One for each channel, currency and month.
CREATE TABLE statements (
    id BLOB NOT NULL PRIMARY KEY,
    channel_id BLOB NOT NULL REFERENCES channels (id),
    currency TEXT NOT NULL,
    month TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'closing', 'sent', 'agreed', 'disputed', 'posted')),
    -- What closing pins: the very terms that the month is settled by.
    terms_id BLOB REFERENCES terms_versions (id),
    collects TEXT CHECK (collects IN ('provider', 'reseller')),
    payment_days INTEGER,
    closed_at INTEGER,
    closed_by TEXT,
    sent_at INTEGER,
    agreed_at INTEGER,
    agreed_by TEXT,
    -- What posting seals.
    number TEXT UNIQUE,
    posted_at INTEGER,
    posted_by TEXT,
    due_on TEXT,
    gross INTEGER,
    credits INTEGER,
    reseller_share INTEGER,
    provider_share INTEGER,
    -- Balances: what the provider owes the re-seller; negative when the re-seller owes.
    opening INTEGER,
    payments INTEGER,
    payments_through INTEGER,
    closing INTEGER,
    previous_id BLOB REFERENCES statements (id),
    seal TEXT,
    UNIQUE (channel_id, currency, month),
    UNIQUE (previous_id),
    CHECK ((state = 'posted') = (seal IS NOT NULL))
) STRICT;
CREATE INDEX statements_by_month ON statements (month, channel_id);
CREATE TRIGGER statements_posted_no_update BEFORE UPDATE ON statements WHEN OLD.state = 'posted'
BEGIN
    SELECT RAISE(ABORT, 'a posted statement never changes');
END;
CREATE TRIGGER statements_posted_no_delete BEFORE DELETE ON statements WHEN OLD.state = 'posted'
BEGIN
    SELECT RAISE(ABORT, 'a posted statement never changes');
END;

CREATE TRIGGER charge_lines_posted_no_insert BEFORE INSERT ON charge_lines
WHEN EXISTS (SELECT 1 FROM statements WHERE state = 'posted' AND channel_id = NEW.channel_id
    AND currency = NEW.currency AND month = NEW.month)
BEGIN
    SELECT RAISE(ABORT, 'a line of a posted statement never changes');
END;
CREATE TRIGGER charge_lines_posted_no_update BEFORE UPDATE ON charge_lines
WHEN EXISTS (SELECT 1 FROM statements WHERE state = 'posted' AND channel_id = OLD.channel_id
    AND currency = OLD.currency AND month = OLD.month)
BEGIN
    SELECT RAISE(ABORT, 'a line of a posted statement never changes');
END;
CREATE TRIGGER charge_lines_posted_no_delete BEFORE DELETE ON charge_lines
WHEN EXISTS (SELECT 1 FROM statements WHERE state = 'posted' AND channel_id = OLD.channel_id
    AND currency = OLD.currency AND month = OLD.month)
BEGIN
    SELECT RAISE(ABORT, 'a line of a posted statement never changes');
END;

-- A blocking item of the closing checklist that root lets pass.
CREATE TABLE statement_waivers (
    statement_id BLOB NOT NULL REFERENCES statements (id),
    item TEXT NOT NULL,
    reason TEXT NOT NULL,
    waived_at INTEGER NOT NULL,
    waived_by TEXT NOT NULL,
    PRIMARY KEY (statement_id, item)
) STRICT;

CREATE TABLE disputes (
    id BLOB NOT NULL PRIMARY KEY,
    statement_id BLOB NOT NULL REFERENCES statements (id),
    -- The line may be put in place anew when the statement is reopened.
    line_id BLOB NOT NULL,
    line_text TEXT NOT NULL,
    reason TEXT NOT NULL,
    -- What the re-seller's books say that the line's net should be.
    claimed INTEGER,
    state TEXT NOT NULL CHECK (state IN ('open', 'kept', 'credited', 'withdrawn')),
    raised_at INTEGER NOT NULL,
    raised_by TEXT NOT NULL,
    answer TEXT NOT NULL,
    answered_at INTEGER,
    answered_by TEXT
) STRICT;
CREATE UNIQUE INDEX disputes_open ON disputes (line_id) WHERE state = 'open';
CREATE INDEX disputes_by_statement ON disputes (statement_id, raised_at);

-- Why a credit line was issued.
CREATE TABLE credits (
    line_id BLOB NOT NULL PRIMARY KEY,
    reason TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    issued_by TEXT NOT NULL
) STRICT;

CREATE TABLE payments (
    id BLOB NOT NULL PRIMARY KEY,
    channel_id BLOB NOT NULL REFERENCES channels (id),
    currency TEXT NOT NULL,
    -- From 1 for each channel and currency: a statement counts those up to one.
    number INTEGER NOT NULL,
    statement_id BLOB NOT NULL REFERENCES statements (id),
    -- To the re-seller; negative when the re-seller paid.
    amount INTEGER NOT NULL CHECK (amount <> 0),
    paid_on TEXT NOT NULL,
    reference TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    UNIQUE (channel_id, currency, number)
) STRICT;
CREATE INDEX payments_by_statement ON payments (statement_id, number);
CREATE TRIGGER payments_no_update BEFORE UPDATE ON payments
BEGIN
    SELECT RAISE(ABORT, 'payments is append-only');
END;
CREATE TRIGGER payments_no_delete BEFORE DELETE ON payments
BEGIN
    SELECT RAISE(ABORT, 'payments is append-only');
END;
