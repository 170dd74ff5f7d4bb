-- The draft's lines that the offered ones replace by another price.
DELETE FROM draft_price AS draft
USING unnest(
  %(views)s::TEXT[], %(domains)s::TEXT[], %(products)s::TEXT[], %(months)s::DATE[], %(prices)s::NUMERIC[]
) AS offered (pricing_view_id, domain_id, product_id, effective_from, unit_price)
WHERE draft.pricing_view_id = offered.pricing_view_id
  AND draft.domain_id = offered.domain_id
  AND draft.product_id = offered.product_id
  AND draft.effective_from = offered.effective_from
  AND draft.unit_price <> offered.unit_price
