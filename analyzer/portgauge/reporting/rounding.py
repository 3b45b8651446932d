"""How numbers are rounded and worded; the one place for it, so that no report claims more than another.

An estimate is shown with no more than two digits and the word "about". Below two working days
it is shown in hours. P90 is rounded up, because it is introduced by "under".
"""

import math

from portgauge.model.base import value
from portgauge.model.estimate import Hours

HOURS_BELOW_DAYS = 2.0
"""Estimates of fewer working days than this are shown in hours."""
DAYS_PER_WEEK = 5

# Upper end of a range of values and the step that values in it are rounded to.
_STEPS = ((3.0, 0.5), (20.0, 1.0), (100.0, 5.0), (300.0, 10.0), (1000.0, 50.0), (3000.0, 100.0))


def _step(amount: float) -> float:
    for end, step in _STEPS:
        if amount < end:
            return step
    return float(10 ** (math.floor(math.log10(amount)) - 1))


def rough(amount: float) -> float:
    """Return ``amount`` rounded to about two digits."""
    step = _step(amount)
    return math.floor(amount / step + 0.5) * step


def rough_above(amount: float) -> float:
    """Return ``amount`` rounded up to about two digits; never below ``amount``."""
    step = _step(amount)
    return math.ceil(amount / step - 1e-9) * step


def number_words(amount: float) -> str:
    """Return a rounded number as text: ``2.5``, ``20``, ``1,200``."""
    return f"{amount:,.1f}" if amount != int(amount) else f"{int(amount):,}"


def _counted(amount: float, unit: str) -> str:
    return f"{number_words(amount)} {unit}" if amount == 1 else f"{number_words(amount)} {unit}s"


def counted(count: int, unit: str, plural: str | None = None) -> str:
    """Return a count with its unit: ``1 file``, ``2,400 files``."""
    return f"{count:,} {unit if count == 1 else plural or unit + 's'}"


def percent(share: float) -> str:
    """Return a share as text that says 100 % or 0 % only when it is exactly that.

    Near both ends, where gates stand (98 % of the code read), one decimal is kept.
    """
    hundredths = share * 100
    if 95 < hundredths < 100 or 0 < hundredths < 1:
        tenths = min(max(round(hundredths, 1), 0.1), 99.9)
        return f"{tenths:.1f} %"
    return f"{round(hundredths)} %"


def hours_words(hours: float) -> str:
    """Return hours for a table cell: ``0 h``, ``under 1 h``, ``7 h``, ``120 h``."""
    if hours <= 0:
        return "0 h"
    if hours < 0.75:
        return "under 1 h"
    return f"{number_words(rough(hours))} h"


def compared_words(before: float, now: float) -> tuple[str, str]:
    """Return two hours that are read against each other.

    When they differ by less than a step of rounding, one digit more is shown, so that rounding makes no difference
    of its own: 31.8 and 33.2 are not ``30 h`` and ``35 h``.
    """
    changed = abs(now - before)
    if not 0.05 <= changed < _step(max(before, now)) or min(before, now) < 0.75:
        return hours_words(before), hours_words(now)
    digits = 1 if changed < 1 or max(before, now) < 100 else 0
    return f"{number_words(round(before, digits))} h", f"{number_words(round(now, digits))} h"


def time_words(hours: float) -> str:
    """Return a short piece of work in minutes, a longer one in hours: ``35 min``, ``2.5 h``."""
    if 0 < hours < 1:
        minutes = hours * 60
        return "under 1 min" if minutes < 1 else f"{int(minutes + 0.5)} min"
    return hours_words(hours)


def ceiling_words(hours: float) -> str:
    """Return a P90 for a table cell, rounded up: ``0 h``, ``1 h``, ``345 h``."""
    return f"{number_words(max(rough_above(hours), 1))} h" if hours > 0 else "0 h"


def exact_hours_words(hours: float) -> str:
    """Return hours for a line of arithmetic, where a reader adds up."""
    return f"{hours:,.2f} h"


