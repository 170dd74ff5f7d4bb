-- Every amount has a basis to be spread by: none of it stands with UNALLOCATED
SELECT domain_id, application_id, quantity AS weight
FROM fact_consumption
WHERE period_month = %(month)s AND consumption_type = 'INDIRECT' AND application_id = 'UNALLOCATED'
ORDER BY domain_id
