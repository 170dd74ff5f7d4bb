"""How long the API takes to answer from a large mart: beside ``SELECT 1`` through the same stack, and its SQL alone."""
