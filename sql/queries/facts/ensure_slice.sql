SELECT ensure_slice(%(month)s, %(domain)s) AS leaf
