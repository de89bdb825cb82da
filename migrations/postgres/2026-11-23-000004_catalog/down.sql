DROP TABLE terms_rates;
DROP TABLE charge_tiers;
DROP TABLE charges;
DROP TABLE bundle_components;
DROP TABLE bundles;
DROP TABLE products;
