-- The order of each large list as nobody has sorted it, and of the columns by which the largest are sorted most; with
-- the id at the end, so that a page begins where the one before it ended.
CREATE INDEX reseller_request_info_by_submission ON reseller_request_info (submitted_at, id);
DROP INDEX reseller_request_info_by_name;
CREATE INDEX reseller_request_info_by_name ON reseller_request_info (name_key, id);
DROP INDEX resellers_by_name;
CREATE INDEX resellers_by_name ON resellers (name_key, id);
CREATE INDEX channels_by_name ON channels (lower(name), id);
CREATE INDEX customers_by_name_of_all ON customers (name_key, id);
CREATE INDEX subscriptions_by_id ON subscriptions (channel_id, id);
CREATE INDEX subscriptions_by_start ON subscriptions (start_on, id);
CREATE INDEX usage_files_by_time ON usage_files (created_at, id);
DROP INDEX statements_by_month;
CREATE INDEX statements_by_month ON statements (month, id);
CREATE INDEX products_by_name ON products (name_key, id);
CREATE INDEX bundles_by_name ON bundles (name_key, id);
