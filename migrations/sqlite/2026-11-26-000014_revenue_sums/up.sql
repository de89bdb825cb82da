-- What charge lines add up to, so that a report of all re-sellers does not grow with their number. The triggers below
-- keep it: whoever changes a line changes its sums in the same transaction.
--
-- Of all channels together. An id of zeros stands for none. The slot, the last digit of the channel's id, spreads the
-- writes of several channels over several rows.
CREATE TABLE revenue_totals (
    month TEXT NOT NULL,
    currency TEXT NOT NULL,
    bundle_id BLOB NOT NULL,
    product_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    slot TEXT NOT NULL,
    gross INTEGER NOT NULL,
    credited INTEGER NOT NULL,
    reseller_share INTEGER NOT NULL,
    provider_share INTEGER NOT NULL,
    line_count INTEGER NOT NULL,
    PRIMARY KEY (month, currency, bundle_id, product_id, kind, slot)
) STRICT;

-- Of each channel.
CREATE TABLE revenue_channels (
    channel_id BLOB NOT NULL REFERENCES channels (id),
    month TEXT NOT NULL,
    currency TEXT NOT NULL,
    gross INTEGER NOT NULL,
    credited INTEGER NOT NULL,
    net INTEGER NOT NULL,
    reseller_share INTEGER NOT NULL,
    provider_share INTEGER NOT NULL,
    line_count INTEGER NOT NULL,
    PRIMARY KEY (channel_id, month, currency)
) STRICT;
CREATE INDEX revenue_channels_by_month ON revenue_channels (month, currency);
CREATE INDEX rated_months_by_time ON rated_months (month, rated_at);

INSERT INTO revenue_totals (month, currency, bundle_id, product_id, kind, slot, gross, credited, reseller_share, provider_share, line_count)
SELECT month, currency, COALESCE(bundle_id, x'00000000000000000000000000000000'), COALESCE(product_id, x'00000000000000000000000000000000'), kind, substr(hex(channel_id), 32, 1),
    sum(gross), sum(credited), sum(reseller_share), sum(provider_share), count(*)
FROM charge_lines GROUP BY 1, 2, 3, 4, 5, 6;
INSERT INTO revenue_channels (channel_id, month, currency, gross, credited, net, reseller_share, provider_share, line_count)
SELECT channel_id, month, currency, sum(gross), sum(credited), sum(gross) - sum(credited), sum(reseller_share), sum(provider_share), count(*)
FROM charge_lines GROUP BY 1, 2, 3;

CREATE TRIGGER charge_lines_summed_insert AFTER INSERT ON charge_lines BEGIN
    INSERT INTO revenue_totals VALUES (NEW.month, NEW.currency, COALESCE(NEW.bundle_id, x'00000000000000000000000000000000'),
        COALESCE(NEW.product_id, x'00000000000000000000000000000000'), NEW.kind, substr(hex(NEW.channel_id), 32, 1),
        NEW.gross, NEW.credited, NEW.reseller_share, NEW.provider_share, 1)
        ON CONFLICT DO UPDATE SET
            gross = revenue_totals.gross + excluded.gross,
            credited = revenue_totals.credited + excluded.credited,
            reseller_share = revenue_totals.reseller_share + excluded.reseller_share,
            provider_share = revenue_totals.provider_share + excluded.provider_share,
            line_count = revenue_totals.line_count + excluded.line_count;
    INSERT INTO revenue_channels VALUES (NEW.channel_id, NEW.month, NEW.currency,
        NEW.gross, NEW.credited, NEW.gross - NEW.credited, NEW.reseller_share, NEW.provider_share, 1)
        ON CONFLICT DO UPDATE SET
            gross = revenue_channels.gross + excluded.gross,
            credited = revenue_channels.credited + excluded.credited,
            net = revenue_channels.net + excluded.net,
            reseller_share = revenue_channels.reseller_share + excluded.reseller_share,
            provider_share = revenue_channels.provider_share + excluded.provider_share,
            line_count = revenue_channels.line_count + excluded.line_count;
