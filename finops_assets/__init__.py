"""The open FinOps mart, in the order its data flows.

``sources``  strict readers; nothing else opens a source file
``domains``  one file per domain: what a source's lines mean
``contract`` what every domain hands over, checked once
``facts``    publish a slice (month, domain) as one transaction
``pricing``  unit prices: versions that never change once published
``marts``    facts × prices, kept up to date slice by slice
``defs``     the Dagster edge; ``cli`` the command edge
"""

__version__ = "0.1.0"
