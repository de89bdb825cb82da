CREATE TABLE charge_lines (
    id UUID NOT NULL PRIMARY KEY,
    channel_id UUID NOT NULL REFERENCES channels (id),
    -- Charges are put in place anew while their month is open; the rest explains or corrects them.
    role TEXT NOT NULL CHECK (role IN ('charge', 'correction', 'credit', 'commitment', 'cap')),
    customer_id UUID REFERENCES customers (id),
    subscription_id UUID REFERENCES subscriptions (id),
    bundle_id UUID REFERENCES bundles (id),
    product_id UUID REFERENCES products (id),
    -- The product's category as it was when the line was rated.
    category TEXT,
    charge_id UUID REFERENCES charges (id),
    kind TEXT NOT NULL,
    -- The month of the statement that holds the line.
    month TEXT NOT NULL,
    -- The month in which it was served.
    origin_month TEXT NOT NULL,
    -- The line that a correction or a credit is about.
    corrects_id UUID,
    position BIGINT NOT NULL,
    day_from DATE NOT NULL,
    day_until DATE NOT NULL,
    currency TEXT NOT NULL,
    quantity NUMERIC(38, 18) NOT NULL,
    -- Exact fractions, such as 1700/31.
    included TEXT NOT NULL,
    billable TEXT NOT NULL,
    -- From 1: the slice of graduated prices, or the tier of volume prices.
    tier BIGINT,
    unit_price NUMERIC(20, 10),
    percent BIGINT,
    cost NUMERIC(38, 18),
    price_version_id UUID,
    gross NUMERIC(20, 6) NOT NULL,
    credited NUMERIC(20, 6) NOT NULL,
    -- The same quantities at the reference price, the base of a margin share.
    reference NUMERIC(20, 6) NOT NULL,
    terms_id UUID,
    reseller_share NUMERIC(20, 6) NOT NULL,
    provider_share NUMERIC(20, 6) NOT NULL,
    CHECK ((role IN ('commitment', 'cap')) = (subscription_id IS NULL)),
    UNIQUE (channel_id, month, currency, origin_month, role, position)
);
CREATE INDEX charge_lines_by_month ON charge_lines (month, channel_id);
CREATE INDEX charge_lines_by_origin ON charge_lines (channel_id, origin_month);
CREATE INDEX charge_lines_by_corrected ON charge_lines (corrects_id) WHERE corrects_id IS NOT NULL;

CREATE TABLE rated_months (
    channel_id UUID NOT NULL REFERENCES channels (id),
    month TEXT NOT NULL,
    rated_at TIMESTAMPTZ NOT NULL,
    line_count BIGINT NOT NULL,
    PRIMARY KEY (channel_id, month)
);
