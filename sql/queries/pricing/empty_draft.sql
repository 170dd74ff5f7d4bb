DELETE FROM draft_price WHERE pricing_view_id = %(draft)s
