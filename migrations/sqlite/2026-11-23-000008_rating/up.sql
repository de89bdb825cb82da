CREATE TABLE charge_lines (
    id BLOB NOT NULL PRIMARY KEY,
    channel_id BLOB NOT NULL REFERENCES channels (id),
    customer_id BLOB NOT NULL REFERENCES customers (id),
    subscription_id BLOB NOT NULL REFERENCES subscriptions (id),
    bundle_id BLOB NOT NULL REFERENCES bundles (id),
    product_id BLOB REFERENCES products (id),
    charge_id BLOB NOT NULL REFERENCES charges (id),
    kind TEXT NOT NULL,
    month TEXT NOT NULL,
    position INTEGER NOT NULL,
    day_from TEXT NOT NULL,
    day_until TEXT NOT NULL,
    currency TEXT NOT NULL,
    quantity TEXT NOT NULL,
    -- Exact fractions, such as 1700/31.
    included TEXT NOT NULL,
    billable TEXT NOT NULL,
    unit_price TEXT,
    percent INTEGER,
    cost TEXT,
    price_version_id BLOB NOT NULL,
    gross INTEGER NOT NULL,
    credited INTEGER NOT NULL,
    -- The same quantities at the reference price, the base of a margin share.
    reference INTEGER NOT NULL,
    terms_id BLOB,
    reseller_share INTEGER NOT NULL,
    provider_share INTEGER NOT NULL,
    UNIQUE (channel_id, month, position)
) STRICT;
CREATE INDEX charge_lines_by_month ON charge_lines (month, channel_id);

CREATE TABLE rated_months (
    channel_id BLOB NOT NULL REFERENCES channels (id),
    month TEXT NOT NULL,
    rated_at INTEGER NOT NULL,
    line_count INTEGER NOT NULL,
    PRIMARY KEY (channel_id, month)
) STRICT;
