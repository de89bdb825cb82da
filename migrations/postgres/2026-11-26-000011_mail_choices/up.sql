-- What a mail is about, and its parts, from which text and HTML are made; mails from before have their text alone.
ALTER TABLE mails ADD COLUMN occasion TEXT;
ALTER TABLE mails ADD COLUMN letter TEXT;

-- Which mails somebody wants; what was never chosen is as the occasion says.
CREATE TABLE mail_choices (
    user_id UUID NOT NULL REFERENCES users (id),
    occasion TEXT NOT NULL,
    wanted BOOLEAN NOT NULL,
    PRIMARY KEY (user_id, occasion)
);
