UPDATE pricing_view SET is_draft = FALSE, based_on = NULL WHERE pricing_view_id = %(draft)s
