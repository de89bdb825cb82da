DROP TABLE mail_choices;
ALTER TABLE mails DROP COLUMN letter;
ALTER TABLE mails DROP COLUMN occasion;
