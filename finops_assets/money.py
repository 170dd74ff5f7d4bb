"""Exact numbers: 12 decimals, integers of 1e-12, and largest-remainder rounding. Pure.

No binary float anywhere: quantities, prices and weights are decimals or integers of 1e-12.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal, InvalidOperation

SCALE = 12
ONE = 10**SCALE
MAX_INTEGER_DIGITS = 18

# Python's default context rounds at 28 digits without a word; a product of two NUMERIC(30,12)
# has up to 60.
EXACT = Context(prec=100)


def to_units(number: Decimal) -> int:
    """The number as an integer of 1e-12; ValueError when 12 decimals or 18 digits cannot hold it."""
    if not number.is_finite():
        raise ValueError(f"{number} is not a finite number")
    scaled = number.scaleb(SCALE, EXACT)
    try:
        whole = scaled.to_integral_exact(context=EXACT)
    except InvalidOperation as error:
        raise ValueError(f"{number} does not fit") from error
    if whole != scaled:
        raise ValueError(f"{number} has more than {SCALE} decimals")
    # abs() would round to 28 digits
    if whole.copy_abs() >= 10 ** (MAX_INTEGER_DIGITS + SCALE):
        raise ValueError(f"{number} has more than {MAX_INTEGER_DIGITS} digits before the point")
    return int(whole)


def from_units(units: int) -> Decimal:
    """An integer of 1e-12 as a decimal with 12 decimals."""
    return Decimal(units).scaleb(-SCALE, EXACT)


def in_full(amount: Decimal | None) -> str:
    """Every digit of an amount and no digit more, at least two after the point; empty when there is none."""
    if amount is None:
        return ""
    whole, _, decimals = f"{amount:f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """Split an integer total in proportion to non-negative weights; the parts add up to it exactly.

    Every part is first rounded towards zero; the units left over go one each to the largest
    remainders, the earlier place first on a tie. ValueError when no weight is positive.
    """
    basis = sum(weights)
    if basis <= 0 or min(weights, default=0) < 0:
        raise ValueError("weights must be 0 or more, and at least one above 0")
    sign = -1 if total < 0 else 1
    shares = [divmod(abs(total) * weight, basis) for weight in weights]
    parts = [whole for whole, _ in shares]
    left = abs(total) - sum(parts)
    by_remainder = sorted(range(len(shares)), key=lambda place: -shares[place][1])
    for place in by_remainder[:left]:
        parts[place] += 1
    return [sign * part for part in parts]


def round_to_total(amounts: Sequence[Decimal], decimals: int) -> list[Decimal]:
    """Amounts rounded to so many decimals so that they add up to their rounded sum.

    Each is floored, and the units missing from the rounded total (half away from zero) go to the
    largest remainders, the earlier place first. Negative amounts are treated alike.
    """
    if not amounts:
        return []
    scaled = [amount.scaleb(decimals, EXACT) for amount in amounts]
    floors = [int(value.to_integral_value("ROUND_FLOOR", EXACT)) for value in scaled]
    total = Decimal(0)
    for value in scaled:
        total = EXACT.add(total, value)
    left = int(total.to_integral_value("ROUND_HALF_UP", EXACT)) - sum(floors)
    order = sorted(range(len(scaled)), key=lambda place: EXACT.subtract(floors[place], scaled[place]))
    for place in order[:left]:
        floors[place] += 1
    return [Decimal(value).scaleb(-decimals, EXACT) for value in floors]
