DROP INDEX audit_events_of_object;
DROP INDEX price_requests_by_channel;
DROP INDEX channel_bundles_by_bundle;
-- The totals of charge lines stay as they are: what is in four slots is read as what is in sixteen.
DROP INDEX revenue_channels_by_channel;
DROP TRIGGER usage_daily_summed_insert ON usage_daily;
DROP TRIGGER usage_daily_summed_delete ON usage_daily;
DROP TRIGGER usage_daily_summed_update ON usage_daily;
DROP FUNCTION sum_usage_daily();
DROP TABLE usage_totals;
