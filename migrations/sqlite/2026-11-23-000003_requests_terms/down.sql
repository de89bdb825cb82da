DROP TABLE terms_versions;
DROP TABLE request_assessments;
DROP TABLE request_events;
