CREATE TABLE charge_lines (
    id UUID NOT NULL PRIMARY KEY,
    channel_id UUID NOT NULL REFERENCES channels (id),
    customer_id UUID NOT NULL REFERENCES customers (id),
    subscription_id UUID NOT NULL REFERENCES subscriptions (id),
    bundle_id UUID NOT NULL REFERENCES bundles (id),
    product_id UUID REFERENCES products (id),
    charge_id UUID NOT NULL REFERENCES charges (id),
    kind TEXT NOT NULL,
    month TEXT NOT NULL,
    position BIGINT NOT NULL,
    day_from DATE NOT NULL,
    day_until DATE NOT NULL,
    currency TEXT NOT NULL,
    quantity NUMERIC(38, 18) NOT NULL,
    -- Exact fractions, such as 1700/31.
    included TEXT NOT NULL,
    billable TEXT NOT NULL,
    unit_price NUMERIC(20, 10),
    percent BIGINT,
    cost NUMERIC(38, 18),
    price_version_id UUID NOT NULL,
    gross NUMERIC(20, 6) NOT NULL,
    credited NUMERIC(20, 6) NOT NULL,
    -- The same quantities at the reference price, the base of a margin share.
    reference NUMERIC(20, 6) NOT NULL,
    terms_id UUID,
    reseller_share NUMERIC(20, 6) NOT NULL,
    provider_share NUMERIC(20, 6) NOT NULL,
    UNIQUE (channel_id, month, position)
);
CREATE INDEX charge_lines_by_month ON charge_lines (month, channel_id);

CREATE TABLE rated_months (
    channel_id UUID NOT NULL REFERENCES channels (id),
    month TEXT NOT NULL,
    rated_at TIMESTAMPTZ NOT NULL,
    line_count BIGINT NOT NULL,
    PRIMARY KEY (channel_id, month)
);
