-- The applications of the mart's own, UNALLOCATED and UNASSIGNED, are there
SELECT reserved.application_id
FROM (VALUES ('UNALLOCATED'), ('UNASSIGNED')) AS reserved (application_id)
LEFT JOIN dim_application USING (application_id)
WHERE dim_application.application_id IS NULL
