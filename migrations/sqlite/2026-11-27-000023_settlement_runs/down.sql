DROP INDEX jobs_by_subject;
DROP TABLE settlement_refusals;
DROP TABLE settlement_runs;
