"""Which state of a pricing view is meant, and which page of its prices."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from finops_assets.errors import SettingsError

LAST_REVISION = 2**31 - 1
_EDITION = re.compile(r"([^@]+)(?:@(?:r([1-9][0-9]{0,8})|(\d{4}-\d{2}-\d{2})))?", re.ASCII)


@dataclass(frozen=True)
class Edition:
    """A view or a draft, as it is or as it was: known before an instant, or with no revision above a number."""

    pricing_view_id: str
    known_before: datetime | None = None
    last_revision: int = LAST_REVISION

    @classmethod
    def parse(cls, text: str, zone: ZoneInfo) -> Edition:
        """``VIEW``, ``VIEW@2026-01-31`` (at the end of that day) or ``VIEW@r1``; SettingsError on anything else."""
        match = _EDITION.fullmatch(text)
        try:
            day = date.fromisoformat(match[3]) if match and match[3] else None
        except ValueError:
            match = None
        if match is None:
            raise SettingsError(f"{text!r} is no pricing view: write VIEW, VIEW@2026-01-31 or VIEW@r1")
        after = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone) if day else None
        return cls(match[1], after, int(match[2] or LAST_REVISION))


@dataclass(frozen=True)
class Page:
    """So many prices after one: its domain, product, month of effect and revision. Without, all of them."""

    after: tuple[str, str, str, str] | None = None
    limit: int | None = None

    @property
    def row(self) -> dict[str, Any]:
        """The page as parameters of a statement."""
        names = ("after_domain", "after_product", "after_month", "after_revision")
        return dict(zip(names, self.after or (None,) * 4, strict=True)) | {"limit": self.limit}


ALL = Page()
