DROP TRIGGER requests_counted_insert;
DROP TRIGGER requests_counted_delete;
DROP TRIGGER requests_counted_update;
DROP TABLE request_counts;
