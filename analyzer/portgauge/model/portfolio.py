"""Many codebases on one page."""

from enum import StrEnum

from portgauge.model.base import value
from portgauge.model.estimate import Hours


class Wave(StrEnum):
    """When a codebase can be ported."""

    ALREADY = "already there"
    """No CUDA work, or a complete AMD path is there; what is left stands in its hours."""
    NOW = "can start now"
    """No decision stands in the way."""
    DECIDE = "needs decisions"
    """Decisions are open, but most of the code can do without them."""
    BLOCKED = "blocked"
    """A decision stands in the way of the whole."""
    FAILED = "not scanned"


@value
class LibraryShare:
    """One library that a codebase uses."""

    name: str
    title: str
    status: str
    """``twin``, ``near-twin``, ``rewrite``, ``none`` or ``unknown``."""


@value
class PortfolioRow:
    """One codebase of a portfolio, on the headline target in the headline mode."""

    name: str
    path: str
    revision: str | None
    owner: str
    worth: float | None
    """What the port is worth to its owner, in any unit that all codebases share; None when nobody said."""
    wave: Wave
    error: str
    """Why it was not scanned; empty when it was."""
    hours: Hours
    verdict: str
    grade: str
    portability: int | None
    covered_share: float | None
    kernels: int
    cuda_lines: int
    read_share: float
    blockers: tuple[tuple[str, str], ...]
    """Class and title."""
    libraries: tuple[LibraryShare, ...]

    @property
    def worth_per_hour(self) -> float | None:
        """What an hour of work brings; None when nobody said what the port is worth, or nothing is to do."""
        return self.worth / self.hours.p50 if self.worth is not None and self.hours.p50 else None


@value
class Shared:
    """A blocker or library that several codebases share, so that solving it once helps all of them."""

    name: str
    title: str
    status: str
    """Of a library; empty for a blocker."""
    codebases: tuple[str, ...]


@value
class WaveSum:
    """The work of one wave."""

    wave: Wave
    codebases: tuple[str, ...]
    hours: Hours
    person_months: float


@value
class Portfolio:
    """Many codebases, what to port first, and what they share."""

    target: str
    mode: str
    rows: tuple[PortfolioRow, ...]
    """In the order in which to port them; those that were not scanned last."""
    waves: tuple[WaveSum, ...]
    blockers: tuple[Shared, ...]
    """Those of most codebases first; also those of one alone."""
    libraries: tuple[Shared, ...]
    """Those without a full twin on AMD, of at least two codebases."""
    total: Hours
    hours_per_month: float
    """Person-hours of a person-month."""
    order_words: str
    """How the order came about."""
