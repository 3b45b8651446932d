"""How near the hours come to finished ports, and whether they put ports in the right order."""

import math
import random
import statistics
from collections.abc import Sequence

from portgauge.model.base import value
from portgauge.model.estimate import Block, Estimate

from .effort_truth import AgentPort, FinishedPort
from .measures import interval, spearman

_SEED, DRAWS = 1, 1000
SURCHARGES = frozenset({"rework", "experience"})
NEAR = 2.0


@value
class PortScore:
    """One finished port beside its estimate; hours and days of eight hours."""

    port: FinishedPort
    whole_days: float
    """P50 of the scan as it is."""
    days: float
    """P50 without what the port left out."""
    p90_days: float
    cuda_lines: int
    verdict: str

    @property
    def factor(self) -> float:
        """Observed days by estimated days."""
        return self.port.observed_days / self.days

    @property
    def is_near(self) -> bool:
        """The estimate is within a factor of two."""
        return 1 / NEAR <= self.factor <= NEAR


@value
class RankedPort:
    """One agent port beside what the scan says of it."""

    port: AgentPort
    person_hours: float
    agent_hours: float
    cuda_lines: int
    """Code lines, as scanned."""


def hours_in_scope(estimate: Estimate, left_out: Sequence[str]) -> float:
    """Return the P50 hours without some effort classes and without the rework that goes with them."""
    kept = 0.0
    shares = dict.fromkeys(Block, 0.0)
    plain = dict.fromkeys(Block, 0.0)
    for line in estimate.lines:
        (shares if line.effort_class in SURCHARGES else plain)[line.block] += line.hours.p50
    for line in estimate.lines:
        if line.effort_class in SURCHARGES:
            continue
        factor = 1 + (shares[line.block] / plain[line.block] if plain[line.block] else 0.0)
        if not line.effort_class.startswith(tuple(left_out) or ("\0",)):
            kept += line.hours.p50 * factor
    return kept


def wins(ranked: Sequence[RankedPort], *, by: str) -> int:
    """Return in how many of a thousand resamples a figure ranks better than the lines of CUDA do."""
    chance = random.Random(_SEED)
    better = 0
    for _ in range(DRAWS):
        drawn = [ranked[chance.randrange(len(ranked))] for _ in ranked]
        ours, lines = rank_of(drawn, by=by), rank_of(drawn, by="lines")
        better += ours > lines
    return better


def rank_of(ranked: Sequence[RankedPort], *, by: str) -> float:
    """Return Spearman's rank correlation of a figure with the logged hours."""
    figure = {
        "person": lambda each: each.person_hours,
        "agent": lambda each: each.agent_hours,
        "lines": lambda each: each.port.cuda_lines,
    }[by]
    return spearman([figure(each) for each in ranked], [each.port.active_hours for each in ranked])


def rank_interval(ranked: Sequence[RankedPort], *, by: str) -> tuple[float, float]:
    """Return the middle 95 % of the rank correlation over resampled ports."""
    return interval(ranked, lambda drawn: rank_of(drawn, by=by))


def leave_one_out(ranked: Sequence[RankedPort]) -> tuple[float, float]:
    """Return the mean error of the logarithm of the hours: of the median, and of a line through the code lines.

    Each port is predicted from the others. The slope is drawn towards 0 as by three ports more.
    """
    constant, sized = [], []
    for place, port in enumerate(ranked):
        others = [*ranked[:place], *ranked[place + 1 :]]
        hours = [math.log(each.port.active_hours) for each in others]
        lines = [math.log1p(each.cuda_lines) for each in others]
        true = math.log(port.port.active_hours)
        mean_lines, mean_hours = statistics.fmean(lines), statistics.fmean(hours)
        spread = sum((each - mean_lines) ** 2 for each in lines)
        slope = sum((x - mean_lines) * (y - mean_hours) for x, y in zip(lines, hours, strict=True)) / (
            spread * (1 + 3 / len(others))
        )
        constant.append(abs(statistics.median(hours) - true))
        sized.append(abs(mean_hours + slope * (math.log1p(port.cuda_lines) - mean_lines) - true))
    return statistics.fmean(constant), statistics.fmean(sized)
