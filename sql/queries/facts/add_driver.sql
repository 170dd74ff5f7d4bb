INSERT INTO slice_driver (period_month, domain_id, version, driver_domain_id, driver_version)
VALUES (%(month)s, %(domain)s, %(version)s, %(driver)s, %(driver_version)s)
ON CONFLICT DO NOTHING
