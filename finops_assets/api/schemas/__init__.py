"""The shapes of what is asked and answered over HTTP, in camelCase; ``docs/openapi.json`` is made from them."""
