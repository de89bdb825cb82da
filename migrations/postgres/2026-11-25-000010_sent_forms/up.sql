-- Forms whose work was done, and what they were answered: a form that comes again is answered the same.
CREATE TABLE sent_forms (
    key TEXT NOT NULL PRIMARY KEY,
    content TEXT NOT NULL,
    -- Absent until the answer is known.
    status BIGINT,
    location TEXT,
    sent_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX sent_forms_by_time ON sent_forms (sent_at);
