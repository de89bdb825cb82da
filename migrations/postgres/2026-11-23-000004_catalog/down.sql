DROP TABLE terms_rates;
DROP TABLE charges;
DROP TABLE bundle_components;
DROP TABLE bundles;
DROP TABLE products;
