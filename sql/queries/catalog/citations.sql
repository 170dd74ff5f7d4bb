SELECT kind, row_count, first_month, last_month FROM citations(%(relation)s, %(domain)s, %(member)s)
