"""What may be exported."""

from __future__ import annotations

from pydantic import Field

from finops_assets.api.schemas.asking import SomeMonths
from finops_assets.api.schemas.values import Name


class ExportAsked(SomeMonths):
    """Months line by line."""

    pricing_view: list[Name] = Field(
        default=[], max_length=4, description="By default the default view; in FOCUS again for another of its costs."
    )
    application: Name | None = Field(default=None, description="Only this application.")
