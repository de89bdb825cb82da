DROP TRIGGER requests_counted_insert ON reseller_request_info;
DROP TRIGGER requests_counted_delete ON reseller_request_info;
DROP TRIGGER requests_counted_update ON reseller_request_info;
DROP FUNCTION count_requests();
DROP TABLE request_counts;
