-- The chunks that hold lines of an application, or all chunks of the version
SELECT chunk, row_count, lines
FROM slice_lines
WHERE period_month = %(month)s AND domain_id = %(domain)s AND version = %(version)s
  AND (%(application)s::TEXT IS NULL OR %(application)s BETWEEN first_application_id AND last_application_id)
ORDER BY chunk
