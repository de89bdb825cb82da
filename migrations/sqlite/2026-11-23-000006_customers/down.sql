DROP TABLE subscription_quantities;
DROP TABLE subscriptions;
DROP TABLE customers;
