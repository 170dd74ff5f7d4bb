-- How often each domain was turned on, or given another method while it was on.
SELECT key ->> 'domain_id' AS domain_id, count(*) AS times
FROM audit_log
WHERE relation = 'dim_domain'
  AND (after ->> 'is_enabled')::BOOLEAN
  AND (before IS NULL
       OR NOT (before ->> 'is_enabled')::BOOLEAN
       OR before ->> 'indirect_method_key' IS DISTINCT FROM after ->> 'indirect_method_key')
GROUP BY key ->> 'domain_id'
