SELECT domain_id FROM slice_version LIMIT 1
