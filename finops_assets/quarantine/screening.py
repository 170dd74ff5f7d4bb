"""Which source lines may be computed with: business rules, and what people have decided about lines. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from finops_assets.contract import QUANTITY, frame
from finops_assets.period import Period
from finops_assets.quarantine.set_aside import (
    PLACE,
    KnownLine,
    QuarantinedLine,
    Screened,
    Texts,
    Verdict,
    content,
    line_key,
)

# the first rule that a line breaks: the column it is about, and why
Breaches = dict[int, tuple[str, str]]

# where a product belongs: a line corrected to another product takes what that one's lines say
_DESCRIPTION = ("family_id", "family_label", "product_label")
_JUDGED = {
    "product_id": pa.string(),
    "quantity": QUANTITY,
    "charge_class": pa.string(),
    "charge_month": pa.date32(),
}


@dataclass(frozen=True)
class _Looked:
    """One line that breaks a rule or may be a known one, as text."""

    place: int
    texts: Texts
    occurrence: int
    key: str

    def aside(self, column: str, reason: str, said: Texts | None = None) -> QuarantinedLine:
        value = (said or self.texts)[column]
        file, line = (str(self.texts[name]) for name in PLACE)
        return QuarantinedLine(file, int(line), column, value, reason, self.texts, self.occurrence)


def screen(lines: pd.DataFrame, period: Period, decommissioned: Mapping[str, date], found: Screened) -> pd.DataFrame:
    """The lines that may be computed with, corrected where a person has; what becomes of others is added to ``found``.

    ``lines`` has one row per source line. ``decommissioned`` gives the date of products gone before the month;
    the month of the decommission itself is accepted whole. A line is told by the first rule it breaks; a correction
    that breaks a rule itself leaves its line waiting.
    """
    broken = breaches(lines, period, decommissioned)
    looked = _looked_at(lines, {*broken, *_places_of(lines, found.known.values())}, found.said)
    verdicts = {line.place: found.known[line.key].verdict for line in looked if line.key in found.known}
    aside = _left_out(looked, verdicts, broken, found)
    accepted = [line.place for line in looked if verdicts.get(line.place) is Verdict.ACCEPT]
    fixes = [line for line in looked if verdicts.get(line.place) is Verdict.FIX]
    lines = _explained(lines, accepted).drop(index=aside)
    if fixes:
        lines = _with_fixes(lines, fixes, period, decommissioned, found)
    return lines.reset_index(drop=True) if aside or fixes else lines


def breaches(lines: pd.DataFrame, period: Period, decommissioned: Mapping[str, date]) -> Breaches:
    """The rule that each line breaks first, by its place in the frame."""
    late = lines["product_id"].isin(list(decommissioned)).to_numpy(dtype=bool)
    found: Breaches = {}
    for place in _of_another_month(lines, period):
        found[place] = ("charge_month", f"the charge is of another month than {period}")
    for place in _unexplained(lines):
        found[place] = ("quantity", "negative, and no credit or correction explains it")
    for place, product in lines.loc[late, "product_id"].items():
        found[place] = ("product_id", f"the product was decommissioned on {decommissioned[product]}, before {period}")
    return found


def typed(text: str | None, kind: pd.ArrowDtype) -> object:
    """A text that obeys the column's rule as a value of the column; None of nothing."""
    if not text:
        return None
    if pa.types.is_decimal(kind.pyarrow_dtype):
        return Decimal(text)
    return date.fromisoformat(text) if pa.types.is_date(kind.pyarrow_dtype) else text


def broken_by(texts: Texts, period: Period, decommissioned: Mapping[str, date]) -> tuple[str, str] | None:
    """The rule that one line, as text, breaks: the column and why; None when it breaks none."""
    judged = pa.schema([(name, kind) for name, kind in _JUDGED.items() if name in texts])
    row = {name: typed(texts[name], pd.ArrowDtype(judged.field(name).type)) for name in judged.names}
    return breaches(frame([row], judged), period, decommissioned).get(0)


def _unexplained(lines: pd.DataFrame) -> list[int]:
    """Where a quantity is negative and no credit or correction says why."""
    negative = pc.less(pa.array(lines["quantity"], QUANTITY), pa.scalar(0, QUANTITY)).to_numpy(zero_copy_only=False)
    return list(lines.index[negative.astype(bool) & lines["charge_class"].isna().to_numpy()])


