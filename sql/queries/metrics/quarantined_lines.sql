-- Lines of the domain that are set aside and that nobody has decided.
SELECT domain_id AS domain, sum(quarantined_count)::BIGINT AS value
FROM slice_status(%(current_month)s)
GROUP BY domain_id
ORDER BY domain_id