END;
CREATE TRIGGER charge_lines_summed_delete AFTER DELETE ON charge_lines BEGIN
    INSERT INTO revenue_totals VALUES (OLD.month, OLD.currency, COALESCE(OLD.bundle_id, x'00000000000000000000000000000000'),
        COALESCE(OLD.product_id, x'00000000000000000000000000000000'), OLD.kind, substr(hex(OLD.channel_id), 32, 1),
        -OLD.gross, -OLD.credited, -OLD.reseller_share, -OLD.provider_share, -1)
        ON CONFLICT DO UPDATE SET
            gross = revenue_totals.gross + excluded.gross,
            credited = revenue_totals.credited + excluded.credited,
            reseller_share = revenue_totals.reseller_share + excluded.reseller_share,
            provider_share = revenue_totals.provider_share + excluded.provider_share,
            line_count = revenue_totals.line_count + excluded.line_count;
    INSERT INTO revenue_channels VALUES (OLD.channel_id, OLD.month, OLD.currency,
        -OLD.gross, -OLD.credited, OLD.credited - OLD.gross, -OLD.reseller_share, -OLD.provider_share, -1)
        ON CONFLICT DO UPDATE SET
            gross = revenue_channels.gross + excluded.gross,
            credited = revenue_channels.credited + excluded.credited,
            net = revenue_channels.net + excluded.net,
            reseller_share = revenue_channels.reseller_share + excluded.reseller_share,
            provider_share = revenue_channels.provider_share + excluded.provider_share,
            line_count = revenue_channels.line_count + excluded.line_count;
END;
CREATE TRIGGER charge_lines_summed_update AFTER UPDATE ON charge_lines BEGIN
    INSERT INTO revenue_totals VALUES (OLD.month, OLD.currency, COALESCE(OLD.bundle_id, x'00000000000000000000000000000000'),
        COALESCE(OLD.product_id, x'00000000000000000000000000000000'), OLD.kind, substr(hex(OLD.channel_id), 32, 1),
        -OLD.gross, -OLD.credited, -OLD.reseller_share, -OLD.provider_share, -1)
        ON CONFLICT DO UPDATE SET
            gross = revenue_totals.gross + excluded.gross,
            credited = revenue_totals.credited + excluded.credited,
            reseller_share = revenue_totals.reseller_share + excluded.reseller_share,
            provider_share = revenue_totals.provider_share + excluded.provider_share,
            line_count = revenue_totals.line_count + excluded.line_count;
    INSERT INTO revenue_channels VALUES (OLD.channel_id, OLD.month, OLD.currency,
        -OLD.gross, -OLD.credited, OLD.credited - OLD.gross, -OLD.reseller_share, -OLD.provider_share, -1)
        ON CONFLICT DO UPDATE SET
            gross = revenue_channels.gross + excluded.gross,
            credited = revenue_channels.credited + excluded.credited,
            net = revenue_channels.net + excluded.net,
            reseller_share = revenue_channels.reseller_share + excluded.reseller_share,
            provider_share = revenue_channels.provider_share + excluded.provider_share,
            line_count = revenue_channels.line_count + excluded.line_count;
    INSERT INTO revenue_totals VALUES (NEW.month, NEW.currency, COALESCE(NEW.bundle_id, x'00000000000000000000000000000000'),
        COALESCE(NEW.product_id, x'00000000000000000000000000000000'), NEW.kind, substr(hex(NEW.channel_id), 32, 1),
        NEW.gross, NEW.credited, NEW.reseller_share, NEW.provider_share, 1)
        ON CONFLICT DO UPDATE SET
            gross = revenue_totals.gross + excluded.gross,
            credited = revenue_totals.credited + excluded.credited,
            reseller_share = revenue_totals.reseller_share + excluded.reseller_share,
            provider_share = revenue_totals.provider_share + excluded.provider_share,
            line_count = revenue_totals.line_count + excluded.line_count;
    INSERT INTO revenue_channels VALUES (NEW.channel_id, NEW.month, NEW.currency,
        NEW.gross, NEW.credited, NEW.gross - NEW.credited, NEW.reseller_share, NEW.provider_share, 1)
        ON CONFLICT DO UPDATE SET
            gross = revenue_channels.gross + excluded.gross,
            credited = revenue_channels.credited + excluded.credited,
            net = revenue_channels.net + excluded.net,
            reseller_share = revenue_channels.reseller_share + excluded.reseller_share,
            provider_share = revenue_channels.provider_share + excluded.provider_share,
            line_count = revenue_channels.line_count + excluded.line_count;
END;
