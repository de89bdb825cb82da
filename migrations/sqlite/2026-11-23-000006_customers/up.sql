CREATE TABLE customers (
    id BLOB NOT NULL PRIMARY KEY,
    channel_id BLOB NOT NULL REFERENCES channels (id),
    external_id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    country TEXT NOT NULL,
    currency TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (channel_id, external_id)
) STRICT;
CREATE INDEX customers_by_name ON customers (channel_id, name_key, id);

CREATE TABLE subscriptions (
    id BLOB NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    channel_id BLOB NOT NULL REFERENCES channels (id),
    customer_id BLOB NOT NULL REFERENCES customers (id),
    bundle_id BLOB NOT NULL REFERENCES bundles (id),
    start_on TEXT NOT NULL,
    -- Exclusive: the first day without the subscription.
    end_on TEXT,
    price_rule TEXT NOT NULL CHECK (price_rule IN ('follow', 'frozen')),
    created_at INTEGER NOT NULL,
    CHECK (end_on IS NULL OR end_on >= start_on)
) STRICT;
CREATE INDEX subscriptions_by_channel ON subscriptions (channel_id, start_on);
CREATE INDEX subscriptions_by_customer ON subscriptions (customer_id, start_on);

CREATE TABLE subscription_quantities (
    subscription_id BLOB NOT NULL REFERENCES subscriptions (id),
    effective_from TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (subscription_id, effective_from)
) STRICT;
