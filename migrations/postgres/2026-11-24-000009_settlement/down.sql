DROP TRIGGER charge_lines_posted_no_change ON charge_lines;
DROP TRIGGER charge_lines_no_truncate ON charge_lines;
DROP FUNCTION refuse_change_of_posted_line;
DROP TABLE payments;
DROP TABLE credits;
DROP TABLE disputes;
DROP TABLE statement_waivers;
DROP TABLE statements;
DROP FUNCTION refuse_change_of_posted_statement;
