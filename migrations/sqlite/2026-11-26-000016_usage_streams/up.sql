-- Files of any size: kept in parts, imported in batches that a restart goes on from. A table whose CHECK or references
-- change is made anew, those that refer to it first.
CREATE TABLE kept_records AS SELECT id, channel_id, file_id, source, record_key, customer_ref, customer_label, product_ref, product_group, subscription_ref, quantity, unit, list_cost, currency, started_at, ended_at, day, customer_id, product_id, subscription_id, unrated_cause FROM usage_records;
DROP TABLE usage_records;
CREATE TABLE kept_contents AS SELECT file_id, content FROM usage_file_contents;
DROP TABLE usage_file_contents;
CREATE TABLE kept_errors AS SELECT file_id, line, position, column_name, value, reason FROM usage_file_errors;
DROP TABLE usage_file_errors;
CREATE TABLE kept_totals AS SELECT file_id, kind, name, total FROM usage_file_totals;
DROP TABLE usage_file_totals;
CREATE TABLE kept_files AS SELECT id, channel_id, name, format, state, row_count, accepted_count, duplicate_count, rejected_count, unrated_count, first_day, last_day, skips_rejected, message, created_at, created_by, decided_at FROM usage_files;
DROP TABLE usage_files;

CREATE TABLE usage_files (
    id BLOB NOT NULL PRIMARY KEY,
    channel_id BLOB NOT NULL REFERENCES channels (id),
    name TEXT NOT NULL,
    format TEXT NOT NULL CHECK (format IN ('portal', 'focus', 'aws-cur', 'azure', 'oci', 'cloudstack', 'cloudevents')),
    state TEXT NOT NULL CHECK (state IN ('uploaded', 'checked', 'importing', 'accepted', 'rejected')),
    row_count INTEGER NOT NULL,
    accepted_count INTEGER NOT NULL,
    duplicate_count INTEGER NOT NULL,
    rejected_count INTEGER NOT NULL,
    unrated_count INTEGER NOT NULL,
    first_day TEXT,
    last_day TEXT,
    -- Accepted without its rejected rows.
    skips_rejected INTEGER NOT NULL,
    message TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    decided_at INTEGER,
    -- The months whose sums its import changed so far.
    months TEXT NOT NULL DEFAULT '',
    -- How many rows other files had brought into the channel when this one was checked.
    rows_before INTEGER NOT NULL DEFAULT 0,
    -- Of the content, for a file that is not kept here: so that the same one goes on where its import was broken off.
    digest TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO usage_files (id, channel_id, name, format, state, row_count, accepted_count, duplicate_count, rejected_count, unrated_count, first_day, last_day, skips_rejected, message, created_at, created_by, decided_at)
    SELECT id, channel_id, name, format, state, row_count, accepted_count, duplicate_count, rejected_count, unrated_count, first_day, last_day, skips_rejected, message, created_at, created_by, decided_at FROM kept_files;
DROP TABLE kept_files;
CREATE INDEX usage_files_by_channel ON usage_files (channel_id, created_at);
CREATE INDEX usage_files_by_time ON usage_files (created_at, id);
CREATE INDEX usage_files_by_state ON usage_files (state, id);

-- What was uploaded, kept until the file is accepted or rejected.
CREATE TABLE usage_file_parts (
    file_id BLOB NOT NULL REFERENCES usage_files (id),
    position INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (file_id, position)
) STRICT;
INSERT INTO usage_file_parts (file_id, position, content) SELECT file_id, 0, content FROM kept_contents;
DROP TABLE kept_contents;

CREATE TABLE usage_file_errors (
    file_id BLOB NOT NULL REFERENCES usage_files (id),
    line INTEGER NOT NULL,
    position INTEGER NOT NULL,
    column_name TEXT NOT NULL,
    value TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (file_id, line, position)
) STRICT;
INSERT INTO usage_file_errors (file_id, line, position, column_name, value, reason)
    SELECT file_id, line, position, column_name, value, reason FROM kept_errors;
DROP TABLE kept_errors;

-- What the accepted rows of a file add up to: quantities by unit, list costs by currency.
CREATE TABLE usage_file_totals (
    file_id BLOB NOT NULL REFERENCES usage_files (id),
    kind TEXT NOT NULL CHECK (kind IN ('quantity', 'cost')),
    name TEXT NOT NULL,
    total TEXT NOT NULL,
    PRIMARY KEY (file_id, kind, name)
) STRICT;
INSERT INTO usage_file_totals (file_id, kind, name, total) SELECT file_id, kind, name, total FROM kept_totals;
DROP TABLE kept_totals;

-- Nothing that a record names is ever deleted; checking five references for each record took most of an import.
CREATE TABLE usage_records (
    id BLOB NOT NULL PRIMARY KEY,
    channel_id BLOB NOT NULL,
    file_id BLOB,
    source TEXT NOT NULL,
    record_key TEXT NOT NULL,
    -- As the file names them.
    customer_ref TEXT NOT NULL,
    customer_label TEXT NOT NULL,
    product_ref TEXT NOT NULL,
    product_group TEXT NOT NULL,
    subscription_ref TEXT NOT NULL,
    quantity TEXT NOT NULL,
    unit TEXT NOT NULL,
    list_cost TEXT,
    currency TEXT,
    started_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    day TEXT NOT NULL,
    -- As the portal knows them.
    customer_id BLOB,
    product_id BLOB,
    subscription_id BLOB,
    unrated_cause TEXT CHECK (unrated_cause IN ('customer', 'product', 'subscription', 'price', 'currency', 'unit'))
) STRICT;
INSERT INTO usage_records (id, channel_id, file_id, source, record_key, customer_ref, customer_label, product_ref, product_group, subscription_ref, quantity, unit, list_cost, currency, started_at, ended_at, day, customer_id, product_id, subscription_id, unrated_cause)
    SELECT id, channel_id, file_id, source, record_key, customer_ref, customer_label, product_ref, product_group, subscription_ref, quantity, unit, list_cost, currency, started_at, ended_at, day, customer_id, product_id, subscription_id, unrated_cause FROM kept_records;
DROP TABLE kept_records;
CREATE INDEX usage_records_unrated ON usage_records (channel_id, id) WHERE unrated_cause IS NOT NULL;
CREATE INDEX usage_records_by_subscription ON usage_records (subscription_id, day);

-- The duplicate key as a hash of source and id, beside a hash of the content: 16 bytes each instead of texts.
CREATE TABLE usage_keys_hashed (
    channel_id BLOB NOT NULL,
    key_hash BLOB NOT NULL,
    content_hash BLOB NOT NULL,
    PRIMARY KEY (channel_id, key_hash)
) STRICT, WITHOUT ROWID;
INSERT INTO usage_keys_hashed (channel_id, key_hash, content_hash)
    SELECT channel_id, usage_key_hash(source, record_key), coalesce(unhex(substr(content_hash, 1, 32)), zeroblob(16)) FROM usage_keys;
DROP TABLE usage_keys;
ALTER TABLE usage_keys_hashed RENAME TO usage_keys;
