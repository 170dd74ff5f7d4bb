INSERT INTO api_key (key_id, name, secret_sha256, role, principals, expires_at)
VALUES (%(key_id)s, %(name)s, %(secret_sha256)s, %(role)s, %(principals)s, %(expires_at)s)
ON CONFLICT (name) DO NOTHING
RETURNING key_id
