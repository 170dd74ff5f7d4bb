-- How much each application consumed of another domain: the drivers of a weight. Quantities of several
-- metrics never add up, so a DIRECT driver is asked for one metric; NULL is for INDIRECT drivers.
SELECT
  application_id,
  sum(quantity)::NUMERIC(38, 12) AS quantity
FROM fact_consumption
WHERE period_month = %(month)s
  AND domain_id = %(domain)s
  AND (%(metric)s::TEXT IS NULL OR consumption_metric = %(metric)s)
GROUP BY application_id
ORDER BY application_id COLLATE "C"
