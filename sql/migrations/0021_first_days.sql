-- A month by its day, and not by its beginning on somebody's clock: a date becomes an instant three times for that, which
-- cost as much of a publication as all its other checks.
ALTER TABLE fact_consumption
  DROP CONSTRAINT fact_consumption_period_month_check,
  ADD CONSTRAINT fact_consumption_period_month_check CHECK (extract(DAY FROM period_month) = 1);
