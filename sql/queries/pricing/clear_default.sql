UPDATE pricing_view SET is_default = FALSE WHERE is_default AND pricing_view_id <> %(pricing_view_id)s
