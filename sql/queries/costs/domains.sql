SELECT
  domain_id, domain_label, domain_mode, indirect_method_key, indirect_label, is_enabled, available_from,
  row_number() OVER (ORDER BY domain_id) - 1 AS place
FROM dim_domain
ORDER BY domain_id