def minutes_words(minutes: float) -> str:
    """Return minutes for a line of arithmetic."""
    return f"{minutes:,.2f}".rstrip("0").rstrip(".") + " min"


def _about(amount: float, unit: str) -> str:
    shown = rough(amount)
    if shown == 0:
        return f"under {_counted(0.5, unit)}" if unit != "person-hour" else "under 1 person-hour"
    return f"about {_counted(shown, unit)}"


@value
class Effort:
    """Person-hours with what they are in days and weeks, and the words for them."""

    hours_p50: float
    hours_p90: float
    days_p50: float
    days_p90: float
    weeks_p50: float
    """Calendar weeks of five days with the whole team on it and nothing lost between people."""
    weeks_p90: float
    cost_p50: float | None
    cost_p90: float | None
    hours_words: str
    """ "160 h": the P50, rounded."""
    hours_ceiling: str
    """ "345 h": the P90, rounded up."""
    amount: str
    """ "about 20 person-days", or "about 6 person-hours" when it is little."""
    ceiling: str
    """ "under 45": nine in ten take less."""
    words: str
    """ "about 20 person-days (9 in 10 such ports: under 45)"."""
    weeks_amount: str
    """ "about 4 weeks"."""
    weeks_ceiling: str
    """ "with 1 person; 9 in 10: under 9"."""
    weeks: str
    """ "about 4 weeks with 1 person (9 in 10: under 9)"."""
    cost: str
    """Empty when no rate was given."""


def _range_words(p50: float, p90: float, unit: str) -> tuple[str, str]:
    return _about(p50, unit), f"under {number_words(max(rough_above(p90), 1))}"


def effort(hours: Hours, *, hours_per_day: float, team: int, rate: float | None) -> Effort:
    """Return ``hours`` with every unit and wording that reports show.

    Args:
        hours: Person-hours.
        hours_per_day: Working hours of one day, > 0.
        team: People who work at the same time, >= 1.
        rate: Money per hour; None when no rate was given.
    """
    days_p50, days_p90 = hours.p50 / hours_per_day, hours.p90 / hours_per_day
    weeks_p50, weeks_p90 = (days / (DAYS_PER_WEEK * team) for days in (days_p50, days_p90))
    if hours.p90 <= 0:
        amount, ceiling, words = "no hours", "", "no hours"
    else:
        if days_p50 < HOURS_BELOW_DAYS:
            amount, ceiling = _range_words(hours.p50, hours.p90, "person-hour")
        else:
            amount, ceiling = _range_words(days_p50, days_p90, "person-day")
        words = f"{amount} (9 in 10 such ports: {ceiling})"
    people = counted(team, "person", "people")
    weeks_amount, weeks_ceiling = _range_words(weeks_p50, weeks_p90, "week")
    cost = ""
    if rate is not None:
        cost = (
            f"about {number_words(rough(hours.p50 * rate))} at {number_words(rate)} an hour "
            f"(9 in 10: under {number_words(rough_above(hours.p90 * rate))})"
        )
    return Effort(
        hours_p50=hours.p50,
        hours_p90=hours.p90,
        days_p50=days_p50,
        days_p90=days_p90,
        weeks_p50=weeks_p50,
        weeks_p90=weeks_p90,
        cost_p50=None if rate is None else hours.p50 * rate,
        cost_p90=None if rate is None else hours.p90 * rate,
        hours_words=hours_words(hours.p50),
        hours_ceiling=ceiling_words(hours.p90),
        amount=amount,
        ceiling=ceiling,
        words=words,
        weeks_amount="no time" if hours.p90 <= 0 else weeks_amount,
        weeks_ceiling=f"with {people}" + ("" if hours.p90 <= 0 else f"; 9 in 10: {weeks_ceiling}"),
        weeks="no time" if hours.p90 <= 0 else f"{weeks_amount} with {people} (9 in 10: {weeks_ceiling})",
        cost=cost,
    )
