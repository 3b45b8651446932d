"""A team's finished ports -> factors on the prices, drawn towards 1, with the error before and after.

The logarithm of the estimated hours is fitted to that of the actual ones. Each group of prices has one factor, which is
drawn towards 1 as if ``PRIOR_PORTS`` ports more had come out as estimated: few ports move little.
"""

import math
from collections.abc import Mapping, Sequence

from portgauge.model.base import value
from portgauge.model.estimate import Block, Estimate, EstimateLine
from portgauge.rulebook.calibration import GROUPS, LIBRARIES, SITES, group_of_block

PRIOR_PORTS = 3.0
_STEPS = 50
_SURCHARGES = frozenset({"rework", "experience"})
_LARGEST_LOG = math.log(50)


@value
class Actual:
    """One finished port: its estimated hours by group and what it took."""

    name: str
    parts: tuple[tuple[Mapping[str, float], float], ...]
    """Estimated P50 hours by group, and the actual hours: once for the whole, or once for each known block."""


@value
class Fit:
    """The factors, and how good they are."""

    factors: Mapping[str, float]
    ports: int
    error_before: float
    """Typical factor between actual and estimated hours (mean of the logarithms), 1 is perfect."""
    error_after: float | None
    """The same for ports that were not fitted on (leave one out); None for a single port."""


def groups_of(estimate: Estimate, *, block: Block | None = None) -> dict[str, float]:
    """Return the P50 hours of each group, with the rework that goes with it; of one block when one is asked for."""
    plain: dict[Block, float] = dict.fromkeys(Block, 0.0)
    shares: dict[Block, float] = dict.fromkeys(Block, 0.0)
    for line in estimate.lines:
        (shares if line.effort_class in _SURCHARGES else plain)[line.block] += line.hours.p50
    hours: dict[str, float] = {}
    for line in estimate.lines:
        if line.effort_class in _SURCHARGES or (block is not None and line.block is not block):
            continue
        factor = 1 + shares[line.block] / plain[line.block] if plain[line.block] else 1.0
        group = _group(line)
        hours[group] = hours.get(group, 0.0) + line.hours.p50 * factor
    return hours


def _group(line: EstimateLine) -> str:
    if line.fingerprints:
        return SITES
    return LIBRARIES if line.effort_class.startswith("library-") else group_of_block(line.block)


def fit(actuals: Sequence[Actual]) -> Fit:
    """Return the factors that bring the estimates nearer to the actual hours, and the error before and after.

    Raises:
        ValueError: If there is nothing to fit, or a port has no estimated hours.
    """
    if not actuals:
        raise ValueError("no finished port was given")
    for actual in actuals:
        if any(sum(hours.values()) <= 0 for hours, _ in actual.parts):
            raise ValueError(f"{actual.name}: nothing is estimated there that the actual hours could be compared with")
    before = [error for actual in actuals for error in _errors(actual, {})]
    after = None
    if len(actuals) > 1:
        left = []
        for place, actual in enumerate(actuals):
            factors = _factors([*actuals[:place], *actuals[place + 1 :]])
            left += _errors(actual, factors)
        after = math.exp(sum(left) / len(left))
    return Fit(
        factors=_factors(actuals),
        ports=len(actuals),
        error_before=math.exp(sum(before) / len(before)),
        error_after=after,
    )


def _errors(actual: Actual, factors: Mapping[str, float]) -> list[float]:
    return [
        abs(math.log(hours / sum(each * factors.get(group, 1.0) for group, each in parts.items())))
        for parts, hours in actual.parts
    ]


def _factors(actuals: Sequence[Actual]) -> dict[str, float]:
    """Return the factors by damped Newton steps on the sum of squared logarithms plus the pull towards 1."""
    shown = [group for group in GROUPS if any(parts.get(group) for actual in actuals for parts, _ in actual.parts)]
    logs = dict.fromkeys(shown, 0.0)
    for _ in range(_STEPS):
        matrix = [[PRIOR_PORTS if row == column else 0.0 for column in shown] for row in shown]
        vector = [-PRIOR_PORTS * logs[group] for group in shown]
        for actual in actuals:
            for parts, hours in actual.parts:
                scaled = {group: parts.get(group, 0.0) * math.exp(logs[group]) for group in shown}
                total = sum(scaled.values())
                slopes = [scaled[group] / total for group in shown]
                miss = math.log(hours / total)
                for row, slope in enumerate(slopes):
                    vector[row] += slope * miss
                    for column, other in enumerate(slopes):
                        matrix[row][column] += slope * other
        moves = _solved(matrix, vector)
        for group, move in zip(shown, moves, strict=True):
            logs[group] = max(-_LARGEST_LOG, min(_LARGEST_LOG, logs[group] + move))
        if max((abs(move) for move in moves), default=0.0) < 1e-9:
            break
    return {group: math.exp(logs.get(group, 0.0)) for group in GROUPS}


def _solved(matrix: list[list[float]], vector: list[float]) -> list[float]:
    """Return the solution of a small symmetric system; its diagonal is never 0, as every group is drawn towards 1."""
    rows = [[*row, right] for row, right in zip(matrix, vector, strict=True)]
    size = len(rows)
    for pivot in range(size):
        for other in range(size):
            if other != pivot:
                share = rows[other][pivot] / rows[pivot][pivot]
                rows[other] = [left - share * right for left, right in zip(rows[other], rows[pivot], strict=True)]
    return [rows[place][size] / rows[place][place] for place in range(size)]
