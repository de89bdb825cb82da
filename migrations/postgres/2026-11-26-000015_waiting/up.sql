-- What waits for somebody is counted on every page.
DROP INDEX reseller_request_info_by_state;
CREATE INDEX reseller_request_info_by_state ON reseller_request_info (state, submitted_at, id);
CREATE INDEX resellers_by_state ON resellers (state, id);
CREATE INDEX price_requests_by_state ON price_requests (state, id);
CREATE INDEX usage_files_by_state ON usage_files (state, id);
CREATE INDEX statements_by_state ON statements (state, id);
CREATE INDEX mails_unsent ON mails (id) WHERE sent_at IS NULL;
