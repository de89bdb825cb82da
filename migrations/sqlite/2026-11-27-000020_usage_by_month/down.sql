DROP TRIGGER usage_records_counted_insert;
DROP TRIGGER usage_records_counted_delete;
DROP TRIGGER usage_records_counted_update;
DROP TABLE usage_unrated;
