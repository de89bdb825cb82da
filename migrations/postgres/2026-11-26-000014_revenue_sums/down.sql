DROP TRIGGER charge_lines_summed_insert ON charge_lines;
DROP TRIGGER charge_lines_summed_delete ON charge_lines;
DROP TRIGGER charge_lines_summed_update ON charge_lines;
DROP FUNCTION sum_charge_lines();
DROP INDEX rated_months_by_time;
DROP TABLE revenue_channels;
DROP TABLE revenue_totals;
