-- A channel's own picture, drawn by the portal.
CREATE TABLE channel_logos (
    channel_id UUID PRIMARY KEY REFERENCES channels (id),
    png BYTEA NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL
);
