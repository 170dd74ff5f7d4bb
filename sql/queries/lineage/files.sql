SELECT file_name AS name, encode(sha256, 'hex') AS sha256, bytes, rows
FROM slice_source
WHERE period_month = %(month)s AND domain_id = %(domain)s AND version = %(version)s
ORDER BY file_name COLLATE "C"
