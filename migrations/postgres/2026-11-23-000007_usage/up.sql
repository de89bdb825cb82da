-- The exact sum that the embedded database gets as a registered function.
CREATE AGGREGATE exact_sum (NUMERIC) (SFUNC = numeric_add, STYPE = NUMERIC);

CREATE TABLE usage_files (
    id UUID NOT NULL PRIMARY KEY,
    channel_id UUID NOT NULL REFERENCES channels (id),
    name TEXT NOT NULL,
    format TEXT NOT NULL CHECK (format IN ('portal', 'focus')),
    state TEXT NOT NULL CHECK (state IN ('uploaded', 'checked', 'accepted', 'rejected')),
    row_count BIGINT NOT NULL,
    accepted_count BIGINT NOT NULL,
    duplicate_count BIGINT NOT NULL,
    rejected_count BIGINT NOT NULL,
    unrated_count BIGINT NOT NULL,
    first_day DATE,
    last_day DATE,
    -- Accepted without its rejected rows.
    skips_rejected BOOLEAN NOT NULL,
    message TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by TEXT NOT NULL,
    decided_at TIMESTAMPTZ
);
CREATE INDEX usage_files_by_channel ON usage_files (channel_id, created_at);

-- What was uploaded, kept until the file is accepted or rejected.
CREATE TABLE usage_file_contents (
    file_id UUID NOT NULL PRIMARY KEY REFERENCES usage_files (id),
    content BYTEA NOT NULL
);

CREATE TABLE usage_file_errors (
    file_id UUID NOT NULL REFERENCES usage_files (id),
    line BIGINT NOT NULL,
    position BIGINT NOT NULL,
    column_name TEXT NOT NULL,
    value TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (file_id, line, position)
);

-- What the accepted rows of a file add up to: quantities by unit, list costs by currency.
CREATE TABLE usage_file_totals (
    file_id UUID NOT NULL REFERENCES usage_files (id),
    kind TEXT NOT NULL CHECK (kind IN ('quantity', 'cost')),
    name TEXT NOT NULL,
    total NUMERIC(38, 18) NOT NULL,
    PRIMARY KEY (file_id, kind, name)
);

CREATE TABLE usage_records (
    id UUID NOT NULL PRIMARY KEY,
    channel_id UUID NOT NULL REFERENCES channels (id),
    file_id UUID REFERENCES usage_files (id),
    source TEXT NOT NULL,
    record_key TEXT NOT NULL,
    -- As the file names them.
    customer_ref TEXT NOT NULL,
    customer_label TEXT NOT NULL,
    product_ref TEXT NOT NULL,
    product_group TEXT NOT NULL,
    subscription_ref TEXT NOT NULL,
    quantity NUMERIC(38, 18) NOT NULL,
    unit TEXT NOT NULL,
    list_cost NUMERIC(38, 18),
    currency TEXT,
    started_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ NOT NULL,
    day DATE NOT NULL,
    -- As the portal knows them.
    customer_id UUID REFERENCES customers (id),
    product_id UUID REFERENCES products (id),
    subscription_id UUID REFERENCES subscriptions (id),
    unrated_cause TEXT CHECK (unrated_cause IN ('customer', 'product', 'subscription', 'price', 'currency', 'unit'))
);
CREATE INDEX usage_records_by_day ON usage_records (channel_id, day);
CREATE INDEX usage_records_by_file ON usage_records (file_id);
CREATE INDEX usage_records_unrated ON usage_records (channel_id, id) WHERE unrated_cause IS NOT NULL;
CREATE INDEX usage_records_by_subscription ON usage_records (subscription_id, day);

-- The duplicate key, in a table of its own so that the records can be partitioned.
CREATE TABLE usage_keys (
    channel_id UUID NOT NULL REFERENCES channels (id),
    source TEXT NOT NULL,
    record_key TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    PRIMARY KEY (channel_id, source, record_key)
);

-- Rated usage by day, subscription and product; reports and rating read this, never the records.
CREATE TABLE usage_daily (
    channel_id UUID NOT NULL REFERENCES channels (id),
    subscription_id UUID NOT NULL REFERENCES subscriptions (id),
    product_id UUID NOT NULL REFERENCES products (id),
    day DATE NOT NULL,
    unit TEXT NOT NULL,
    -- Empty when the records carry no cost.
    currency TEXT NOT NULL,
    quantity NUMERIC(38, 18) NOT NULL,
    cost NUMERIC(38, 18) NOT NULL,
    record_count BIGINT NOT NULL,
    PRIMARY KEY (subscription_id, product_id, day, unit, currency)
);
CREATE INDEX usage_daily_by_day ON usage_daily (day, channel_id);
CREATE INDEX usage_daily_by_channel ON usage_daily (channel_id, day);

-- How a source's names map to the portal's customers and products, remembered for the next file.
CREATE TABLE usage_mappings (
    channel_id UUID NOT NULL REFERENCES channels (id),
    source TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('customer', 'product')),
    external TEXT NOT NULL,
    customer_id UUID REFERENCES customers (id),
    product_id UUID REFERENCES products (id),
    updated_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (channel_id, source, kind, external),
    CHECK ((kind = 'customer') = (customer_id IS NOT NULL)),
    CHECK ((kind = 'product') = (product_id IS NOT NULL))
);
