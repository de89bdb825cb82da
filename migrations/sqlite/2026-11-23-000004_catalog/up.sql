CREATE TABLE products (
    id BLOB NOT NULL PRIMARY KEY,
    sku TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    unit TEXT NOT NULL,
    metered INTEGER NOT NULL,
    name_key TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE bundles (
    id BLOB NOT NULL PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('bundle', 'package')),
    state TEXT NOT NULL CHECK (state IN ('draft', 'active', 'retired')),
    name_key TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE bundle_components (
    id BLOB NOT NULL PRIMARY KEY,
    bundle_id BLOB NOT NULL REFERENCES bundles (id),
    product_id BLOB REFERENCES products (id),
    member_id BLOB REFERENCES bundles (id),
    -- Units a month that one unit of the bundle includes; zero for the bundles of a package.
    included TEXT NOT NULL,
    CHECK ((product_id IS NULL) <> (member_id IS NULL)),
    UNIQUE (bundle_id, product_id),
    UNIQUE (bundle_id, member_id)
) STRICT;

CREATE TABLE charges (
    id BLOB NOT NULL PRIMARY KEY,
    bundle_id BLOB NOT NULL REFERENCES bundles (id),
    kind TEXT NOT NULL CHECK (kind IN ('one_time', 'recurring', 'usage')),
    model TEXT NOT NULL CHECK (model IN ('flat', 'per_unit', 'graduated', 'volume', 'package', 'cost_plus')),
    product_id BLOB REFERENCES products (id),
    position INTEGER NOT NULL,
    -- Units that one price buys.
    package_size TEXT,
    CHECK ((kind = 'usage') = (product_id IS NOT NULL)),
    CHECK ((kind = 'usage') = (model <> 'flat')),
    CHECK ((model = 'package') = (package_size IS NOT NULL)),
    UNIQUE (bundle_id, kind, product_id)
) STRICT;

-- The upper edge of each tier but the last, which has none.
CREATE TABLE charge_tiers (
    charge_id BLOB NOT NULL REFERENCES charges (id),
    tier INTEGER NOT NULL CHECK (tier > 0),
    up_to TEXT NOT NULL,
    PRIMARY KEY (charge_id, tier)
) STRICT;

CREATE TABLE terms_rates (
    id BLOB NOT NULL PRIMARY KEY,
    terms_id BLOB NOT NULL REFERENCES terms_versions (id),
    bundle_id BLOB REFERENCES bundles (id),
    category TEXT,
    share INTEGER NOT NULL CHECK (share BETWEEN 0 AND 1000000),
    CHECK ((bundle_id IS NULL) <> (category IS NULL)),
    UNIQUE (terms_id, bundle_id),
    UNIQUE (terms_id, category)
) STRICT;
