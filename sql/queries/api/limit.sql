-- An act waits for others only so long, and takes only so long.
SELECT set_config('statement_timeout', %(timeout)s, FALSE), set_config('lock_timeout', %(patience)s, FALSE)
