-- Whether lines of the version were kept, be there any or not
SELECT version
FROM slice_lines
WHERE period_month = %(month)s AND domain_id = %(domain)s AND version = %(version)s
LIMIT 1
