-- A channel is searched and sorted as everything else is: without accents and in small letters.
ALTER TABLE channels ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
UPDATE channels SET name_key = search_key(name);
DROP INDEX channels_by_name;
CREATE INDEX channels_by_name ON channels (name_key, id);
