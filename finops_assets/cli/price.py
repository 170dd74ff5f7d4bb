"""``finops price``: pricing views, drafts and unit prices."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finops_assets import audit, marts, pricing
from finops_assets.cli.administration import Person, Reason, acting_person
from finops_assets.cli.running import ready_mart
from finops_assets.cli.terminal import Format, Row, err, escape, write
from finops_assets.errors import counted
from finops_assets.money import in_full
from finops_assets.period import Period
from finops_assets.postgres.connection import Mart
from finops_assets.pricing import price_books, what_if
from finops_assets.pricing.editions import Edition
from finops_assets.settings import Settings

HELP = "Prices: import them, try them in drafts, compare, publish."
app = typer.Typer(help=HELP, no_args_is_help=True)
Form = Annotated[Format, typer.Option("--format", help="How to write it.")]
Domain = Annotated[str | None, typer.Option("--domain", metavar="ID", help="Only this domain.")]
Month = Annotated[str | None, typer.Option("--month", metavar="MONTH", help="Only what holds in this month.")]
Draft = Annotated[str, typer.Argument(metavar="DRAFT", help="A draft's id.")]
Book = Annotated[str, typer.Argument(metavar="VIEW", help="A view or draft; VIEW@2026-01-31, VIEW@r1: as it was.")]


@app.callback()
def prices() -> None:
    """Prices: import them, try them in drafts, compare, publish."""


@app.command("import")
def import_prices(
    file: Annotated[Path, typer.Argument(help="A file of prices or of pricing views.", exists=True, dir_okay=False)],
    allow_unknown: Annotated[
        bool, typer.Option("--allow-unknown", help="Take prices of products that no list and no fact has named yet.")
    ] = False,
    person: Person = None,
    reason: Reason = None,
) -> None:
    """Publish the prices of a file that say something new, or write them into a draft; price stale months again."""
    settings = Settings.from_environment()
    who, mart = acting_person(person), ready_mart(settings)
    with mart.connect("finops_admin") as connection, audit.acting(connection, who, reason):
        done = pricing.import_file(connection, file, max_bytes=settings.max_source_bytes, allow_unknown=allow_unknown)
    err.print(f"{done.new} of {done.rows} {done.kind} are new")
    show_refreshed(mart)


@app.command("list")
def list_prices(
    view: Annotated[
        str | None, typer.Argument(metavar="[VIEW]", help="A view or draft; VIEW@2026-01-31, VIEW@r1: as it was.")
    ] = None,
    month: Month = None,
    domain: Domain = None,
    product: Annotated[str | None, typer.Option("--product", metavar="ID", help="Only this product, or *.")] = None,
    history: Annotated[bool, typer.Option("--history", help="Every revision, the superseded ones too.")] = False,
    form: Form = Format.TABLE,
) -> None:
    """The views and drafts; of one, its prices."""
    settings = Settings.from_environment()
    with ready_mart(settings).connect("finops_api") as connection:
        if view is None:
            write([_book(book) for book in price_books.books(connection)], form, "Pricing views", ["lines"])
            return
        edition, period = Edition.parse(view, settings.time_zone), Period.parse(month) if month else None
        if history:
            found = price_books.revisions(connection, edition, domain_id=domain, product_id=product)
        else:
            found = price_books.lines(connection, edition, month=period, domain_id=domain, product_id=product)
    write([_line(line) for line in found], form, escape(f"Prices of {view}"), ["unit_price", "revision"])


@app.command("draft")
def make_draft(
    draft: Draft,
    based_on: Annotated[str, typer.Option("--on", metavar="VIEW", help="The view that says what the draft does not.")],
    label: Annotated[str | None, typer.Option("--label", help="Its name.")] = None,
    person: Person = None,
    reason: Reason = None,
) -> None:
    """Make an empty draft of a published view; import the prices that it changes into it."""
    who, mart = acting_person(person), ready_mart(Settings.from_environment())
    with mart.connect("finops_admin") as connection, audit.acting(connection, who, reason):
        price_books.add_draft(connection, draft, based_on=based_on, label=label)
    err.print(f"{draft} is a draft based on {based_on}: `finops price import` a file with {draft} in pricing_view_id")


@app.command("drop")
def drop_draft(draft: Draft, person: Person = None, reason: Reason = None) -> None:
    """Take a draft away, with its prices."""
    who, mart = acting_person(person), ready_mart(Settings.from_environment())
    with mart.connect("finops_admin") as connection, audit.acting(connection, who, reason):
        dropped = price_books.drop_draft(connection, draft)
    err.print(f"{draft} is gone, with {dropped} prices")


@app.command("diff")
def diff_prices(
    before: Book, after: Book, month: Month = None, domain: Domain = None, form: Form = Format.TABLE
) -> None:
    """The prices added, removed or changed between two views, drafts, dates or revisions."""
    settings = Settings.from_environment()
    sides = [Edition.parse(text, settings.time_zone) for text in (before, after)]
    period = Period.parse(month) if month else None
    with ready_mart(settings).connect("finops_api") as connection:
        found = price_books.differences(connection, *sides, month=period, domain_id=domain)
    rows = [_change(change) for change in found]
    write(rows, form, escape(f"{before} → {after}{f' in {period}' if period else ''}"), ["before", "after"])
    err.print(f"{len(rows)} prices differ")


@app.command("compare")
def compare_prices(
    draft: Annotated[str, typer.Argument(metavar="DRAFT", help="A draft, or a view.")],
    first: Annotated[str, typer.Option("--from", metavar="MONTH", help="The first month.")],
    last: Annotated[str, typer.Option("--to", metavar="MONTH", help="The last month.")],
    view: Annotated[str | None, typer.Option("--with", metavar="VIEW", help="By default the default view.")] = None,
    by: Annotated[what_if.Grain, typer.Option("--by", help="One line per …")] = what_if.Grain.DOMAIN,
    domain: Annotated[
        list[str] | None, typer.Option("--domain", metavar="ID", help="Only this one; again for more.")
    ] = None,
    form: Form = Format.TABLE,
) -> None:
    """What if: what months would have cost in a draft, beside a published view, from the facts as they are."""
    begin, end = Period.parse(first), Period.parse(last)
    with ready_mart(Settings.from_environment()).connect("finops_api") as connection:
        base = pricing.view_or_default(connection, view)
        compared = what_if.compare(
            connection, draft, view=base.pricing_view_id, first=begin, last=end, grain=by, domains=domain or ()
        )
    whole = what_if.total(compared)
    rows = [_compared(line, by, base.currency) for line in [*compared, whole]]
    title = f"{base.pricing_view_id} → {draft}, {begin} to {end}"
    write(rows, form, escape(title), ["before", "after", "moved", "lines", "unpriced_before", "unpriced_after"])
    _tell_unpriced(whole, base.pricing_view_id, draft, base.currency)


@app.command("publish")
def publish_draft(
    draft: Draft,
    into: Annotated[
        str | None,
        typer.Option("--into", metavar="VIEW", help="Put its prices into this view; else a view of its own."),
    ] = None,
    person: Person = None,
    reason: Reason = None,
) -> None:
    """Publish a draft, whole or not at all, and price the stale months again."""
    who, mart = acting_person(person), ready_mart(Settings.from_environment())
    with mart.connect("finops_admin") as connection, audit.acting(connection, who, reason):
        done = price_books.publish_draft(connection, draft, into=into)
    err.print(f"{done.new} of {done.rows} prices are new in {done.pricing_view_id}")
    show_refreshed(mart)


def show_refreshed(mart: Mart) -> None:
    """Refresh the marts, and tell which months of which domains were priced again and how long each took."""
    with mart.connect("finops_batch") as connection:
        done = marts.refresh(connection)
    rows: list[Row] = [
        {"month": f"{month:%Y-%m}", "domain": domain, "seconds": f"{seconds:.3f}"}
        for (month, domain), seconds in zip(done.slices, done.slice_seconds, strict=True)
    ]
    if rows:
        write(rows, Format.TABLE, "Priced again", ["seconds"])
    err.print(f"{counted(len(rows), 'slice')} priced again in {done.seconds:.1f} s")


def _tell_unpriced(whole: what_if.Compared, view: str, draft: str, currency: str) -> None:
    if whole.unpriced_before or whole.unpriced_after:
        told = f"{counted(whole.unpriced_before, 'line')} without a price before, {whole.unpriced_after} after"
        err.print(f"[yellow]incomplete:[/] {told}")
    alone = ((view, whole.only_before_count, whole.only_before), (draft, whole.only_after_count, whole.only_after))
    for book, lines, amount in alone:
        if lines:
            told = f"{counted(lines, 'line')} with a price in {book} only, {in_full(amount)} {currency}"
            err.print(f"[yellow]not compared:[/] {escape(told)}", soft_wrap=True)


def _book(book: price_books.Book) -> Row:
    return {
        "view": book.pricing_view_id,
        "label": book.pricing_view_label,
        "currency": book.currency,
        "kind": book.kind,
        "state": "draft" if book.is_draft else "default" if book.is_default else "published",
        "based_on": book.based_on,
        "lines": book.line_count,
        "last": f"{book.last_at:%Y-%m-%d %H:%M}" if book.last_at else None,
    }


def _line(line: price_books.BookLine) -> Row:
    return {
        "domain": line.domain_id,
        "product": line.product_id,
        "from": f"{line.effective_from:%Y-%m}",
        "unit_price": in_full(line.unit_price),
        "revision": line.revision,
        "source": line.source_name,
        "line": line.source_line,
        "at": f"{line.published_at:%Y-%m-%d %H:%M}",
        "by": line.published_by,
        "state": "draft" if line.is_drafted else "published",
    }


def _change(change: price_books.PriceChange) -> Row:
    return {
        "change": change.change,
        "domain": change.domain_id,
        "product": change.product_id,
        "from": f"{change.effective_from:%Y-%m}",
        "before": in_full(change.before) or None,
        "after": in_full(change.after) or None,
    }


def _compared(line: what_if.Compared, by: what_if.Grain, currency: str) -> Row:
    return {
        by.value: line.key,
        "label": line.label,
        "domain": line.domain_id,
        "before": in_full(line.before) or None,
        "after": in_full(line.after) or None,
        "moved": in_full(line.moved) or None,
        "currency": currency,
        "lines": line.line_count,
        "unpriced_before": line.unpriced_before,
        "unpriced_after": line.unpriced_after,
    }
