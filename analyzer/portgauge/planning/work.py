"""What a work package is."""

from enum import StrEnum
from pathlib import PurePosixPath

from portgauge.model.base import value
from portgauge.model.estimate import Hours
from portgauge.model.finding import Finding
from portgauge.model.rule import Mode


class PackageKind(StrEnum):
    """What a package is for; the order in which they stand."""

    BASELINE = "baseline"
    DECISION = "decision"
    BUILD = "build"
    LIBRARIES = "libraries"
    PORT = "port"
    KERNELS = "kernels"
    VALIDATION = "validation"
    TUNING = "tuning"
    UPSTREAM = "upstream"


@value
class PackageFile:
    """A file of a package."""

    path: PurePosixPath
    lines: tuple[int, ...]
    """1-based lines that need a hand, sorted; empty when the whole file is meant, or HIPIFY alone writes in it."""


@value
class WorkPackage:
    """One piece of a port that one person can take."""

    id: str
    """``P01`` and so on, in the order of the plan."""
    kind: PackageKind
    title: str
    component: str
    """Empty for work on the codebase as a whole."""
    goal: str
    files: tuple[PackageFile, ...]
    findings: tuple[Finding, ...]
    """By risk: what gives wrong results unnoticed first, then by place."""
    recipe: tuple[str, ...]
    acceptance: tuple[str, ...]
    untouched: tuple[str, ...]
    """What this package must not change."""
    depends_on: tuple[str, ...]
    """Ids of packages that come first."""
    hours: tuple[tuple[Mode, Hours], ...]
    """For each way of working; empty when it has no price. P50s of all packages add up to the estimate."""
