SELECT product_id, decommissioned_at
FROM dim_product
WHERE domain_id = %(domain)s AND decommissioned_at < %(month)s
