INSERT INTO slice_source (period_month, domain_id, version, file_name, sha256, bytes, rows)
VALUES (%(month)s, %(domain)s, %(version)s, %(name)s, %(sha256)s, %(bytes)s, %(rows)s)
