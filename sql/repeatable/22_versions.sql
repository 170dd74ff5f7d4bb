-- Published versions of a slice: its lines, whether they stand or are archived, and their hash.

-- Without SET, and so with qualified names: a function that the planner can look into reads one leaf.
CREATE OR REPLACE FUNCTION slice_lines(month DATE, domain TEXT, wanted INTEGER)
RETURNS TABLE (
  application_id TEXT, product_id TEXT, family_id TEXT, quantity NUMERIC, consumption_metric TEXT, run_id UUID,
  product_label_snapshot TEXT
)
LANGUAGE sql STABLE AS $$
  SELECT
    fact.application_id, fact.product_id, fact.family_id, fact.quantity, fact.consumption_metric, fact.run_id,
    fact.product_label_snapshot
  FROM finops.fact_consumption AS fact
  WHERE fact.period_month = month
    AND fact.domain_id = domain
    AND wanted = (
      SELECT max(ledger.version)
      FROM finops.slice_version AS ledger
      WHERE ledger.period_month = month AND ledger.domain_id = domain
    )
  UNION ALL
  SELECT
    kept.application_id, kept.product_id, kept.family_id, kept.quantity, kept.consumption_metric, kept.run_id,
    kept.product_label_snapshot
  FROM finops.fact_archive AS kept
  WHERE kept.period_month = month AND kept.domain_id = domain AND kept.version = wanted
$$;

-- What slice_content_hash gives for the lines that stand, for those of any version.
CREATE OR REPLACE FUNCTION slice_version_hash(month DATE, domain TEXT, wanted INTEGER) RETURNS BYTEA
LANGUAGE sql STABLE SET search_path = finops, pg_temp AS $$
  SELECT sha256(convert_to(coalesce(string_agg(
    canonical_line(application_id, product_id, family_id, quantity, consumption_metric), ''
    ORDER BY application_id COLLATE "C", product_id COLLATE "C" NULLS FIRST), ''), 'UTF8'))
  FROM slice_lines(month, domain, wanted)
$$;
