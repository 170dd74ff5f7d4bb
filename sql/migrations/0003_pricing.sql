-- Unit prices: a row once published never changes. A price holds until the next effective_from, so there
-- is no end date, no overlap and no gap; a higher revision corrects a lower one.

CREATE TABLE pricing_view (
  pricing_view_id TEXT PRIMARY KEY CHECK (pricing_view_id ~ '^[a-z][a-z0-9_-]{0,39}$'),
  pricing_view_label TEXT NOT NULL CHECK (pricing_view_label <> ''),
  currency TEXT NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  kind TEXT NOT NULL CHECK (kind IN ('list', 'contracted', 'billed', 'effective', 'internal', 'what_if')),
  is_default BOOLEAN NOT NULL DEFAULT FALSE,
  is_draft BOOLEAN NOT NULL DEFAULT FALSE,
  -- the FOCUS cost this view takes from providers' bills, when it takes one
  focus_cost TEXT CHECK (focus_cost IN ('ListCost', 'ContractedCost', 'BilledCost', 'EffectiveCost')),
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  CHECK (NOT (is_default AND is_draft))
);
CREATE UNIQUE INDEX one_default_pricing_view ON pricing_view (is_default) WHERE is_default;

CREATE TABLE unit_price (
  price_id BIGINT GENERATED ALWAYS AS IDENTITY,
  pricing_view_id TEXT NOT NULL REFERENCES pricing_view,
  domain_id TEXT NOT NULL REFERENCES dim_domain,
  product_id TEXT NOT NULL,
  effective_from DATE NOT NULL CHECK (effective_from = date_trunc('month', effective_from)),
  revision INTEGER NOT NULL CHECK (revision > 0),
  unit_price NUMERIC(30, 12) NOT NULL CHECK (unit_price <> 'NaN'),
  source_name TEXT NOT NULL,
  published_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  published_by TEXT NOT NULL DEFAULT session_user,
  PRIMARY KEY (pricing_view_id, domain_id, product_id, effective_from, revision)
);
CREATE INDEX unit_price_by_domain ON unit_price (domain_id, price_id);