def _explained(lines: pd.DataFrame, accepted: Sequence[int]) -> pd.DataFrame:
    """The lines with negative ones that a person has accepted as corrections, which is what explains them."""
    places = _unexplained(lines.loc[accepted])
    if not places:
        return lines
    lines = lines.copy()
    lines.loc[places, "charge_class"] = "CORRECTION"
    return lines


def _of_another_month(lines: pd.DataFrame, period: Period) -> list[int]:
    if "charge_month" not in lines:
        return []
    strayed = pc.not_equal(pa.array(lines["charge_month"], pa.date32()), pa.scalar(period.first_day))
    return list(lines.index[strayed.to_numpy(zero_copy_only=False).astype(bool)])


def _places_of(lines: pd.DataFrame, known: Iterable[KnownLine]) -> Iterable[int]:
    """Where lines stand that have application and product of a known one."""
    pairs = {(line.source_line["application_id"], line.source_line["product_id"]) for line in known}
    if not pairs:
        return ()
    near = lines["product_id"].isin([product for _, product in pairs])
    near &= lines["application_id"].isin([application for application, _ in pairs])
    some = lines.loc[near.to_numpy(dtype=bool), ["application_id", "product_id"]]
    return [place for place, *pair in some.itertuples() if tuple(pair) in pairs]


def _looked_at(lines: pd.DataFrame, places: Iterable[int], said: Counter[str]) -> list[_Looked]:
    order = sorted(places)
    looked = []
    for place, row in zip(order, lines.loc[order].to_dict("records"), strict=True):
        texts = {str(name): None if pd.isna(value) else str(value) for name, value in row.items()}
        text = content(texts)
        said[text] += 1
        looked.append(_Looked(place, texts, said[text], line_key(text, said[text])))
    return looked


def _left_out(
    looked: Sequence[_Looked], verdicts: Mapping[int, Verdict | None], broken: Breaches, found: Screened
) -> list[int]:
    """Where lines wait or are rejected; they, and known lines that stay, are added to ``found``."""
    aside: list[int] = []
    for line in looked:
        verdict = verdicts.get(line.place)
        if verdict is Verdict.REJECT:
            found.rejected.append(line.key)
            aside.append(line.place)
        elif verdict is None and line.place in broken:
            found.waiting.append(line.aside(*broken[line.place]))
            aside.append(line.place)
        elif verdict is not Verdict.FIX and line.place in verdicts:
            found.landed.append(line.key)
    return aside


def _with_fixes(
    lines: pd.DataFrame,
    fixes: Sequence[_Looked],
    period: Period,
    decommissioned: Mapping[str, date],
    found: Screened,
) -> pd.DataFrame:
    """The lines with the corrections that break no rule, and without the lines of the others, which wait."""
    corrected = lines.copy()
    for line in fixes:
        for name, text in _whole(lines, line, found.known[line.key].correction).items():
            corrected.loc[line.place, name] = typed(text, corrected[name].dtype)
    places = [line.place for line in fixes]
    broken = _several_metrics(corrected, places) | breaches(corrected.loc[places], period, decommissioned)
    for line in fixes:
        if line.place in broken:
            column, reason = broken[line.place]
            said = {column: str(corrected.loc[line.place, column])}
            found.waiting.append(line.aside(column, f"as corrected: {reason}", said))
        else:
            found.landed.append(line.key)
    return corrected.drop(index=list(broken))


def _whole(lines: pd.DataFrame, line: _Looked, correction: Texts) -> Texts:
    """The correction, with where its product belongs when it names another one: as that product's lines say."""
    if correction.get("product_id", line.texts["product_id"]) == line.texts["product_id"]:
        return correction
    others = lines[lines["product_id"].isin([correction["product_id"]])]
    told: dict[str, str | None] = {"product_label": None}
    for name in _DESCRIPTION:
        values = others[name].dropna().tolist() if name in others else []
        if values:
            told[name] = str(values[0])
    return {name: text for name, text in told.items() if name in lines} | dict(correction)


def _several_metrics(lines: pd.DataFrame, places: Sequence[int]) -> Breaches:
    """Of the lines at these places, those whose product another line counts in another metric."""
    if "metric" not in lines:
        return {}
    found: Breaches = {}
    for place, product, metric in lines.loc[places, ["product_id", "metric"]].dropna().itertuples():
        others = lines.loc[lines["product_id"].isin([product]), "metric"].dropna()
        others = others[others != metric]
        if len(others):
            found[place] = ("metric", f"other lines count the product in {others.iloc[0]!r}")
    return found
