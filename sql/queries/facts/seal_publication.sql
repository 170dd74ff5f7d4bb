SELECT seal_publication(
  %(month)s, %(domain)s, %(run)s, %(rows)s, %(sum)s, %(content)s, %(source)s
) AS version
