-- The largest re-sellers of a month are read without the others.
DROP INDEX revenue_channels_by_month;
CREATE INDEX revenue_channels_by_month ON revenue_channels (month, currency, net DESC, channel_id);
