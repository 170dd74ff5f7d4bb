SELECT name, secret_sha256, role, principals
FROM finops.api_key
WHERE key_id = %(key_id)s AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > clock_timestamp())
