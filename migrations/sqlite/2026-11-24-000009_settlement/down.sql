DROP TRIGGER charge_lines_posted_no_insert;
DROP TRIGGER charge_lines_posted_no_update;
DROP TRIGGER charge_lines_posted_no_delete;
DROP TABLE payments;
DROP TABLE credits;
DROP TABLE disputes;
DROP TABLE statement_waivers;
DROP TABLE statements;
