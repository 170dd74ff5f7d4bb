-- What came with a version, hashed when its publication ended; again when unchanged lines got a newer driver.
-- Versions published before this migration have none.
CREATE TABLE slice_seal (
  period_month DATE NOT NULL,
  domain_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  seal INTEGER NOT NULL CHECK (seal > 0),
  lineage_sha256 BYTEA NOT NULL CHECK (length(lineage_sha256) = 32),
  sealed_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (period_month, domain_id, version, seal),
  FOREIGN KEY (period_month, domain_id, version) REFERENCES slice_version
);

-- Quarantined lines as a statement set them aside, hashed (the function quarantine_lines_hash).
CREATE TABLE quarantine_seal (
  seal_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  period_month DATE NOT NULL,
  domain_id TEXT NOT NULL REFERENCES dim_domain,
  quarantine_ids BIGINT[] NOT NULL,
  lines_sha256 BYTEA NOT NULL CHECK (length(lines_sha256) = 32),
  sealed_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO quarantine_seal (period_month, domain_id, quarantine_ids, lines_sha256)
SELECT
  period_month,
  domain_id,
  array_agg(quarantine_id ORDER BY quarantine_id),
  sha256(convert_to(string_agg(
    concat_ws(E'\x1f', quarantine_id, to_char(period_month, 'YYYY-MM-DD'), domain_id, run_id, file_name, line_number,
              column_name, coalesce(found_value, ''), reason, source_line) || E'\n', '' ORDER BY quarantine_id), 'UTF8'))
FROM quarantine_line
GROUP BY period_month, domain_id;

-- Members that were there before acts were recorded, or that came with a publication, as they are now: from here on the
-- last act on each says how it should be.
SET LOCAL timezone = 'UTC';
INSERT INTO audit_log (act, relation, key, after, reason)
SELECT 'BASELINE', found.relation, found.key, found.line, 'as it stood when seals came'
FROM (
  SELECT 'dim_domain' AS relation, jsonb_build_object('domain_id', domain_id) AS key, to_jsonb(dim_domain) AS line
  FROM dim_domain
  UNION ALL
  SELECT 'dim_family', jsonb_build_object('domain_id', domain_id, 'family_id', family_id), to_jsonb(dim_family)
  FROM dim_family
  UNION ALL
  SELECT 'dim_product', jsonb_build_object('domain_id', domain_id, 'product_id', product_id), to_jsonb(dim_product)
  FROM dim_product
  UNION ALL
  SELECT 'dim_application', jsonb_build_object('application_id', application_id), to_jsonb(dim_application)
  FROM dim_application
  UNION ALL
  SELECT 'pricing_view', jsonb_build_object('pricing_view_id', pricing_view_id), to_jsonb(pricing_view)
  FROM pricing_view
) AS found
WHERE NOT EXISTS (SELECT FROM audit_log AS act WHERE (act.relation, act.key) = (found.relation, found.key));

-- Prices that were there before publications recorded their hash (the function price_line).
INSERT INTO audit_log (act, relation, key, after, reason)
SELECT
  'PUBLISH',
  'unit_price',
  jsonb_build_object('price_ids', jsonb_build_array(min(price_id), max(price_id))),
  jsonb_build_object(
    'prices', count(*),
    'pricing_views', jsonb_agg(DISTINCT pricing_view_id),
    'domains', jsonb_agg(DISTINCT domain_id),
    'sources', jsonb_agg(DISTINCT source_name),
    'first_month', min(effective_from),
    'last_month', max(effective_from),
    'corrections', count(*) FILTER (WHERE revision > 1),
    'sha256', encode(sha256(convert_to(string_agg(
      concat_ws(E'\x1f', price_id, pricing_view_id, domain_id, product_id, to_char(effective_from, 'YYYY-MM-DD'), revision,
                unit_price::NUMERIC(30, 12), source_name) || E'\n', '' ORDER BY price_id), 'UTF8')), 'hex')),
  'as they stood when seals came'
FROM unit_price
WHERE price_id < (
  SELECT coalesce(min((key -> 'price_ids' ->> 0)::BIGINT), 9223372036854775807)
  FROM audit_log
  WHERE relation = 'unit_price' AND act = 'PUBLISH' AND key ? 'price_ids'
)
HAVING count(*) > 0;
