-- Usage records in a table for each month, so that an old month can be taken out without touching the others.
ALTER TABLE usage_records RENAME TO usage_records_in_one;
ALTER TABLE usage_records_in_one RENAME CONSTRAINT usage_records_pkey TO usage_records_in_one_pkey;
DROP INDEX usage_records_unrated;
DROP INDEX usage_records_by_subscription;

CREATE TABLE usage_records (LIKE usage_records_in_one INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
    PARTITION BY RANGE (day);
ALTER TABLE usage_records ADD PRIMARY KEY (id, day);
CREATE INDEX usage_records_unrated ON usage_records (channel_id, id) WHERE unrated_cause IS NOT NULL;
CREATE INDEX usage_records_by_subscription ON usage_records (subscription_id, day);
-- What comes in a month that has no table yet.
CREATE TABLE usage_records_rest PARTITION OF usage_records DEFAULT;

-- Makes the table of a day's month if there is none, with what of that month lies in the rest. It runs as its owner: who
-- brings usage in need not be allowed to make tables. Attaching takes no lock that readers or writers would wait for.
-- Months that nobody bills stay in the rest: a file with a row in each month of two centuries makes no table for each.
CREATE FUNCTION have_usage_month(of_day DATE) RETURNS BOOLEAN LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    first_day DATE := date_trunc('month', of_day);
    end_day DATE := first_day + INTERVAL '1 month';
    part TEXT := 'usage_records_' || to_char(first_day, 'YYYY_MM');
BEGIN
    IF to_regclass(part) IS NOT NULL
        OR of_day NOT BETWEEN CURRENT_DATE - INTERVAL '10 years' AND CURRENT_DATE + INTERVAL '1 year' THEN
        RETURN FALSE;
    END IF;
    -- One at a time; who waited looks again.
    LOCK TABLE usage_records IN SHARE UPDATE EXCLUSIVE MODE;
    IF to_regclass(part) IS NOT NULL THEN
        RETURN FALSE;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE usage_records INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
    EXECUTE format('INSERT INTO %I SELECT * FROM usage_records_rest WHERE day >= %L AND day < %L', part, first_day, end_day);
    DELETE FROM usage_records_rest WHERE day >= first_day AND day < end_day;
    EXECUTE format('ALTER TABLE usage_records ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', part, first_day, end_day);
    RETURN TRUE;
END;
$$;

-- Takes the table of a day's month out of the whole, for whoever keeps the database to store and to drop; how many records
-- it has. Whether the month is done with is for the caller to know. What was taken out of the same month before is kept beside it.
CREATE FUNCTION archive_usage_month(of_day DATE) RETURNS BIGINT LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    first_day DATE := date_trunc('month', of_day);
    part TEXT := 'usage_records_' || to_char(first_day, 'YYYY_MM');
    archived TEXT := 'archived_usage_' || to_char(first_day, 'YYYY_MM');
    records BIGINT;
BEGIN
    IF to_regclass(part) IS NULL THEN
        RETURN 0;
    END IF;
    EXECUTE format('ALTER TABLE usage_records DETACH PARTITION %I', part);
    EXECUTE format('SELECT count(*) FROM %I', part) INTO records;
    IF to_regclass(archived) IS NULL THEN
        EXECUTE format('ALTER TABLE %I RENAME TO %I', part, archived);
    ELSE
        EXECUTE format('INSERT INTO %I SELECT * FROM %I', archived, part);
        EXECUTE format('DROP TABLE %I', part);
    END IF;
    RETURN records;
END;
$$;

INSERT INTO usage_records SELECT * FROM usage_records_in_one;
SELECT have_usage_month(month) FROM (SELECT DISTINCT date_trunc('month', day)::date AS month FROM usage_records_rest) AS months;
DROP TABLE usage_records_in_one;

-- How many records of a channel and day cannot be rated yet: what every page counts need not look through all months.
-- The triggers keep it.
CREATE TABLE usage_unrated (
    channel_id UUID NOT NULL,
    day DATE NOT NULL,
    record_count BIGINT NOT NULL,
    PRIMARY KEY (channel_id, day)
);
INSERT INTO usage_unrated (channel_id, day, record_count)
    SELECT channel_id, day, count(*) FROM usage_records WHERE unrated_cause IS NOT NULL GROUP BY 1, 2;

CREATE FUNCTION count_unrated_usage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO usage_unrated (channel_id, day, record_count)
        SELECT channel_id, day, count(*) FROM new_records WHERE unrated_cause IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2
        ON CONFLICT (channel_id, day) DO UPDATE SET record_count = usage_unrated.record_count + excluded.record_count;
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO usage_unrated (channel_id, day, record_count)
        SELECT channel_id, day, sum(change) FROM (
            SELECT channel_id, day, 1 AS change FROM new_records WHERE unrated_cause IS NOT NULL
            UNION ALL SELECT channel_id, day, -1 FROM old_records WHERE unrated_cause IS NOT NULL
        ) AS changes GROUP BY 1, 2 HAVING sum(change) <> 0 ORDER BY 1, 2
        ON CONFLICT (channel_id, day) DO UPDATE SET record_count = usage_unrated.record_count + excluded.record_count;
    ELSE
        UPDATE usage_unrated SET record_count = usage_unrated.record_count - gone.record_count
        FROM (SELECT channel_id, day, count(*) AS record_count FROM old_records
            WHERE unrated_cause IS NOT NULL GROUP BY 1, 2) AS gone
        WHERE usage_unrated.channel_id = gone.channel_id AND usage_unrated.day = gone.day;
    END IF;
    DELETE FROM usage_unrated USING (SELECT DISTINCT channel_id, day FROM old_records) AS gone
    WHERE usage_unrated.channel_id = gone.channel_id AND usage_unrated.day = gone.day AND record_count = 0;
    RETURN NULL;
END;
$$;
CREATE TRIGGER usage_records_counted_insert AFTER INSERT ON usage_records
    REFERENCING NEW TABLE AS new_records FOR EACH STATEMENT EXECUTE FUNCTION count_unrated_usage();
CREATE TRIGGER usage_records_counted_delete AFTER DELETE ON usage_records
    REFERENCING OLD TABLE AS old_records FOR EACH STATEMENT EXECUTE FUNCTION count_unrated_usage();
CREATE TRIGGER usage_records_counted_update AFTER UPDATE ON usage_records
    REFERENCING OLD TABLE AS old_records NEW TABLE AS new_records FOR EACH STATEMENT EXECUTE FUNCTION count_unrated_usage();
