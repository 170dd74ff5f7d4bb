UPDATE api_key SET revoked_at = clock_timestamp()
WHERE name = %(name)s AND revoked_at IS NULL
RETURNING key_id
