SELECT version, row_count, sum_quantity, content_sha256, run_id, published_at
FROM slice_version
WHERE period_month = %(month)s AND domain_id = %(domain)s
ORDER BY version DESC
LIMIT 1
