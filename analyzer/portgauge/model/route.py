"""The ways out of CUDA for one codebase: priced, or judged by what in the code decides."""

from enum import StrEnum
from pathlib import PurePosixPath

from portgauge.model.base import value
from portgauge.model.estimate import Block, Hours


class RouteStatus(StrEnum):
    """How far a route was judged."""

    PRICED = "priced"
    NOT_RECOMMENDED = "not-recommended"
    """It has a price, and does not get past a decision that blocks the port."""
    POSSIBLE = "possible"
    """Nothing that we know closes it; it has no price."""
    EXCLUDED = "excluded"


@value
class RouteEvidence:
    """Something in the code that decides about a route, and where it stands first."""

    text: str
    count: int
    """Places."""
    path: PurePosixPath
    line: int


@value
class RouteEstimate:
    """One way out of CUDA, on the headline target."""

    route: str
    """Its id in ``rules/routes``."""
    title: str
    status: RouteStatus
    reason: str
    """One sentence."""
    hours: Hours | None
    """None when it is not priced."""
    blocks: tuple[tuple[Block, Hours], ...]
    """Every block of a priced route, in order; P90s do not add."""
    upkeep: Hours | None
    """Person-hours a year afterwards."""
    upkeep_basis: str
    three_years: Hours | None
    """Port and three years of upkeep."""
    needs: tuple[str, ...]
    gives: tuple[str, ...]
    excludes: tuple[str, ...]
    evidence: tuple[RouteEvidence, ...]
    """At most five, most places first."""
    evidence_count: int
    """All names and instructions that decide."""
    unknown_count: int
    """Names that the route's table does not list, so that nobody knows."""
    basis: str
