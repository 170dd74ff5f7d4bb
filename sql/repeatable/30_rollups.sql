-- Facts × prices, one slice at a time.

-- The price of every product of a domain in a month, one row per (pricing view, product or *).
-- A DIRECT price carries forward from its effective_from; an INDIRECT amount is for its own month only.
CREATE OR REPLACE FUNCTION prices_in_force(month DATE, domain TEXT)
RETURNS TABLE (pricing_view_id TEXT, product_id TEXT, unit_price NUMERIC, price_id BIGINT)
LANGUAGE sql STABLE SET search_path = finops, pg_temp AS $$
  SELECT DISTINCT ON (price.pricing_view_id, price.product_id)
    price.pricing_view_id,
    price.product_id,
    price.unit_price,
    price.price_id
  FROM unit_price AS price
  JOIN dim_domain USING (domain_id)
  WHERE price.domain_id = domain
    AND price.effective_from <= month
    AND (domain_mode = 'DIRECT' OR price.effective_from = month)
  ORDER BY price.pricing_view_id, price.product_id, price.effective_from DESC, price.revision DESC
$$;

-- Slices whose rollups do not show the current version, the published views, or the prices in force.
CREATE OR REPLACE FUNCTION stale_slices() RETURNS TABLE (period_month DATE, domain_id TEXT)
LANGUAGE sql STABLE SET search_path = finops, pg_temp AS $$
  WITH published AS (
    SELECT ledger.period_month, ledger.domain_id, max(ledger.version) AS version
    FROM slice_version AS ledger
    GROUP BY ledger.period_month, ledger.domain_id
  ),
  views AS (
    SELECT coalesce(array_agg(pricing_view_id ORDER BY pricing_view_id), '{}') AS ids
    FROM pricing_view
    WHERE NOT is_draft
  )
  SELECT published.period_month, published.domain_id
  FROM published
  CROSS JOIN views
  JOIN dim_domain USING (domain_id)
  LEFT JOIN mart_slice AS shown USING (period_month, domain_id)
  WHERE shown.version IS DISTINCT FROM published.version
    OR shown.pricing_views <> views.ids
    OR EXISTS (
      SELECT
      FROM unit_price AS newer
      WHERE newer.domain_id = published.domain_id
        AND newer.price_id > shown.price_id
        AND newer.pricing_view_id = ANY(views.ids)
        AND newer.effective_from <= published.period_month
        AND (domain_mode = 'DIRECT' OR newer.effective_from = published.period_month)
        AND NOT EXISTS (
          SELECT
          FROM unit_price AS later
          WHERE later.pricing_view_id = newer.pricing_view_id
            AND later.domain_id = newer.domain_id
            AND later.product_id = newer.product_id
            AND later.effective_from > newer.effective_from
            AND later.effective_from <= published.period_month
        )
    )
  ORDER BY published.period_month, published.domain_id
$$;

-- Price one slice again in every published view. The caller refreshes the views on top in the same
-- transaction.
CREATE OR REPLACE FUNCTION refresh_slice(month DATE, domain TEXT) RETURNS VOID
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
DECLARE
  leaf TEXT := leaf_name(month, domain);
  shown_version INTEGER;
  shown_price BIGINT;
  shown_views TEXT[];
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('finops marts', 0));
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('finops prices', 0));
  -- Noted before anything is read: what is published from here on makes the slice stale again.
  SELECT max(version) INTO shown_version FROM slice_version WHERE period_month = month AND domain_id = domain;
  SELECT coalesce(max(price_id), 0) INTO shown_price FROM unit_price WHERE domain_id = domain;
  SELECT coalesce(array_agg(pricing_view_id ORDER BY pricing_view_id), '{}') INTO shown_views
  FROM pricing_view WHERE NOT is_draft;
  DELETE FROM cost_app_month WHERE period_month = month AND domain_id = domain;
  DELETE FROM cost_product_month WHERE period_month = month AND domain_id = domain;
  DELETE FROM cost_family_month WHERE period_month = month AND domain_id = domain;
  -- added up again by refresh_marts, once for all slices of the month
  DELETE FROM cost_total_month WHERE period_month = month;

  -- One price per (view, product), joined by a key that is never NULL: joining each line on
  -- IS NOT DISTINCT FROM cannot hash and costs over ten times as much.
  EXECUTE format($fill$
    WITH in_force AS MATERIALIZED (SELECT * FROM prices_in_force($1, $2)),
    priced AS MATERIALIZED (
      SELECT
        pricing_view.pricing_view_id,
        product.product_key,
        coalesce(own.unit_price, fallback.unit_price) AS unit_price
      FROM (SELECT DISTINCT coalesce(product_id, '') AS product_key FROM %1$I) AS product
      CROSS JOIN pricing_view
      LEFT JOIN in_force AS own
        ON own.pricing_view_id = pricing_view.pricing_view_id AND own.product_id = product.product_key
      LEFT JOIN in_force AS fallback
        ON fallback.pricing_view_id = pricing_view.pricing_view_id AND fallback.product_id = '*'
      WHERE NOT pricing_view.is_draft
    ),
    by_application AS (
      INSERT INTO cost_app_month
      SELECT
        $1, priced.pricing_view_id, $2, line.application_id,
        sum(line.quantity * priced.unit_price), count(*), count(*) FILTER (WHERE priced.unit_price IS NULL)
      FROM %1$I AS line
      JOIN priced ON priced.product_key = coalesce(line.product_id, '')
      GROUP BY line.application_id, priced.pricing_view_id
      ORDER BY line.application_id
    )
    INSERT INTO cost_product_month (
      period_month, pricing_view_id, domain_id, family_id, product_id, quantity, unit_price, cost, line_count,
      unpriced_count, product_label
    )
    SELECT
      $1, priced.pricing_view_id, $2, product.family_id, product.product_id, product.quantity, priced.unit_price,
      product.quantity * priced.unit_price, product.line_count,
      CASE WHEN priced.unit_price IS NULL THEN product.line_count ELSE 0 END, product.product_label
    FROM (
      SELECT
        family_id, product_id, sum(quantity) AS quantity, count(*) AS line_count,
        max(product_label_snapshot COLLATE "C") AS product_label
      FROM %1$I
      GROUP BY family_id, product_id
    ) AS product
    JOIN priced ON priced.product_key = coalesce(product.product_id, '')
  $fill$, leaf) USING month, domain;

  INSERT INTO cost_family_month
  SELECT period_month, pricing_view_id, domain_id, family_id, sum(cost), sum(line_count), sum(unpriced_count)
  FROM cost_product_month
  WHERE period_month = month AND domain_id = domain
  GROUP BY period_month, pricing_view_id, domain_id, family_id;

  DELETE FROM mart_slice WHERE period_month = month AND domain_id = domain;
  INSERT INTO mart_slice (period_month, domain_id, version, price_id, pricing_views)
  VALUES (month, domain, shown_version, shown_price, shown_views);
END $$;
