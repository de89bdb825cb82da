-- Files of any size: kept in parts, imported in batches that a restart goes on from.
CREATE TABLE usage_file_parts (
    file_id UUID NOT NULL REFERENCES usage_files (id),
    position BIGINT NOT NULL,
    content BYTEA NOT NULL,
    PRIMARY KEY (file_id, position)
);
INSERT INTO usage_file_parts (file_id, position, content) SELECT file_id, 0, content FROM usage_file_contents;
DROP TABLE usage_file_contents;

ALTER TABLE usage_files DROP CONSTRAINT usage_files_format_check;
ALTER TABLE usage_files ADD CONSTRAINT usage_files_format_check
    CHECK (format IN ('portal', 'focus', 'aws-cur', 'azure', 'oci', 'cloudstack', 'cloudevents'));
ALTER TABLE usage_files DROP CONSTRAINT usage_files_state_check;
ALTER TABLE usage_files ADD CONSTRAINT usage_files_state_check
    CHECK (state IN ('uploaded', 'checked', 'importing', 'accepted', 'rejected'));
-- The months whose sums its import changed so far.
ALTER TABLE usage_files ADD COLUMN months TEXT NOT NULL DEFAULT '';
-- How many rows other files had brought into the channel when this one was checked.
ALTER TABLE usage_files ADD COLUMN rows_before BIGINT NOT NULL DEFAULT 0;
-- Of the content, for a file that is not kept here: so that the same one goes on where its import was broken off.
ALTER TABLE usage_files ADD COLUMN digest TEXT NOT NULL DEFAULT '';

-- Nothing that a record names is ever deleted; checking five references for each record took most of an import.
ALTER TABLE usage_records DROP CONSTRAINT usage_records_channel_id_fkey;
ALTER TABLE usage_records DROP CONSTRAINT usage_records_file_id_fkey;
ALTER TABLE usage_records DROP CONSTRAINT usage_records_customer_id_fkey;
ALTER TABLE usage_records DROP CONSTRAINT usage_records_product_id_fkey;
ALTER TABLE usage_records DROP CONSTRAINT usage_records_subscription_id_fkey;
DROP INDEX usage_records_by_day;
DROP INDEX usage_records_by_file;

-- The duplicate key as a hash of source and id, beside a hash of the content: 16 bytes each instead of texts.
CREATE TABLE usage_keys_hashed (
    channel_id UUID NOT NULL,
    key_hash UUID NOT NULL,
    content_hash UUID NOT NULL,
    PRIMARY KEY (channel_id, key_hash)
);
INSERT INTO usage_keys_hashed (channel_id, key_hash, content_hash)
    SELECT channel_id,
        encode(substring(sha256(convert_to(source, 'UTF8') || '\x00'::bytea || convert_to(record_key, 'UTF8')) FOR 16), 'hex')::uuid,
        left(content_hash, 32)::uuid
    FROM usage_keys;
DROP TABLE usage_keys;
ALTER TABLE usage_keys_hashed RENAME TO usage_keys;
ALTER TABLE usage_keys RENAME CONSTRAINT usage_keys_hashed_pkey TO usage_keys_pkey;
