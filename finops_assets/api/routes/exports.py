"""Exports: months line by line, as FOCUS or as they are, in CSV or Parquet."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import StreamingResponse

from finops_assets.api.callers import Caller
from finops_assets.api.exporting import FileSent, Turns, begin
from finops_assets.api.problems import answers
from finops_assets.api.reading import caller_of, place_of
from finops_assets.api.schemas.exports import ExportAsked
from finops_assets.export import Exported, Form, Wanted
from finops_assets.export.files import Kind

router = APIRouter(prefix="/exports", tags=["exports"])
MEDIA_TYPES = {Kind.CSV: "text/csv; charset=utf-8", Kind.PARQUET: "application/vnd.apache.parquet"}
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_COUNTS = {
    "X-Finops-Lines": "Lines in it.",
    "X-Finops-Unpriced": "Of these, lines without a price; their cost is empty.",
    "X-Finops-Stale": "Slices that are newer than the marts: the file is of them, and reports are not yet.",
}
FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file. It adds up to the marts, or there is none; one of more than 1 MB is sent while it is "
        "made, without length and counts, and broken off at its end when it does not.",
        "content": {media_type.partition(";")[0]: _BYTES for media_type in MEDIA_TYPES.values()},
        "headers": {name: {"description": told, "schema": {"type": "integer"}} for name, told in _COUNTS.items()},
    }
}


DESCRIPTION = """Every line of the months that the caller sees, priced; an owner's are those of his applications.

`csv` and `parquet` have `period_month`, `domain_id`, `domain_label`, `domain_mode`, `application_id`,
`application_label`, `product_id`, `product_label`, `family_id`, `family_label`, `quantity`, `consumption_metric`,
`unit_price`, `cost`, `currency`, `pricing_view_id`, `method_key`, `driver_quantity`, `basis_quantity`, `run_id`,
`slice_version` and `status`, in this order; `focus-csv` and `focus-parquet` have those of FOCUS 1.4 by name, then ours
with `x_`. There a pricing view fills the cost of its kind, of `list` for instance `ListCost`, an `internal` one every
cost that no other view gives; name several for several costs.

CSV is UTF-8 without a mark, lines end in a line feed, a point before decimals; months are those of the clocks of the
service, and FOCUS's instants are in UTC."""


def turns_of(request: Request) -> Turns:
    """The turns of this application, the same for every request."""
    state = request.app.state
    if not hasattr(state, "exports"):
        state.exports = Turns()
    found: Turns = state.exports
    return found


@router.get("/{form}", description=DESCRIPTION, responses=FILE | answers(404, 409), response_class=StreamingResponse)
async def export_months(
    request: Request,
    caller: Annotated[Caller, Depends(caller_of)],
    form: Annotated[Form, Path(description="The columns, of FOCUS or the mart's own, and the kind of file.")],
    asked: Annotated[ExportAsked, Query()],
) -> FileSent:
    """Every line of the months that the caller sees, priced; an owner's are those of his applications."""
    turns = turns_of(request)
    turns.take()
    try:
        wanted = Wanted(asked.first, asked.last, form, tuple(asked.pricing_view), asked.application)
        making = await begin(request, place_of(request), caller, wanted)
    except BaseException:
        turns.give_back()
        raise
    return FileSent(making, turns, MEDIA_TYPES[form.kind], _headers(making.told, _name(wanted)))


def _name(wanted: Wanted) -> str:
    columns = "focus" if wanted.form.is_focus else "finops"
    months = f"{wanted.first}" if wanted.first == wanted.last else f"{wanted.first}_{wanted.last}"
    return f"{columns}-{months}.{wanted.form.kind}"


def _headers(told: Exported | None, name: str) -> dict[str, str]:
    named = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    if told is None:
        return named
    return named | {
        "X-Finops-Lines": str(told.lines),
        "X-Finops-Unpriced": str(told.unpriced),
        "X-Finops-Stale": str(told.stale),
    }
