-- One row per (month, pricing view, application): all domains together. Whoever ranks applications, or adds up some
-- hundred of them, reads a twelfth of the rows.
CREATE TABLE cost_total_month (
  period_month DATE NOT NULL,
  pricing_view_id TEXT NOT NULL,
  application_id TEXT NOT NULL,
  cost NUMERIC,
  line_count BIGINT NOT NULL,
  unpriced_count BIGINT NOT NULL
);
INSERT INTO cost_total_month
SELECT period_month, pricing_view_id, application_id, sum(cost), sum(line_count), sum(unpriced_count)
FROM cost_app_month
GROUP BY period_month, pricing_view_id, application_id
-- a month is read at a time: its rows lie together
ORDER BY period_month, pricing_view_id, application_id;
CREATE UNIQUE INDEX cost_total_month_grain ON cost_total_month (application_id, pricing_view_id, period_month);
CREATE INDEX cost_total_month_of_month ON cost_total_month (period_month, pricing_view_id);
