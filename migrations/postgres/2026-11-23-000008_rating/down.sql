DROP TABLE rated_months;
DROP TABLE charge_lines;
