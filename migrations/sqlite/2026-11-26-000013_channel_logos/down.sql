DROP TABLE channel_logos;
