CREATE TABLE charge_lines (
    id BLOB NOT NULL PRIMARY KEY,
    channel_id BLOB NOT NULL REFERENCES channels (id),
    -- Charges are put in place anew while their month is open; the rest explains or corrects them.
    role TEXT NOT NULL CHECK (role IN ('charge', 'correction', 'credit', 'commitment', 'cap')),
    customer_id BLOB REFERENCES customers (id),
    subscription_id BLOB REFERENCES subscriptions (id),
    bundle_id BLOB REFERENCES bundles (id),
    product_id BLOB REFERENCES products (id),
    -- The product's category as it was when the line was rated.
    category TEXT,
    charge_id BLOB REFERENCES charges (id),
    kind TEXT NOT NULL,
    -- The month of the statement that holds the line.
    month TEXT NOT NULL,
    -- The month in which it was served.
    origin_month TEXT NOT NULL,
    -- The line that a correction or a credit is about.
    corrects_id BLOB,
    position INTEGER NOT NULL,
    day_from TEXT NOT NULL,
    day_until TEXT NOT NULL,
    currency TEXT NOT NULL,
    quantity TEXT NOT NULL,
    -- Exact fractions, such as 1700/31.
    included TEXT NOT NULL,
    billable TEXT NOT NULL,
    -- From 1: the slice of graduated prices, or the tier of volume prices.
    tier INTEGER,
    unit_price TEXT,
    percent INTEGER,
    cost TEXT,
    price_version_id BLOB,
    gross INTEGER NOT NULL,
    credited INTEGER NOT NULL,
    -- The same quantities at the reference price, the base of a margin share.
    reference INTEGER NOT NULL,
    terms_id BLOB,
    reseller_share INTEGER NOT NULL,
    provider_share INTEGER NOT NULL,
    CHECK ((role IN ('commitment', 'cap')) = (subscription_id IS NULL)),
    UNIQUE (channel_id, month, currency, origin_month, role, position)
) STRICT;
CREATE INDEX charge_lines_by_month ON charge_lines (month, channel_id);
CREATE INDEX charge_lines_by_origin ON charge_lines (channel_id, origin_month);
CREATE INDEX charge_lines_by_corrected ON charge_lines (corrects_id) WHERE corrects_id IS NOT NULL;

CREATE TABLE rated_months (
    channel_id BLOB NOT NULL REFERENCES channels (id),
    month TEXT NOT NULL,
    rated_at INTEGER NOT NULL,
    line_count INTEGER NOT NULL,
    PRIMARY KEY (channel_id, month)
) STRICT;
