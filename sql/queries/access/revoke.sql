DELETE FROM application_access
WHERE principal = %(principal)s AND application_id = %(application)s
RETURNING principal
