-- The four marts. They start from the facts' rollups and LEFT JOIN dimensions; none looks at is_active.
-- mv_cost_app_month is kept slice by slice (docs/decisions/0004): a literal materialized view at that
-- grain costs 28 times more at 36 months than at 1. The others are materialized over the family rollup.

-- CASCADE: the views of 80_visible.sql stand on these and are made again after them
DROP VIEW IF EXISTS mv_cost_app_month CASCADE;
CREATE VIEW mv_cost_app_month AS
SELECT
  cost_app_month.period_month,
  cost_app_month.pricing_view_id,
  pricing_view.currency,
  cost_app_month.domain_id,
  dim_domain.domain_mode,
  cost_app_month.application_id,
  cost_app_month.cost,
  cost_app_month.line_count,
  cost_app_month.unpriced_count
FROM cost_app_month
LEFT JOIN pricing_view USING (pricing_view_id)
LEFT JOIN dim_domain USING (domain_id);
COMMENT ON VIEW mv_cost_app_month IS 'One row per (month, pricing view, domain, application)';

DROP MATERIALIZED VIEW IF EXISTS mv_cost_domain_month CASCADE;
CREATE MATERIALIZED VIEW mv_cost_domain_month AS
SELECT
  rollup_row.period_month,
  rollup_row.pricing_view_id,
  pricing_view.currency,
  rollup_row.domain_id,
  dim_domain.domain_mode,
  sum(rollup_row.cost) AS cost,
  sum(rollup_row.line_count)::BIGINT AS line_count,
  sum(rollup_row.unpriced_count)::BIGINT AS unpriced_count
FROM cost_family_month AS rollup_row
LEFT JOIN pricing_view USING (pricing_view_id)
LEFT JOIN dim_domain USING (domain_id)
GROUP BY
  rollup_row.period_month, rollup_row.pricing_view_id, pricing_view.currency, rollup_row.domain_id,
  dim_domain.domain_mode;
CREATE UNIQUE INDEX mv_cost_domain_month_grain
ON mv_cost_domain_month (period_month, pricing_view_id, domain_id);
COMMENT ON MATERIALIZED VIEW mv_cost_domain_month IS 'One row per (month, pricing view, domain)';

DROP MATERIALIZED VIEW IF EXISTS mv_cost_family_month CASCADE;
CREATE MATERIALIZED VIEW mv_cost_family_month AS
SELECT
  rollup_row.period_month,
  rollup_row.pricing_view_id,
  pricing_view.currency,
  rollup_row.domain_id,
  rollup_row.family_id,
  rollup_row.cost,
  rollup_row.line_count,
  rollup_row.unpriced_count
FROM cost_family_month AS rollup_row
LEFT JOIN pricing_view USING (pricing_view_id)
WHERE rollup_row.family_id IS NOT NULL;
CREATE UNIQUE INDEX mv_cost_family_month_grain
ON mv_cost_family_month (period_month, pricing_view_id, domain_id, family_id);
COMMENT ON MATERIALIZED VIEW mv_cost_family_month IS
'One row per (month, pricing view, domain, family); INDIRECT domains have no family and are not here';

DROP MATERIALIZED VIEW IF EXISTS mv_history_trend CASCADE;
CREATE MATERIALIZED VIEW mv_history_trend AS
WITH by_domain AS (
  SELECT
    period_month,
    pricing_view_id,
    domain_id,
    sum(cost) AS cost,
    sum(line_count)::BIGINT AS line_count,
    sum(unpriced_count)::BIGINT AS unpriced_count
  FROM cost_family_month
  GROUP BY period_month, pricing_view_id, domain_id
),
life AS (
  SELECT
    by_domain.domain_id,
    by_domain.pricing_view_id,
    least(min(by_domain.period_month), min(dim_domain.available_from)) AS first_month,
    (SELECT max(period_month) FROM cost_family_month) AS last_month
  FROM by_domain
  LEFT JOIN dim_domain USING (domain_id)
  GROUP BY by_domain.domain_id, by_domain.pricing_view_id
),
calendar AS (
  SELECT
    life.domain_id,
    life.pricing_view_id,
    generate_series(life.first_month::TIMESTAMP, life.last_month, INTERVAL '1 month')::DATE AS period_month
  FROM life
)
SELECT
  calendar.period_month,
  calendar.pricing_view_id,
  pricing_view.currency,
  calendar.domain_id,
  by_domain.period_month IS NOT NULL AS has_data,
  by_domain.cost,
  coalesce(by_domain.line_count, 0) AS line_count,
  coalesce(by_domain.unpriced_count, 0) AS unpriced_count,
  lag(by_domain.cost) OVER months AS previous_cost,
  by_domain.cost - lag(by_domain.cost) OVER months AS delta_cost,
  sum(by_domain.cost) OVER (months ROWS 2 PRECEDING) AS rolling_3_cost,
  sum(by_domain.cost) OVER (months ROWS 11 PRECEDING) AS rolling_12_cost
FROM calendar
LEFT JOIN by_domain USING (period_month, pricing_view_id, domain_id)
LEFT JOIN pricing_view USING (pricing_view_id)
WINDOW months AS (PARTITION BY calendar.domain_id, calendar.pricing_view_id ORDER BY calendar.period_month);
CREATE UNIQUE INDEX mv_history_trend_grain ON mv_history_trend (domain_id, pricing_view_id, period_month);
COMMENT ON MATERIALIZED VIEW mv_history_trend IS
'One row per (month, pricing view, domain), months without data included';

-- CONCURRENTLY: a plain REFRESH shows other transactions a version they should not see yet.
CREATE OR REPLACE FUNCTION refresh_marts() RETURNS BIGINT
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
DECLARE
  reached BIGINT;
  month DATE;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('finops marts', 0));
  -- month by month: the planner then reads one partition
  FOR month IN
    SELECT DISTINCT shown.period_month
    FROM mart_slice AS shown
    WHERE NOT EXISTS (SELECT FROM cost_total_month AS total WHERE total.period_month = shown.period_month)
  LOOP
    INSERT INTO cost_total_month
    SELECT period_month, pricing_view_id, application_id, sum(cost), sum(line_count), sum(unpriced_count)
    FROM cost_app_month
    WHERE period_month = month
    GROUP BY period_month, pricing_view_id, application_id
    ORDER BY application_id;
  END LOOP;
  REFRESH MATERIALIZED VIEW CONCURRENTLY mv_cost_domain_month;
  REFRESH MATERIALIZED VIEW CONCURRENTLY mv_cost_family_month;
  REFRESH MATERIALIZED VIEW CONCURRENTLY mv_history_trend;
  UPDATE mart_state SET version = version + 1, refreshed_at = clock_timestamp() RETURNING version INTO reached;
  RETURN reached;
END $$;
