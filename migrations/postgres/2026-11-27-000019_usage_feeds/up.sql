-- Programs that send usage of a channel as events. Of the token only its hash is kept, so that reading the table opens
-- nothing.
CREATE TABLE usage_feeds (
    id UUID PRIMARY KEY,
    channel_id UUID NOT NULL REFERENCES channels (id),
    -- Made by the provider; a re-seller's own serves only while its channel may import.
    is_providers BOOLEAN NOT NULL,
    name TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    created_at TIMESTAMPTZ NOT NULL,
    created_by TEXT NOT NULL,
    last_used_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ
);
CREATE INDEX usage_feeds_by_channel ON usage_feeds (channel_id, created_at);
