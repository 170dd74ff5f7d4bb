"""One module per thing that is asked for; each has a ``router``."""
