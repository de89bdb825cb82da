-- How many submitted requests are in each state, so that the list need not count them. The triggers keep it.
CREATE TABLE request_counts (
    state TEXT NOT NULL PRIMARY KEY,
    request_count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO request_counts (state, request_count)
    SELECT state, count(*) FROM reseller_request_info WHERE submitted_at IS NOT NULL GROUP BY 1;

CREATE TRIGGER requests_counted_insert AFTER INSERT ON reseller_request_info WHEN NEW.submitted_at IS NOT NULL BEGIN
    INSERT INTO request_counts (state, request_count) VALUES (NEW.state, 1)
    ON CONFLICT DO UPDATE SET request_count = request_count + 1;
END;
CREATE TRIGGER requests_counted_delete AFTER DELETE ON reseller_request_info WHEN OLD.submitted_at IS NOT NULL BEGIN
    UPDATE request_counts SET request_count = request_count - 1 WHERE state = OLD.state;
END;
CREATE TRIGGER requests_counted_update AFTER UPDATE OF state, submitted_at ON reseller_request_info BEGIN
    UPDATE request_counts SET request_count = request_count - 1 WHERE state = OLD.state AND OLD.submitted_at IS NOT NULL;
    INSERT INTO request_counts (state, request_count) SELECT NEW.state, 1 WHERE NEW.submitted_at IS NOT NULL
    ON CONFLICT DO UPDATE SET request_count = request_count + 1;
END;
