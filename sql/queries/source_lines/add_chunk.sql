INSERT INTO slice_lines (
  period_month, domain_id, version, chunk, row_count, first_application_id, last_application_id, lines, sha256
)
VALUES (
  %(month)s, %(domain)s, %(version)s, %(chunk)s, %(rows)s, %(first)s, %(last)s, %(lines)b, sha256(%(lines)b)
)
