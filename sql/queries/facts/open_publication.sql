SELECT answer, version
FROM open_publication(%(month)s, %(domain)s, %(run)s, %(content)s, %(rows)s, %(sum)s)
