SELECT quarantine_id
FROM decide_quarantine(%(lines)s::BIGINT[], %(verdict)s, %(correction)s::JSONB)
