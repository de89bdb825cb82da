DROP INDEX reseller_request_info_by_state;
CREATE INDEX reseller_request_info_by_state ON reseller_request_info (state, created_at);
DROP INDEX resellers_by_state;
DROP INDEX price_requests_by_state;
DROP INDEX usage_files_by_state;
DROP INDEX statements_by_state;
DROP INDEX mails_unsent;
