DELETE FROM pricing_view WHERE pricing_view_id = %(draft)s
