DROP TABLE usage_mappings;
DROP TABLE usage_daily;
DROP TABLE usage_keys;
DROP TABLE usage_records;
DROP TABLE usage_file_totals;
DROP TABLE usage_file_errors;
DROP TABLE usage_file_contents;
DROP TABLE usage_files;
