DROP TRIGGER usage_records_counted_insert ON usage_records;
DROP TRIGGER usage_records_counted_delete ON usage_records;
DROP TRIGGER usage_records_counted_update ON usage_records;
DROP FUNCTION count_unrated_usage();
DROP TABLE usage_unrated;

CREATE TABLE usage_records_in_one (LIKE usage_records INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
INSERT INTO usage_records_in_one SELECT * FROM usage_records;
DROP FUNCTION have_usage_month(DATE);
DROP FUNCTION archive_usage_month(DATE);
DROP TABLE usage_records;
ALTER TABLE usage_records_in_one RENAME TO usage_records;
ALTER TABLE usage_records ADD PRIMARY KEY (id);
CREATE INDEX usage_records_unrated ON usage_records (channel_id, id) WHERE unrated_cause IS NOT NULL;
CREATE INDEX usage_records_by_subscription ON usage_records (subscription_id, day);
