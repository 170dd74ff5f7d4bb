"""What every shape is made of: exact numbers, months, and the form of their names."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator, WithJsonSchema
from pydantic.alias_generators import to_camel

from finops_assets.errors import SettingsError
from finops_assets.money import in_full
from finops_assets.period import Period

MONTH = r"^(19[7-9][0-9]|[2-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-(0[1-9]|1[0-2])$"


class Dto(BaseModel):
    """A shape that is answered: frozen, camelCase, made from an object or from named values."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True, frozen=True)

    @classmethod
    def model_construct(cls, _fields_set: set[str] | None = None, **values: Any) -> Self:
        """One of values that need no check, all of them named: pydantic's own takes three times as long."""
        made = cls.__new__(cls)
        _set(made, "__dict__", values)
        _set(made, "__pydantic_fields_set__", set(values))
        _set(made, "__pydantic_extra__", None)
        _set(made, "__pydantic_private__", None)
        return made


_set = object.__setattr__


class Asked(BaseModel):
    """A shape that is sent: a name that is not known is refused."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True, extra="forbid")


def _month(value: Any) -> Any:
    if isinstance(value, date):
        return Period.of(value)
    if isinstance(value, str):
        try:
            return Period.parse(value)
        except SettingsError as error:
            raise ValueError(str(error)) from error
    if isinstance(value, Period):
        return value
    raise ValueError(f"{value!r} is not a month: write YYYY-MM, for instance 2025-03")


def _month_text(value: str) -> str:
    return str(_month(value))


# A decimal with all its digits, as text: no reader's floating point gets hold of it.
Exact = Annotated[
    Decimal,
    PlainSerializer(in_full, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^-?[0-9]+(\.[0-9]+)?$",
            "description": "A decimal with all its digits.",
            "examples": ["1234.560000000000"],
        }
    ),
]

# In percent, with the decimals it was rounded to.
Percent = Annotated[
    Decimal,
    PlainSerializer("{:f}".format, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "examples": ["4.4"]}),
]

_MONTH = WithJsonSchema(
    {
        "type": "string",
        "pattern": MONTH,
        "description": "A calendar month, `YYYY-MM`.",
        "examples": ["2026-10"],
    }
)
Month = Annotated[Period, PlainValidator(_month), PlainSerializer(str, return_type=str), _MONTH]

# The same in a query, where a month is text: read it with Period.parse.
MonthText = Annotated[str, AfterValidator(_month_text), _MONTH]

# What PostgreSQL takes for a text.
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
Reason = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2_000,
        pattern=r"^[^\x00]*[^\x00\s][^\x00]*$",
        description="Why; the audit log keeps it.",
    ),
]
