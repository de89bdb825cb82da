-- What the usage of each day adds up to in all channels together, so that a report of all re-sellers does not grow with
-- their number. The triggers keep it: whoever changes a day's sum changes the total in the same transaction. The slot,
-- which spreads the writes of several channels on PostgreSQL, is empty here, where one writes at a time.
CREATE TABLE usage_totals (
    day TEXT NOT NULL,
    product_id BLOB NOT NULL,
    unit TEXT NOT NULL,
    slot TEXT NOT NULL,
    quantity TEXT NOT NULL,
    record_count INTEGER NOT NULL,
    PRIMARY KEY (day, product_id, unit, slot)
) STRICT, WITHOUT ROWID;

INSERT INTO usage_totals (day, product_id, unit, slot, quantity, record_count)
SELECT day, product_id, unit, '', exact_sum(quantity), sum(record_count) FROM usage_daily GROUP BY 1, 2, 3;

CREATE TRIGGER usage_daily_summed_insert AFTER INSERT ON usage_daily BEGIN
    INSERT INTO usage_totals (day, product_id, unit, slot, quantity, record_count)
    VALUES (NEW.day, NEW.product_id, NEW.unit, '', NEW.quantity, NEW.record_count)
    ON CONFLICT DO UPDATE SET
        quantity = exact_change(usage_totals.quantity, '0', excluded.quantity),
        record_count = usage_totals.record_count + excluded.record_count;
END;
CREATE TRIGGER usage_daily_summed_delete AFTER DELETE ON usage_daily BEGIN
    UPDATE usage_totals SET
        quantity = exact_change(quantity, OLD.quantity, '0'),
        record_count = record_count - OLD.record_count
    WHERE day = OLD.day AND product_id = OLD.product_id AND unit = OLD.unit AND slot = '';
END;
CREATE TRIGGER usage_daily_summed_update AFTER UPDATE ON usage_daily BEGIN
    UPDATE usage_totals SET
        quantity = exact_change(quantity, OLD.quantity, '0'),
        record_count = record_count - OLD.record_count
    WHERE day = OLD.day AND product_id = OLD.product_id AND unit = OLD.unit AND slot = '';
    INSERT INTO usage_totals (day, product_id, unit, slot, quantity, record_count)
    VALUES (NEW.day, NEW.product_id, NEW.unit, '', NEW.quantity, NEW.record_count)
    ON CONFLICT DO UPDATE SET
        quantity = exact_change(usage_totals.quantity, '0', excluded.quantity),
        record_count = usage_totals.record_count + excluded.record_count;
END;

-- The totals of charge lines have no use for slots here either, and are read by their key.
DROP TRIGGER charge_lines_summed_insert;
DROP TRIGGER charge_lines_summed_delete;
DROP TRIGGER charge_lines_summed_update;
ALTER TABLE revenue_totals RENAME TO revenue_totals_in_slots;
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
) STRICT, WITHOUT ROWID;
INSERT INTO revenue_totals (month, currency, bundle_id, product_id, kind, slot, gross, credited, reseller_share, provider_share, line_count)
SELECT month, currency, bundle_id, product_id, kind, '',
    sum(gross), sum(credited), sum(reseller_share), sum(provider_share), sum(line_count)
FROM revenue_totals_in_slots GROUP BY 1, 2, 3, 4, 5;
DROP TABLE revenue_totals_in_slots;
-- Which channels brought most is read from the index alone.
CREATE INDEX revenue_channels_by_channel ON revenue_channels (currency, channel_id, month, net, line_count);

CREATE TRIGGER charge_lines_summed_insert AFTER INSERT ON charge_lines BEGIN
    INSERT INTO revenue_totals VALUES (NEW.month, NEW.currency, COALESCE(NEW.bundle_id, x'00000000000000000000000000000000'),
        COALESCE(NEW.product_id, x'00000000000000000000000000000000'), NEW.kind, '',
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
        COALESCE(OLD.product_id, x'00000000000000000000000000000000'), OLD.kind, '',
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
        COALESCE(OLD.product_id, x'00000000000000000000000000000000'), OLD.kind, '',
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
        COALESCE(NEW.product_id, x'00000000000000000000000000000000'), NEW.kind, '',
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

-- What pages ask for, each from an index: the bundles that anybody sells, a channel's price requests.
CREATE INDEX channel_bundles_by_bundle ON channel_bundles (bundle_id, channel_id);
CREATE INDEX price_requests_by_channel ON price_requests (channel_id, asked_at, id);
-- The history of one object, newest first.
CREATE INDEX audit_events_of_object ON audit_events (object_id, id);
