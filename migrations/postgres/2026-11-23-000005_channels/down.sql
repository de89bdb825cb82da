DROP TABLE price_values;
DROP TABLE price_versions;
DROP TABLE channel_bundles;
DROP TABLE channel_currencies;
DROP TABLE channels;
