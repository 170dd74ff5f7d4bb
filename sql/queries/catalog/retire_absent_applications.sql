UPDATE dim_application
SET is_active = FALSE
WHERE is_active
  AND NOT is_inferred
  AND held_by IS NULL
  AND NOT application_id = ANY(%(ids)s)
  AND application_id NOT IN ('UNALLOCATED', 'UNASSIGNED')
