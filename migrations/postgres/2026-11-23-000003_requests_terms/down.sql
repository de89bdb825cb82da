DROP TABLE terms_limits;
DROP TABLE terms_tiers;
DROP TABLE terms_versions;
DROP TABLE request_assessments;
DROP TABLE request_events;
