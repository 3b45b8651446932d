"""The measures that both scorers use: precision and recall, rank correlation, bootstrap intervals."""

import math
import random
import statistics
from collections.abc import Callable, Sequence
from typing import TypeVar

from portgauge.model.base import value

Case = TypeVar("Case")
RESAMPLES = 2000
_SEED = 1


@value
class Counted:
    """What was found rightly, found wrongly, and missed. Shares are 0 to 1, nan where nothing can be said."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Share of what was found that is right."""
        return _share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Share of what is there that was found."""
        return _share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 0 when nothing is right."""
        return _share(2 * self.right, 2 * self.right + self.wrong + self.missed)


def add_up(parts: Sequence[Counted]) -> Counted:
    """Return the counts of all parts together."""
    return Counted(
        right=sum(part.right for part in parts),
        wrong=sum(part.wrong for part in parts),
        missed=sum(part.missed for part in parts),
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan


def average_ranks(numbers: Sequence[float]) -> list[float]:
    """Return the rank of each number, from 1; equal numbers share the mean of their ranks."""
    places: dict[float, list[int]] = {}
    for place, number in enumerate(sorted(numbers), start=1):
        places.setdefault(number, []).append(place)
    return [statistics.fmean(places[number]) for number in numbers]


def spearman(first: Sequence[float], second: Sequence[float]) -> float:
    """Return Spearman's rank correlation, -1 to 1; nan for fewer than three pairs or a constant side."""
    if len(first) < 3 or len(set(first)) < 2 or len(set(second)) < 2:
        return math.nan
    return statistics.correlation(average_ranks(first), average_ranks(second))


def interval(cases: Sequence[Case], measure: Callable[[Sequence[Case]], float]) -> tuple[float, float]:
    """Return the middle 95 % of a measure over resampled cases (percentile bootstrap, fixed seed).

    Nothing can be said (nan, nan) for fewer than five cases.
    """
    if len(cases) < 5:
        return math.nan, math.nan
    chance = random.Random(_SEED)
    drawn = (measure([cases[chance.randrange(len(cases))] for _ in cases]) for _ in range(RESAMPLES))
    found = sorted(number for number in drawn if not math.isnan(number))
    if len(found) <= RESAMPLES / 2:
        return math.nan, math.nan
    return found[int(0.025 * len(found))], found[min(len(found) - 1, int(0.975 * len(found)))]
