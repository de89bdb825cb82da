CREATE TABLE customers (
    id UUID NOT NULL PRIMARY KEY,
    channel_id UUID NOT NULL REFERENCES channels (id),
    external_id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    country TEXT NOT NULL,
    currency TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (channel_id, external_id)
);
CREATE INDEX customers_by_name ON customers (channel_id, name_key, id);

CREATE TABLE subscriptions (
    id UUID NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    channel_id UUID NOT NULL REFERENCES channels (id),
    customer_id UUID NOT NULL REFERENCES customers (id),
    bundle_id UUID NOT NULL REFERENCES bundles (id),
    start_on DATE NOT NULL,
    -- Exclusive: the first day without the subscription.
    end_on DATE,
    price_rule TEXT NOT NULL CHECK (price_rule IN ('follow', 'frozen')),
    created_at TIMESTAMPTZ NOT NULL,
    CHECK (end_on IS NULL OR end_on >= start_on)
);
CREATE INDEX subscriptions_by_channel ON subscriptions (channel_id, start_on);
CREATE INDEX subscriptions_by_customer ON subscriptions (customer_id, start_on);

CREATE TABLE subscription_quantities (
    subscription_id UUID NOT NULL REFERENCES subscriptions (id),
    effective_from DATE NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (subscription_id, effective_from)
);
