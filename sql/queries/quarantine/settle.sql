SELECT settle_quarantine(
  %(month)s, %(domain)s, %(run)s, %(seen)s, %(files)s::TEXT[], %(lines)s::BIGINT[], %(columns)s::TEXT[],
  %(values)s::TEXT[], %(reasons)s::TEXT[], %(rows)s::TEXT[], %(keys)s::TEXT[], %(rejected)s::TEXT[], %(landed)s::TEXT[]
)
