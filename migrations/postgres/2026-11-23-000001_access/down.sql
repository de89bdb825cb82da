DROP TABLE sessions;
DROP TABLE tokens;
DROP TABLE users;
DROP TABLE resellers;
DROP TABLE reseller_request_info;
DROP TABLE applicants;
DROP TABLE counters;
DROP TABLE settings;
