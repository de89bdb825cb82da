-- A channel's own picture, drawn by the portal.
CREATE TABLE channel_logos (
    channel_id BLOB PRIMARY KEY NOT NULL REFERENCES channels (id),
    png BLOB NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
