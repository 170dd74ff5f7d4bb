SELECT
  domain_id, domain_label, domain_mode, indirect_method_key, indirect_label, is_enabled, available_from
FROM dim_domain
ORDER BY domain_id
