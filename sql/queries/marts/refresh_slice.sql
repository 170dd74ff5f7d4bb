SELECT refresh_slice(%(month)s, %(domain)s)
