-- What the usage of each day adds up to in all channels together, so that a report of all re-sellers does not grow with
-- their number. The triggers keep it: whoever changes a day's sum changes the total in the same transaction. The slot,
-- by the last digit of the channel's id, spreads the writes of several channels over four rows.
CREATE TABLE usage_totals (
    day DATE NOT NULL,
    product_id UUID NOT NULL,
    unit TEXT NOT NULL,
    slot TEXT NOT NULL,
    quantity NUMERIC(38, 18) NOT NULL,
    record_count BIGINT NOT NULL,
    PRIMARY KEY (day, product_id, unit, slot)
);

INSERT INTO usage_totals (day, product_id, unit, slot, quantity, record_count)
SELECT day, product_id, unit, translate(right(channel_id::text, 1), '0123456789abcdef', '0123012301230123'), sum(quantity), sum(record_count)
FROM usage_daily GROUP BY 1, 2, 3, 4;

CREATE FUNCTION sum_usage_daily() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO usage_totals (day, product_id, unit, slot, quantity, record_count)
        SELECT day, product_id, unit, translate(right(channel_id::text, 1), '0123456789abcdef', '0123012301230123'), -sum(quantity), -sum(record_count)
        FROM old_sums GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        ON CONFLICT (day, product_id, unit, slot) DO UPDATE SET
            quantity = usage_totals.quantity + excluded.quantity,
            record_count = usage_totals.record_count + excluded.record_count;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO usage_totals (day, product_id, unit, slot, quantity, record_count)
        SELECT day, product_id, unit, translate(right(channel_id::text, 1), '0123456789abcdef', '0123012301230123'), sum(quantity), sum(record_count)
        FROM new_sums GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        ON CONFLICT (day, product_id, unit, slot) DO UPDATE SET
            quantity = usage_totals.quantity + excluded.quantity,
            record_count = usage_totals.record_count + excluded.record_count;
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER usage_daily_summed_insert AFTER INSERT ON usage_daily
    REFERENCING NEW TABLE AS new_sums FOR EACH STATEMENT EXECUTE FUNCTION sum_usage_daily();
CREATE TRIGGER usage_daily_summed_delete AFTER DELETE ON usage_daily
    REFERENCING OLD TABLE AS old_sums FOR EACH STATEMENT EXECUTE FUNCTION sum_usage_daily();
CREATE TRIGGER usage_daily_summed_update AFTER UPDATE ON usage_daily
    REFERENCING OLD TABLE AS old_sums NEW TABLE AS new_sums FOR EACH STATEMENT EXECUTE FUNCTION sum_usage_daily();

-- The totals of charge lines in as many slots: sixteen made each report of all channels read sixteen rows for one.
CREATE OR REPLACE FUNCTION sum_charge_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO revenue_totals (month, currency, bundle_id, product_id, kind, slot, gross, credited, reseller_share, provider_share, line_count)
        SELECT month, currency, COALESCE(bundle_id, '00000000-0000-0000-0000-000000000000'), COALESCE(product_id, '00000000-0000-0000-0000-000000000000'), kind, translate(right(channel_id::text, 1), '0123456789abcdef', '0123012301230123'),
            -sum(gross), -sum(credited), -sum(reseller_share), -sum(provider_share), -count(*)
        FROM old_lines GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
        ON CONFLICT (month, currency, bundle_id, product_id, kind, slot) DO UPDATE SET
            gross = revenue_totals.gross + excluded.gross,
            credited = revenue_totals.credited + excluded.credited,
            reseller_share = revenue_totals.reseller_share + excluded.reseller_share,
            provider_share = revenue_totals.provider_share + excluded.provider_share,
            line_count = revenue_totals.line_count + excluded.line_count;
        INSERT INTO revenue_channels (channel_id, month, currency, gross, credited, net, reseller_share, provider_share, line_count)
        SELECT channel_id, month, currency, -sum(gross), -sum(credited), sum(credited) - sum(gross), -sum(reseller_share), -sum(provider_share), -count(*)
        FROM old_lines GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (channel_id, month, currency) DO UPDATE SET
            gross = revenue_channels.gross + excluded.gross,
            credited = revenue_channels.credited + excluded.credited,
            net = revenue_channels.net + excluded.net,
            reseller_share = revenue_channels.reseller_share + excluded.reseller_share,
            provider_share = revenue_channels.provider_share + excluded.provider_share,
            line_count = revenue_channels.line_count + excluded.line_count;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO revenue_totals (month, currency, bundle_id, product_id, kind, slot, gross, credited, reseller_share, provider_share, line_count)
        SELECT month, currency, COALESCE(bundle_id, '00000000-0000-0000-0000-000000000000'), COALESCE(product_id, '00000000-0000-0000-0000-000000000000'), kind, translate(right(channel_id::text, 1), '0123456789abcdef', '0123012301230123'),
            sum(gross), sum(credited), sum(reseller_share), sum(provider_share), count(*)
        FROM new_lines GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
        ON CONFLICT (month, currency, bundle_id, product_id, kind, slot) DO UPDATE SET
            gross = revenue_totals.gross + excluded.gross,
            credited = revenue_totals.credited + excluded.credited,
            reseller_share = revenue_totals.reseller_share + excluded.reseller_share,
            provider_share = revenue_totals.provider_share + excluded.provider_share,
            line_count = revenue_totals.line_count + excluded.line_count;
        INSERT INTO revenue_channels (channel_id, month, currency, gross, credited, net, reseller_share, provider_share, line_count)
        SELECT channel_id, month, currency, sum(gross), sum(credited), sum(gross) - sum(credited), sum(reseller_share), sum(provider_share), count(*)
        FROM new_lines GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (channel_id, month, currency) DO UPDATE SET
            gross = revenue_channels.gross + excluded.gross,
            credited = revenue_channels.credited + excluded.credited,
            net = revenue_channels.net + excluded.net,
            reseller_share = revenue_channels.reseller_share + excluded.reseller_share,
            provider_share = revenue_channels.provider_share + excluded.provider_share,
            line_count = revenue_channels.line_count + excluded.line_count;
    END IF;
    RETURN NULL;
END;
$$;

DELETE FROM revenue_totals;
INSERT INTO revenue_totals (month, currency, bundle_id, product_id, kind, slot, gross, credited, reseller_share, provider_share, line_count)
SELECT month, currency, COALESCE(bundle_id, '00000000-0000-0000-0000-000000000000'), COALESCE(product_id, '00000000-0000-0000-0000-000000000000'), kind,
    translate(right(channel_id::text, 1), '0123456789abcdef', '0123012301230123'),
    sum(gross), sum(credited), sum(reseller_share), sum(provider_share), count(*)
FROM charge_lines GROUP BY 1, 2, 3, 4, 5, 6;
-- Which channels brought most is read from the index alone.
CREATE INDEX revenue_channels_by_channel ON revenue_channels (currency, channel_id, month) INCLUDE (net, line_count);

-- What pages ask for, each from an index: the bundles that anybody sells, a channel's price requests.
CREATE INDEX channel_bundles_by_bundle ON channel_bundles (bundle_id, channel_id);
CREATE INDEX price_requests_by_channel ON price_requests (channel_id, asked_at, id);
-- The history of one object, newest first.
CREATE INDEX audit_events_of_object ON audit_events (object_id, id);
