"""The pages in a real browser, on the real API, on a real database."""
