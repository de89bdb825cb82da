-- How many submitted requests are in each state, so that the list need not count them. The triggers keep it.
CREATE TABLE request_counts (
    state TEXT NOT NULL PRIMARY KEY,
    request_count BIGINT NOT NULL
);
INSERT INTO request_counts (state, request_count)
    SELECT state, count(*) FROM reseller_request_info WHERE submitted_at IS NOT NULL GROUP BY 1;

-- What does not change a state changes no count, so that people at work on different requests do not wait for each other.
CREATE FUNCTION count_requests() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO request_counts (state, request_count)
        SELECT state, count(*) FROM new_requests WHERE submitted_at IS NOT NULL GROUP BY 1 ORDER BY 1
        ON CONFLICT (state) DO UPDATE SET request_count = request_counts.request_count + excluded.request_count;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO request_counts (state, request_count)
        SELECT state, sum(change) FROM (
            SELECT state, 1 AS change FROM new_requests WHERE submitted_at IS NOT NULL
            UNION ALL SELECT state, -1 FROM old_requests WHERE submitted_at IS NOT NULL
        ) AS changes GROUP BY 1 HAVING sum(change) <> 0 ORDER BY 1
        ON CONFLICT (state) DO UPDATE SET request_count = request_counts.request_count + excluded.request_count;
    ELSE
        UPDATE request_counts SET request_count = request_counts.request_count - gone.request_count
        FROM (SELECT state, count(*) AS request_count FROM old_requests WHERE submitted_at IS NOT NULL GROUP BY 1) AS gone
        WHERE request_counts.state = gone.state;
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER requests_counted_insert AFTER INSERT ON reseller_request_info
    REFERENCING NEW TABLE AS new_requests FOR EACH STATEMENT EXECUTE FUNCTION count_requests();
CREATE TRIGGER requests_counted_delete AFTER DELETE ON reseller_request_info
    REFERENCING OLD TABLE AS old_requests FOR EACH STATEMENT EXECUTE FUNCTION count_requests();
CREATE TRIGGER requests_counted_update AFTER UPDATE ON reseller_request_info
    REFERENCING OLD TABLE AS old_requests NEW TABLE AS new_requests FOR EACH STATEMENT EXECUTE FUNCTION count_requests();
