-- Facts × prices by slice. mart_slice says which slice version and which prices each slice shows, so that
-- a refresh recomputes only what changed; the marts (sql/repeatable) stand on these tables.

CREATE TABLE mart_slice (
  period_month DATE NOT NULL,
  domain_id TEXT NOT NULL REFERENCES dim_domain,
  version INTEGER NOT NULL,
  price_id BIGINT NOT NULL,
  pricing_views TEXT[] NOT NULL,
  refreshed_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (period_month, domain_id)
);

-- One row per (month, pricing view, domain, application).
CREATE TABLE cost_app_month (
  period_month DATE NOT NULL,
  pricing_view_id TEXT NOT NULL,
  domain_id TEXT NOT NULL,
  application_id TEXT NOT NULL,
  cost NUMERIC,
  line_count BIGINT NOT NULL,
  unpriced_count BIGINT NOT NULL
) PARTITION BY RANGE (period_month);
CREATE UNIQUE INDEX cost_app_month_grain
ON cost_app_month (application_id, pricing_view_id, period_month, domain_id);
CREATE INDEX cost_app_month_slice ON cost_app_month (period_month, domain_id, pricing_view_id, cost DESC);

-- One row per (month, pricing view, domain, product); product and family are NULL in an INDIRECT domain.
CREATE TABLE cost_product_month (
  period_month DATE NOT NULL,
  pricing_view_id TEXT NOT NULL,
  domain_id TEXT NOT NULL,
  family_id TEXT,
  product_id TEXT,
  quantity NUMERIC NOT NULL,
  unit_price NUMERIC(30, 12),
  cost NUMERIC,
  line_count BIGINT NOT NULL,
  unpriced_count BIGINT NOT NULL
);
CREATE UNIQUE INDEX cost_product_month_grain
ON cost_product_month (period_month, domain_id, pricing_view_id, product_id, family_id) NULLS NOT DISTINCT;

-- One row per (month, pricing view, domain, family); family is NULL in an INDIRECT domain.
CREATE TABLE cost_family_month (
  period_month DATE NOT NULL,
  pricing_view_id TEXT NOT NULL,
  domain_id TEXT NOT NULL,
  family_id TEXT,
  cost NUMERIC,
  line_count BIGINT NOT NULL,
  unpriced_count BIGINT NOT NULL
);
CREATE UNIQUE INDEX cost_family_month_grain
ON cost_family_month (period_month, domain_id, pricing_view_id, family_id) NULLS NOT DISTINCT;

-- One row: how often the marts have changed. Readers use it to know whether an answer is still good.
CREATE TABLE mart_state (
  is_the_row BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (is_the_row),
  version BIGINT NOT NULL,
  refreshed_at TIMESTAMPTZ NOT NULL
);
INSERT INTO mart_state (version, refreshed_at) VALUES (0, now());
