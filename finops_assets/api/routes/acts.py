"""Who did what: the administrative acts that the mart keeps."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from finops_assets import audit
from finops_assets.api import cursors
from finops_assets.api.reading import Snapshot, viewer_of
from finops_assets.api.schemas.members import Act, ActList, ActsAsked, Changed
from finops_assets.money import in_full

router = APIRouter(prefix="/audit", tags=["audit"], dependencies=[Depends(viewer_of)])


@router.get("")
def list_acts(reading: Snapshot, asked: Annotated[ActsAsked, Query()]) -> ActList:
    """Administrative acts, the newest first: who, when, why, and what changed from what to what."""
    before = cursors.place(asked.cursor, int)
    found = audit.acts(
        reading.connection,
        since=asked.since,
        until=asked.until,
        relation=asked.relation,
        person=asked.person,
        before=int(before[0]) if before else None,
        limit=asked.limit + 1,
    )
    shown, following = cursors.page(found, asked.limit, lambda act: (act.audit_id,))
    return ActList(items=[told(act) for act in shown], next_cursor=following)


def told(act: audit.Act) -> Act:
    """An act as it is answered."""
    named = ("audit_id", "acted_at", "login", "person", "reason", "act", "relation")
    return Act(
        **{name: getattr(act, name) for name in named},
        key={name: _text(value) or "" for name, value in act.key.items()},
        changes=[
            Changed(column=name, before=_text(before), after=_text(after))
            for name, (before, after) in act.changes.items()
        ],
    )


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=in_full)
