SELECT
  application_id,
  application_label,
  owner,
  CASE WHEN NOT is_active THEN 'inactive' WHEN is_inferred THEN 'unmapped' ELSE 'active' END AS state
FROM dim_application
WHERE application_id = %(application)s
