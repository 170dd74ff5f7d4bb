SELECT adjustment_id, period_month
FROM book_adjustment(
  %(month)s, %(domain)s, %(application)s, %(product)s, %(quantity)s, %(views)s, %(amounts)s, %(person)s, %(reason)s
)
