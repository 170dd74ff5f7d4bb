"""The header of a source: exact column names, in any order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from finops_assets.errors import Fault
from finops_assets.sources.faults import Faults, refused

COLUMNS_AT_MOST = 200

_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}


@dataclass(frozen=True)
class Header:
    """The columns a kind of source has; a FOCUS export may carry others, which are ignored."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    others_ignored: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Every column that is read."""
        return self.required + self.optional

    def wanted(self, found: Sequence[str]) -> list[str]:
        """The columns to read out of those found, in the order found."""
        return [name for name in found if name in self.names]

    def check(self, file: str, found: Sequence[str]) -> None:
        """Raise SourceRefused naming every column that is missing, unknown or there twice."""
        self._check_line(file, found)
        faults = Faults()
        for name in dict.fromkeys(found):
            self._check_name(file, name, found, faults)
        for name in self.required:
            if name not in found:
                remedy = f"add it; required are {', '.join(self.required)}"
                faults.add(Fault(file, "the header lacks this column", remedy, line=1, column=name))
        faults.refuse()

    def _check_line(self, file: str, found: Sequence[str]) -> None:
        """Refuse a first line that is no header of this kind at all."""
        if len(found) > COLUMNS_AT_MOST:
            reason = f"the header has {len(found)} columns, more than {COLUMNS_AT_MOST}"
            raise refused(file, reason, "deliver only the columns that are read", line=1)
        for separator, called in _SEPARATORS.items():
            if len(found) == 1 and separator in found[0]:
                reason = f"the header is separated by {called}, not commas"
                raise refused(file, reason, "export it as CSV separated by commas", line=1)
        if not set(found) & {*self.names} and not any(self._meant(name) for name in found):
            remedy = f"begin the file with its header; required are {', '.join(self.required)}"
            raise refused(file, "the first line names none of the columns of the header", remedy, line=1)

    def _check_name(self, file: str, name: str, found: Sequence[str], faults: Faults) -> None:
        known = name in self.names
        if found.count(name) > 1 and (known or not self.others_ignored):
            fault = Fault(file, "the header names this column more than once", "keep one", line=1, column=name)
            faults.add(fault)
        if not known and not self.others_ignored:
            remedy = self._remedy(name)
            faults.add(Fault(file, "the header has an unknown column", remedy, line=1, column=name, value=name))

    def _remedy(self, name: str) -> str:
        meant = self._meant(name)
        return f"write it exactly {meant}" if meant else f"remove it; known are {', '.join(self.names)}"

    def _meant(self, name: str) -> str | None:
        """The column a name differs from only by case, spaces or underscores."""
        plain = name.strip().casefold().replace(" ", "_")
        return next((known for known in self.names if known.casefold() == plain), None)
