INSERT INTO application_access (principal, application_id)
VALUES (%(principal)s, %(application)s)
ON CONFLICT DO NOTHING
RETURNING principal
