SELECT refresh_marts() AS version
