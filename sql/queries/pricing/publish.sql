-- Offered prices that say something new: the next revision of their (view, domain, product, month).
INSERT INTO unit_price (
  pricing_view_id, domain_id, product_id, effective_from, revision, unit_price, source_name
)
SELECT
  offered.pricing_view_id, offered.domain_id, offered.product_id, offered.effective_from,
  coalesce(latest.revision, 0) + 1, offered.unit_price, %(source)s
FROM unnest(
  %(views)s::TEXT[], %(domains)s::TEXT[], %(products)s::TEXT[], %(months)s::DATE[], %(prices)s::NUMERIC[]
) AS offered (pricing_view_id, domain_id, product_id, effective_from, unit_price)
LEFT JOIN LATERAL (
  SELECT revision, unit_price
  FROM unit_price
  WHERE unit_price.pricing_view_id = offered.pricing_view_id
    AND unit_price.domain_id = offered.domain_id
    AND unit_price.product_id = offered.product_id
    AND unit_price.effective_from = offered.effective_from
  ORDER BY revision DESC
  LIMIT 1
) AS latest ON TRUE
WHERE latest.unit_price IS DISTINCT FROM offered.unit_price
