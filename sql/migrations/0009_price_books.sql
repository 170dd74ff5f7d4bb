-- Drafts of pricing views. A draft holds only the prices that it changes; every other price is that of the
-- published view it is based on.

ALTER TABLE pricing_view ADD COLUMN based_on TEXT REFERENCES pricing_view;
ALTER TABLE pricing_view ADD CONSTRAINT only_a_draft_is_based_on_another CHECK (based_on IS NULL OR is_draft);

CREATE TABLE draft_price (
  pricing_view_id TEXT NOT NULL REFERENCES pricing_view,
  domain_id TEXT NOT NULL REFERENCES dim_domain,
  product_id TEXT NOT NULL,
  effective_from DATE NOT NULL CHECK (effective_from = date_trunc('month', effective_from)),
  unit_price NUMERIC(30, 12) NOT NULL CHECK (unit_price <> 'NaN'),
  source_name TEXT NOT NULL,
  source_line BIGINT NOT NULL,
  drafted_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  drafted_by TEXT NOT NULL DEFAULT coalesce(nullif(current_setting('finops.person', TRUE), ''), session_user),
  PRIMARY KEY (pricing_view_id, domain_id, product_id, effective_from)
);

ALTER TABLE unit_price ALTER COLUMN published_by
SET DEFAULT coalesce(nullif(current_setting('finops.person', TRUE), ''), session_user);
