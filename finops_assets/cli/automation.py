"""What commands know of Dagster's daemon."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from finops_assets.operations.checklist import Item
from finops_assets.settings import CHECKOUT


def watched() -> Item:
    """Whether sensors and schedules tick, as Dagster's own storage says."""
    import dagster as dg  # a second to import: only for those who ask

    from finops_assets.defs.monitoring import TITLE, monitoring

    os.environ.setdefault("DAGSTER_HOME", str(CHECKOUT))
    try:
        with dg.DagsterInstance.get() as instance:
            return monitoring(instance, datetime.now(UTC))
    except Exception as error:  # whatever ails Dagster's storage, a checklist is read
        return Item(TITLE, False, f"Dagster's storage cannot be asked ({type(error).__name__})")
