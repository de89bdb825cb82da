DROP TABLE jobs;
DROP TABLE mails;
DROP TABLE audit_seals;
DROP TABLE audit_events;
