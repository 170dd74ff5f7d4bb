INSERT INTO draft_price (
  pricing_view_id, domain_id, product_id, effective_from, unit_price, source_name, source_line
)
SELECT pricing_view_id, domain_id, product_id, effective_from, unit_price, source_name, source_line
FROM unnest(
  %(views)s::TEXT[], %(domains)s::TEXT[], %(products)s::TEXT[], %(months)s::DATE[], %(prices)s::NUMERIC[],
  %(sources)s::TEXT[], %(lines)s::BIGINT[]
) AS offered (pricing_view_id, domain_id, product_id, effective_from, unit_price, source_name, source_line)
ON CONFLICT (pricing_view_id, domain_id, product_id, effective_from) DO NOTHING
