"""PostgreSQL: the embedded server, and what reads and writes a database."""
