DROP TRIGGER charge_lines_summed_insert;
DROP TRIGGER charge_lines_summed_delete;
DROP TRIGGER charge_lines_summed_update;
DROP INDEX rated_months_by_time;
DROP TABLE revenue_channels;
DROP TABLE revenue_totals;
