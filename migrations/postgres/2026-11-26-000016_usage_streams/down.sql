CREATE TABLE usage_keys_named (
    channel_id UUID NOT NULL REFERENCES channels (id),
    source TEXT NOT NULL,
    record_key TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    PRIMARY KEY (channel_id, source, record_key)
);
-- Half of a content's hash is gone for good.
INSERT INTO usage_keys_named (channel_id, source, record_key, content_hash)
    SELECT r.channel_id, r.source, r.record_key, replace(k.content_hash::text, '-', '')
    FROM usage_records r JOIN usage_keys k ON k.channel_id = r.channel_id
        AND k.key_hash = encode(substring(sha256(convert_to(r.source, 'UTF8') || '\x00'::bytea || convert_to(r.record_key, 'UTF8')) FOR 16), 'hex')::uuid;
DROP TABLE usage_keys;
ALTER TABLE usage_keys_named RENAME TO usage_keys;
ALTER TABLE usage_keys RENAME CONSTRAINT usage_keys_named_pkey TO usage_keys_pkey;

CREATE INDEX usage_records_by_day ON usage_records (channel_id, day);
CREATE INDEX usage_records_by_file ON usage_records (file_id);
ALTER TABLE usage_records ADD CONSTRAINT usage_records_channel_id_fkey FOREIGN KEY (channel_id) REFERENCES channels (id);
ALTER TABLE usage_records ADD CONSTRAINT usage_records_file_id_fkey FOREIGN KEY (file_id) REFERENCES usage_files (id);
ALTER TABLE usage_records ADD CONSTRAINT usage_records_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id);
ALTER TABLE usage_records ADD CONSTRAINT usage_records_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id);
ALTER TABLE usage_records ADD CONSTRAINT usage_records_subscription_id_fkey FOREIGN KEY (subscription_id) REFERENCES subscriptions (id);

ALTER TABLE usage_files DROP COLUMN digest;
ALTER TABLE usage_files DROP COLUMN rows_before;
ALTER TABLE usage_files DROP COLUMN months;
UPDATE usage_files SET state = 'rejected', message = 'Its import was broken off' WHERE state = 'importing';
UPDATE usage_files SET format = 'portal' WHERE format <> 'focus';
ALTER TABLE usage_files DROP CONSTRAINT usage_files_state_check;
ALTER TABLE usage_files ADD CONSTRAINT usage_files_state_check
    CHECK (state IN ('uploaded', 'checked', 'accepted', 'rejected'));
ALTER TABLE usage_files DROP CONSTRAINT usage_files_format_check;
ALTER TABLE usage_files ADD CONSTRAINT usage_files_format_check CHECK (format IN ('portal', 'focus'));

CREATE TABLE usage_file_contents (
    file_id UUID NOT NULL PRIMARY KEY REFERENCES usage_files (id),
    content BYTEA NOT NULL
);
INSERT INTO usage_file_contents (file_id, content)
    SELECT file_id, string_agg(content, '\x'::bytea ORDER BY position) FROM usage_file_parts GROUP BY file_id;
DROP TABLE usage_file_parts;
