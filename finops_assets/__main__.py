"""``python -m finops_assets`` is ``finops``."""

from finops_assets.cli import main

main()
