SELECT principal, application_id, granted_at
FROM application_access
WHERE %(principal)s::TEXT IS NULL OR principal = %(principal)s
ORDER BY principal COLLATE "C", application_id COLLATE "C"
