DROP TABLE kept_prices;
DROP TABLE price_requests;
DROP TABLE price_values;
DROP TABLE price_versions;
DROP TABLE channel_bundles;
DROP TABLE channel_currencies;
DROP TABLE channels;
