UPDATE dim_domain
SET is_enabled = %(is_enabled)s,
    available_from = coalesce(%(available_from)s, available_from)
WHERE domain_id = %(domain)s
RETURNING domain_id
