-- What a login of this role would start with: SET ROLE takes rights and no settings.
SELECT set_config(split_part(given, '=', 1), substr(given, strpos(given, '=') + 1), FALSE)
FROM pg_catalog.pg_roles
CROSS JOIN unnest(rolconfig) AS given
WHERE rolname = %(role)s
