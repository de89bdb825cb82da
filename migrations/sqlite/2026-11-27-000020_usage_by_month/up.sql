-- How many records of a channel and day cannot be rated yet: what every page counts need not look through the records.
-- The triggers keep it. The records stay in one table here; PostgreSQL has one for each month.
CREATE TABLE usage_unrated (
    channel_id BLOB NOT NULL,
    day TEXT NOT NULL,
    record_count INTEGER NOT NULL,
    PRIMARY KEY (channel_id, day)
) STRICT, WITHOUT ROWID;
INSERT INTO usage_unrated (channel_id, day, record_count)
    SELECT channel_id, day, count(*) FROM usage_records WHERE unrated_cause IS NOT NULL GROUP BY 1, 2;

CREATE TRIGGER usage_records_counted_insert AFTER INSERT ON usage_records WHEN NEW.unrated_cause IS NOT NULL BEGIN
    INSERT INTO usage_unrated (channel_id, day, record_count) VALUES (NEW.channel_id, NEW.day, 1)
    ON CONFLICT DO UPDATE SET record_count = record_count + 1;
END;
CREATE TRIGGER usage_records_counted_delete AFTER DELETE ON usage_records WHEN OLD.unrated_cause IS NOT NULL BEGIN
    UPDATE usage_unrated SET record_count = record_count - 1 WHERE channel_id = OLD.channel_id AND day = OLD.day;
    DELETE FROM usage_unrated WHERE channel_id = OLD.channel_id AND day = OLD.day AND record_count = 0;
END;
CREATE TRIGGER usage_records_counted_update AFTER UPDATE OF unrated_cause, channel_id, day ON usage_records
    WHEN OLD.unrated_cause IS NOT NULL OR NEW.unrated_cause IS NOT NULL BEGIN
    INSERT INTO usage_unrated (channel_id, day, record_count)
    SELECT NEW.channel_id, NEW.day, 1 WHERE NEW.unrated_cause IS NOT NULL
    ON CONFLICT DO UPDATE SET record_count = record_count + 1;
    UPDATE usage_unrated SET record_count = record_count - 1
    WHERE OLD.unrated_cause IS NOT NULL AND channel_id = OLD.channel_id AND day = OLD.day;
    DELETE FROM usage_unrated WHERE channel_id = OLD.channel_id AND day = OLD.day AND record_count = 0;
END;
