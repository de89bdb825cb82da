DROP INDEX audit_events_of_object;
DROP INDEX price_requests_by_channel;
DROP INDEX channel_bundles_by_bundle;
-- The totals of charge lines stay as they are: what is in one slot is read as what is in many.
DROP INDEX revenue_channels_by_channel;
DROP TRIGGER usage_daily_summed_update;
DROP TRIGGER usage_daily_summed_delete;
DROP TRIGGER usage_daily_summed_insert;
DROP TABLE usage_totals;
