SELECT key_id, name, role, principals, created_at, expires_at, revoked_at
FROM api_key
ORDER BY name COLLATE "C"
