INSERT INTO dim_domain (domain_id, domain_label, domain_mode, indirect_method_key, indirect_label, available_from)
VALUES (%(domain)s, %(label)s, %(mode)s, %(method)s, %(indirect_label)s, %(available_from)s)
ON CONFLICT (domain_id) DO NOTHING
RETURNING domain_id
