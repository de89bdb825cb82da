-- Programs that send usage of a channel as events. Of the token only its hash is kept, so that reading the table opens
-- nothing.
CREATE TABLE usage_feeds (
    id BLOB NOT NULL PRIMARY KEY,
    channel_id BLOB NOT NULL REFERENCES channels (id),
    -- Made by the provider; a re-seller's own serves only while its channel may import.
    is_providers INTEGER NOT NULL CHECK (is_providers IN (0, 1)),
    name TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    last_used_at INTEGER,
    ended_at INTEGER
) STRICT;
CREATE INDEX usage_feeds_by_channel ON usage_feeds (channel_id, created_at);
