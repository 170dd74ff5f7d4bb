SELECT count(*) AS stale FROM stale_slices() WHERE period_month BETWEEN %(first)s AND %(last)s
