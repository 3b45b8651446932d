"""What drives the hours and their range: the kinds of work that would move the total most."""

from collections import defaultdict
from collections.abc import Sequence

from portgauge.model.base import value
from portgauge.model.estimate import Block, Estimate, EstimateLine
from portgauge.reporting.rounding import hours_words

DRIVERS_SHOWN = 10
_SHARES = frozenset({"rework", "experience"})
"""Lines that are a share of other lines; they go with those."""


@value
class Driver:
    """One kind of work, over all components."""

    effort_class: str
    title: str
    block: Block
    units: int
    hours_p50: float
    """With the rework that goes with it."""
    swing_hours: float
    """How much the total grows when this work alone takes its P90 instead of its P50, with its rework."""
    share: float
    """Of the P50 total, 0 to 1."""
    words: str


def drivers(estimate: Estimate) -> tuple[Driver, ...]:
    """Return the kinds of work whose own range moves the total most, at most ten.

    The ranges of single kinds of work do not add up to that of the whole, because not all go badly at once.
    """
    factors = _share_factors(estimate.lines)
    found: dict[tuple[str, Block], list[EstimateLine]] = defaultdict(list)
    for line in estimate.lines:
        if line.effort_class not in _SHARES and line.hours.p90 > 0:
            found[line.effort_class, line.block].append(line)
    made = [_driver(lines, factors, estimate.total.p50) for lines in found.values()]
    return tuple(sorted(made, key=lambda each: (-each.swing_hours, each.effort_class)))[:DRIVERS_SHOWN]


def _share_factors(lines: Sequence[EstimateLine]) -> dict[tuple[str | None, Block], float]:
    """Return what the lines of a component and block are multiplied with by those that are a share of them."""
    plain: dict[tuple[str | None, Block], float] = defaultdict(float)
    shares: dict[tuple[str | None, Block], float] = defaultdict(float)
    for line in lines:
        (shares if line.effort_class in _SHARES else plain)[line.component, line.block] += line.hours.p50
    return {key: 1 + shares[key] / hours for key, hours in plain.items() if hours > 0}


def _driver(lines: Sequence[EstimateLine], factors: dict[tuple[str | None, Block], float], total_p50: float) -> Driver:
    weighted = [(line, factors.get((line.component, line.block), 1.0)) for line in lines]
    p50 = sum(line.hours.p50 * factor for line, factor in weighted)
    swing = sum((line.hours.p90 - line.hours.p50) * factor for line, factor in weighted)
    title = lines[0].reason.partition(",")[0]
    return Driver(
        effort_class=lines[0].effort_class,
        title=title,
        block=lines[0].block,
        units=sum(line.units for line in lines),
        hours_p50=p50,
        swing_hours=swing,
        share=p50 / total_p50 if total_p50 > 0 else 0.0,
        words=f"{title} {hours_words(p50)}, up to {hours_words(swing)} more",
    )
