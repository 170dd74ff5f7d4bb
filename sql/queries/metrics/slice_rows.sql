-- Lines of the latest month of the domain that is published.
SELECT DISTINCT ON (domain_id) domain_id AS domain, row_count AS value
FROM slice_version
ORDER BY domain_id, period_month DESC, version DESC
