SELECT application_id
FROM dim_application
WHERE is_active AND application_id NOT IN ('UNALLOCATED', 'UNASSIGNED')
ORDER BY application_id COLLATE "C"
