SELECT version, row_count, sum_quantity, content_sha256
FROM slice_version
WHERE period_month = %(month)s AND domain_id = %(domain)s AND version = %(version)s
