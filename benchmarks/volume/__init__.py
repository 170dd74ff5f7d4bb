"""A mart as large as wanted, published month after month on its real path, and what each stage of that takes."""
