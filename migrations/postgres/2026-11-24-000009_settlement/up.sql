-- One for each channel, currency and month.
CREATE TABLE statements (
    id UUID NOT NULL PRIMARY KEY,
    channel_id UUID NOT NULL REFERENCES channels (id),
    currency TEXT NOT NULL,
    month TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'closing', 'sent', 'agreed', 'disputed', 'posted')),
    -- What closing pins: the very terms that the month is settled by.
    terms_id UUID REFERENCES terms_versions (id),
    collects TEXT CHECK (collects IN ('provider', 'reseller')),
    payment_days BIGINT,
    closed_at TIMESTAMPTZ,
    closed_by TEXT,
    sent_at TIMESTAMPTZ,
    agreed_at TIMESTAMPTZ,
    agreed_by TEXT,
    -- What posting seals.
    number TEXT UNIQUE,
    posted_at TIMESTAMPTZ,
    posted_by TEXT,
    due_on DATE,
    gross NUMERIC(20, 6),
    credits NUMERIC(20, 6),
    reseller_share NUMERIC(20, 6),
    provider_share NUMERIC(20, 6),
    -- Balances: what the provider owes the re-seller; negative when the re-seller owes.
    opening NUMERIC(20, 6),
    payments NUMERIC(20, 6),
    payments_through BIGINT,
    closing NUMERIC(20, 6),
    previous_id UUID REFERENCES statements (id),
    seal TEXT,
    UNIQUE (channel_id, currency, month),
    UNIQUE (previous_id),
    CHECK ((state = 'posted') = (seal IS NOT NULL))
);
CREATE INDEX statements_by_month ON statements (month, channel_id);
CREATE FUNCTION refuse_change_of_posted_statement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a posted statement never changes';
END;
$$;
CREATE TRIGGER statements_posted_no_change BEFORE UPDATE OR DELETE ON statements
    FOR EACH ROW WHEN (OLD.state = 'posted') EXECUTE FUNCTION refuse_change_of_posted_statement();
CREATE TRIGGER statements_no_truncate BEFORE TRUNCATE ON statements
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION refuse_change_of_posted_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    line charge_lines%ROWTYPE;
BEGIN
    IF TG_OP = 'INSERT' THEN
        line := NEW;
    ELSE
        line := OLD;
    END IF;
    IF EXISTS (SELECT 1 FROM statements WHERE state = 'posted' AND channel_id = line.channel_id
        AND currency = line.currency AND month = line.month) THEN
        RAISE EXCEPTION 'a line of a posted statement never changes';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER charge_lines_posted_no_change BEFORE INSERT OR UPDATE OR DELETE ON charge_lines
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_posted_line();
CREATE TRIGGER charge_lines_no_truncate BEFORE TRUNCATE ON charge_lines
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A blocking item of the closing checklist that root lets pass.
CREATE TABLE statement_waivers (
    statement_id UUID NOT NULL REFERENCES statements (id),
    item TEXT NOT NULL,
    reason TEXT NOT NULL,
    waived_at TIMESTAMPTZ NOT NULL,
    waived_by TEXT NOT NULL,
    PRIMARY KEY (statement_id, item)
);

CREATE TABLE disputes (
    id UUID NOT NULL PRIMARY KEY,
    statement_id UUID NOT NULL REFERENCES statements (id),
    -- The line may be put in place anew when the statement is reopened.
    line_id UUID NOT NULL,
    line_text TEXT NOT NULL,
    reason TEXT NOT NULL,
    -- What the re-seller's books say that the line's net should be.
    claimed NUMERIC(20, 6),
    state TEXT NOT NULL CHECK (state IN ('open', 'kept', 'credited', 'withdrawn')),
    raised_at TIMESTAMPTZ NOT NULL,
    raised_by TEXT NOT NULL,
    answer TEXT NOT NULL,
    answered_at TIMESTAMPTZ,
    answered_by TEXT
);
CREATE UNIQUE INDEX disputes_open ON disputes (line_id) WHERE state = 'open';
CREATE INDEX disputes_by_statement ON disputes (statement_id, raised_at);

-- Why a credit line was issued.
CREATE TABLE credits (
    line_id UUID NOT NULL PRIMARY KEY,
    reason TEXT NOT NULL,
    issued_at TIMESTAMPTZ NOT NULL,
    issued_by TEXT NOT NULL
);

CREATE TABLE payments (
    id UUID NOT NULL PRIMARY KEY,
    channel_id UUID NOT NULL REFERENCES channels (id),
    currency TEXT NOT NULL,
    -- From 1 for each channel and currency: a statement counts those up to one.
    number BIGINT NOT NULL,
    statement_id UUID NOT NULL REFERENCES statements (id),
    -- To the re-seller; negative when the re-seller paid.
    amount NUMERIC(20, 6) NOT NULL CHECK (amount <> 0),
    paid_on DATE NOT NULL,
    reference TEXT NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by TEXT NOT NULL,
    UNIQUE (channel_id, currency, number)
);
CREATE INDEX payments_by_statement ON payments (statement_id, number);
CREATE TRIGGER payments_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON payments
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
