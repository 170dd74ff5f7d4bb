-- Whether a bill's prices say something new that would take effect in a closed month; a DIRECT price carries forward.
SELECT
  EXISTS (
    SELECT
    FROM dim_domain
    JOIN period ON period_month = %(month)s OR (domain_mode = 'DIRECT' AND period_month > %(month)s)
    WHERE domain_id = %(domain)s AND status = 'CLOSED'
  )
  AND EXISTS (
    SELECT
    FROM unnest(%(bill_views)s::TEXT[], %(bill_products)s::TEXT[], %(bill_prices)s::NUMERIC[])
      AS offered (pricing_view_id, product_id, unit_price)
    LEFT JOIN LATERAL (
      SELECT unit_price
      FROM unit_price
      WHERE unit_price.pricing_view_id = offered.pricing_view_id
        AND unit_price.domain_id = %(domain)s
        AND unit_price.product_id = offered.product_id
        AND unit_price.effective_from = %(month)s
      ORDER BY revision DESC
      LIMIT 1
    ) AS latest ON TRUE
    WHERE latest.unit_price IS DISTINCT FROM offered.unit_price
  ) AS is_late
