CREATE TABLE products (
    id UUID NOT NULL PRIMARY KEY,
    sku TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    unit TEXT NOT NULL,
    metered BOOLEAN NOT NULL,
    name_key TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE bundles (
    id UUID NOT NULL PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('bundle', 'package')),
    state TEXT NOT NULL CHECK (state IN ('draft', 'active', 'retired')),
    name_key TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE bundle_components (
    id UUID NOT NULL PRIMARY KEY,
    bundle_id UUID NOT NULL REFERENCES bundles (id),
    product_id UUID REFERENCES products (id),
    member_id UUID REFERENCES bundles (id),
    -- Units a month that one unit of the bundle includes; zero for the bundles of a package.
    included NUMERIC(38, 18) NOT NULL,
    CHECK ((product_id IS NULL) <> (member_id IS NULL)),
    UNIQUE (bundle_id, product_id),
    UNIQUE (bundle_id, member_id)
);

CREATE TABLE charges (
    id UUID NOT NULL PRIMARY KEY,
    bundle_id UUID NOT NULL REFERENCES bundles (id),
    kind TEXT NOT NULL CHECK (kind IN ('one_time', 'recurring', 'usage')),
    model TEXT NOT NULL CHECK (model IN ('flat', 'per_unit', 'graduated', 'volume', 'package', 'cost_plus')),
    product_id UUID REFERENCES products (id),
    position BIGINT NOT NULL,
    -- Units that one price buys.
    package_size NUMERIC(38, 18),
    CHECK ((kind = 'usage') = (product_id IS NOT NULL)),
    CHECK ((kind = 'usage') = (model <> 'flat')),
    CHECK ((model = 'package') = (package_size IS NOT NULL)),
    UNIQUE (bundle_id, kind, product_id)
);

-- The upper edge of each tier but the last, which has none.
CREATE TABLE charge_tiers (
    charge_id UUID NOT NULL REFERENCES charges (id),
    tier BIGINT NOT NULL CHECK (tier > 0),
    up_to NUMERIC(38, 18) NOT NULL,
    PRIMARY KEY (charge_id, tier)
);

CREATE TABLE terms_rates (
    id UUID NOT NULL PRIMARY KEY,
    terms_id UUID NOT NULL REFERENCES terms_versions (id),
    bundle_id UUID REFERENCES bundles (id),
    category TEXT,
    share BIGINT NOT NULL CHECK (share BETWEEN 0 AND 1000000),
    CHECK ((bundle_id IS NULL) <> (category IS NULL)),
    UNIQUE (terms_id, bundle_id),
    UNIQUE (terms_id, category)
);
