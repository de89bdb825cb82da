-- What charge lines add up to, so that a report of all re-sellers does not grow with their number. The triggers below
-- keep it: whoever changes a line changes its sums in the same transaction.
--
-- Of all channels together. An id of zeros stands for none. The slot, the last digit of the channel's id, spreads the
-- writes of several channels over several rows.
CREATE TABLE revenue_totals (
    month TEXT NOT NULL,
    currency TEXT NOT NULL,
    bundle_id UUID NOT NULL,
    product_id UUID NOT NULL,
    kind TEXT NOT NULL,
    slot TEXT NOT NULL,
    gross NUMERIC(20, 6) NOT NULL,
    credited NUMERIC(20, 6) NOT NULL,
    reseller_share NUMERIC(20, 6) NOT NULL,
    provider_share NUMERIC(20, 6) NOT NULL,
    line_count BIGINT NOT NULL,
    PRIMARY KEY (month, currency, bundle_id, product_id, kind, slot)
);

-- Of each channel.
CREATE TABLE revenue_channels (
    channel_id UUID NOT NULL REFERENCES channels (id),
    month TEXT NOT NULL,
    currency TEXT NOT NULL,
    gross NUMERIC(20, 6) NOT NULL,
    credited NUMERIC(20, 6) NOT NULL,
    net NUMERIC(20, 6) NOT NULL,
    reseller_share NUMERIC(20, 6) NOT NULL,
    provider_share NUMERIC(20, 6) NOT NULL,
    line_count BIGINT NOT NULL,
    PRIMARY KEY (channel_id, month, currency)
);
CREATE INDEX revenue_channels_by_month ON revenue_channels (month, currency);
CREATE INDEX rated_months_by_time ON rated_months (month, rated_at);

INSERT INTO revenue_totals (month, currency, bundle_id, product_id, kind, slot, gross, credited, reseller_share, provider_share, line_count)
SELECT month, currency, COALESCE(bundle_id, '00000000-0000-0000-0000-000000000000'), COALESCE(product_id, '00000000-0000-0000-0000-000000000000'), kind, upper(right(channel_id::text, 1)),
    sum(gross), sum(credited), sum(reseller_share), sum(provider_share), count(*)
FROM charge_lines GROUP BY 1, 2, 3, 4, 5, 6;
INSERT INTO revenue_channels (channel_id, month, currency, gross, credited, net, reseller_share, provider_share, line_count)
SELECT channel_id, month, currency, sum(gross), sum(credited), sum(gross) - sum(credited), sum(reseller_share), sum(provider_share), count(*)
FROM charge_lines GROUP BY 1, 2, 3;

CREATE FUNCTION sum_charge_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO revenue_totals (month, currency, bundle_id, product_id, kind, slot, gross, credited, reseller_share, provider_share, line_count)
        SELECT month, currency, COALESCE(bundle_id, '00000000-0000-0000-0000-000000000000'), COALESCE(product_id, '00000000-0000-0000-0000-000000000000'), kind, upper(right(channel_id::text, 1)),
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
        SELECT month, currency, COALESCE(bundle_id, '00000000-0000-0000-0000-000000000000'), COALESCE(product_id, '00000000-0000-0000-0000-000000000000'), kind, upper(right(channel_id::text, 1)),
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
CREATE TRIGGER charge_lines_summed_insert AFTER INSERT ON charge_lines
    REFERENCING NEW TABLE AS new_lines FOR EACH STATEMENT EXECUTE FUNCTION sum_charge_lines();
CREATE TRIGGER charge_lines_summed_delete AFTER DELETE ON charge_lines
    REFERENCING OLD TABLE AS old_lines FOR EACH STATEMENT EXECUTE FUNCTION sum_charge_lines();
CREATE TRIGGER charge_lines_summed_update AFTER UPDATE ON charge_lines
    REFERENCING OLD TABLE AS old_lines NEW TABLE AS new_lines FOR EACH STATEMENT EXECUTE FUNCTION sum_charge_lines();
