DROP TABLE usage_feeds;
