SELECT period_month FROM period WHERE status = 'CLOSED' AND period_month BETWEEN %(first)s AND %(last)s
