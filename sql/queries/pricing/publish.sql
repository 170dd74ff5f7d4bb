-- Offered prices that say something new: the next revision of their (view, domain, product, month).
INSERT INTO unit_price (
  pricing_view_id, domain_id, product_id, effective_from, revision, unit_price, source_name
)
SELECT pricing_view_id, domain_id, product_id, effective_from, revision, unit_price, source_name
FROM new_prices(
  %(views)s::TEXT[], %(domains)s::TEXT[], %(products)s::TEXT[], %(months)s::DATE[], %(prices)s::NUMERIC[],
  %(sources)s::TEXT[], %(insists)s
)
