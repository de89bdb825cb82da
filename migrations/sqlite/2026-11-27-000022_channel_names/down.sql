DROP INDEX channels_by_name;
ALTER TABLE channels DROP COLUMN name_key;
CREATE INDEX channels_by_name ON channels (lower(name), id);
