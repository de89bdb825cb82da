CREATE TABLE channels (
    id UUID NOT NULL PRIMARY KEY,
    -- Exactly one channel for each re-seller.
    reseller_id UUID NOT NULL UNIQUE REFERENCES resellers (id),
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    host TEXT UNIQUE,
    price_editable BOOLEAN NOT NULL,
    shows_reference BOOLEAN NOT NULL,
    may_import BOOLEAN NOT NULL,
    revision BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE channel_currencies (
    channel_id UUID NOT NULL REFERENCES channels (id),
    currency TEXT NOT NULL,
    PRIMARY KEY (channel_id, currency)
);

CREATE TABLE channel_bundles (
    channel_id UUID NOT NULL REFERENCES channels (id),
    bundle_id UUID NOT NULL REFERENCES bundles (id),
    enabled BOOLEAN NOT NULL,
    policy TEXT NOT NULL CHECK (policy IN ('locked', 'band', 'free')),
    -- Percent of the reference price.
    floor BIGINT,
    ceiling BIGINT,
    -- Percent of the channel price.
    min_margin BIGINT,
    PRIMARY KEY (channel_id, bundle_id)
);

-- Reference prices have no channel; channel prices have one.
CREATE TABLE price_versions (
    id UUID NOT NULL PRIMARY KEY,
    channel_id UUID REFERENCES channels (id),
    bundle_id UUID NOT NULL REFERENCES bundles (id),
    currency TEXT NOT NULL,
    effective_from DATE NOT NULL,
    concerns TEXT NOT NULL CHECK (concerns IN ('new', 'existing')),
    reason TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by TEXT NOT NULL
);
CREATE UNIQUE INDEX price_versions_reference ON price_versions (bundle_id, currency, effective_from)
    WHERE channel_id IS NULL;
CREATE UNIQUE INDEX price_versions_channel ON price_versions (channel_id, bundle_id, currency, effective_from)
    WHERE channel_id IS NOT NULL;

CREATE TABLE price_values (
    version_id UUID NOT NULL REFERENCES price_versions (id),
    charge_id UUID NOT NULL REFERENCES charges (id),
    -- From 1; zero where the charge has no tiers.
    tier BIGINT NOT NULL,
    unit_price NUMERIC(20, 10),
    -- For cost-plus: what is added to the list cost.
    percent BIGINT,
    PRIMARY KEY (version_id, charge_id, tier),
    CHECK ((unit_price IS NULL) <> (percent IS NULL))
);

-- A price outside its limits that a re-seller asks for; it becomes a price version when root approves.
CREATE TABLE price_requests (
    id UUID NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    channel_id UUID NOT NULL REFERENCES channels (id),
    bundle_id UUID NOT NULL REFERENCES bundles (id),
    currency TEXT NOT NULL,
    effective_from DATE NOT NULL,
    concerns TEXT NOT NULL CHECK (concerns IN ('new', 'existing')),
    -- What each charge should cost, as JSON by charge: it is read whole and never searched.
    wished TEXT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'approved', 'declined', 'withdrawn')),
    answer TEXT NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL,
    asked_by TEXT NOT NULL,
    decided_at TIMESTAMPTZ,
    decided_by TEXT,
    CHECK ((state = 'open') = (decided_at IS NULL))
);
-- At most one open request for each price.
CREATE UNIQUE INDEX price_requests_open ON price_requests (channel_id, bundle_id, currency) WHERE state = 'open';
CREATE INDEX price_requests_by_time ON price_requests (asked_at, id);

-- Channel prices that root lets stand although the reference price moved.
CREATE TABLE kept_prices (
    channel_id UUID NOT NULL REFERENCES channels (id),
    bundle_id UUID NOT NULL REFERENCES bundles (id),
    currency TEXT NOT NULL,
    -- The last reference day that was known then.
    reference_from DATE NOT NULL,
    kept_at TIMESTAMPTZ NOT NULL,
    kept_by TEXT NOT NULL,
    PRIMARY KEY (channel_id, bundle_id, currency)
);
