SELECT set_config('finops.principals', %(principals)s, TRUE)
