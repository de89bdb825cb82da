DROP INDEX revenue_channels_by_month;
CREATE INDEX revenue_channels_by_month ON revenue_channels (month, currency);
