-- What one process does at a time, and until when it is taken to be at it.
CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    owner UUID NOT NULL,
    until TIMESTAMPTZ NOT NULL
);
-- Jobs of one lane run one after the other; the lane is the name of their lease.
ALTER TABLE jobs ADD COLUMN lane TEXT;
UPDATE jobs SET lane = 'job ' || replace(CAST(coalesce(
    (SELECT channel_id FROM usage_files WHERE usage_files.id = jobs.subject), subject, id) AS TEXT), '-', '');
ALTER TABLE jobs ALTER COLUMN lane SET NOT NULL;
