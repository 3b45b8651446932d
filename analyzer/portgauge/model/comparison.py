"""Two analyses of one codebase compared: what came, went, moved and is judged otherwise, and why."""

from datetime import date, datetime
from enum import StrEnum

from portgauge.model.base import value
from portgauge.model.finding import Finding, Site
from portgauge.model.rule import Mode


class Change(StrEnum):
    """What became of a site."""

    ADDED = "added"
    FIXED = "fixed"
    """It is not there any more."""
    MOVED = "moved"
    """It is in another file or function; lines that moved within a function are no change."""
    REJUDGED = "re-judged"
    """It stands where it stood, and is worth something else on some target."""


class Cause(StrEnum):
    """What a change comes from."""

    CODE = "code"
    """Somebody changed the code."""
    KNOWLEDGE = "knowledge"
    """The rulebook judges the same code otherwise."""
    TOOL = "tool"
    """The same rules find or price something else in the same code: another version of portgauge."""
    SETTINGS = "settings"
    """Something else was asked for: ROCm version, tests, experience and the like."""
    NOT_COMPARABLE = "not-comparable"
    """One side did not look for it, or did not read the file; nobody knows whether it came or was there before."""


@value
class SiteChange:
    """One site that is not as it was."""

    change: Change
    cause: Cause
    why: str
    """What shows the cause, when that is not the code itself; else empty."""
    old: Site | None
    """None when it was added."""
    new: Site | None
    """None when it was fixed."""
    old_findings: tuple[Finding, ...]
    """One for each common target, in order; as it was judged then."""
    new_findings: tuple[Finding, ...]

    @property
    def site(self) -> Site:
        """The site as it is now, or as it last was."""
        found = self.new or self.old
        assert found is not None
        return found

    @property
    def needs_somebody(self) -> bool:
        """Whether it needs or needed somebody on some target; the others cost nothing and are in no baseline."""
        return any(finding.needs_somebody for finding in (*self.old_findings, *self.new_findings))


@value
class Side:
    """One of the two analyses, as far as a reader needs it to know which it is."""

    name: str
    """What the user called it."""
    codebase: str
    revision: str | None
    dirty: bool
    analysed_at: datetime
    tool_version: str
    rulebook_digest: str
    knowledge_date: date
    sites: int
    hours_p50: float
    """Headline target and mode, as it was estimated then."""
    hours_p90: float
    grade: str
    verdict: str
    portability: int | None


@value
class CauseHours:
    """What one cause adds to the hours; P50, person-hours; negative when it takes some away."""

    cause: Cause
    hours_p50: float


@value
class ComponentHours:
    """The hours of one component on both sides."""

    name: str
    was: str
    """What it was called before; empty when it kept its name or is new."""
    old_p50: float | None
    """None when there was no such component."""
    new_p50: float | None
    causes: tuple[CauseHours, ...]
    """Add up to the difference; causes without hours are left out."""


@value
class Comparison:
    """What lies between two analyses."""

    old: Side
    new: Side
    target: str
    """The headline target of the new analysis; hours are for it."""
    targets: tuple[str, ...]
    """That both were judged for."""
    mode: Mode
    changes: tuple[SiteChange, ...]
    """Sorted by path and place."""
    unchanged_sites: int
    renames: tuple[tuple[str, str], ...]
    """Old and new path of files that were renamed."""
    causes: tuple[CauseHours, ...]
    """Every cause; they add up to the difference of the totals."""
    components: tuple[ComponentHours, ...]
    """Largest difference first; those without one are left out."""
    notes: tuple[str, ...]
    """What a reader should know before reading a figure."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not self.changes and not self.components and self.old.hours_p50 == self.new.hours_p50

    def hours_of(self, cause: Cause) -> float:
        """Return what one cause adds, in person-hours, P50."""
        return next((each.hours_p50 for each in self.causes if each.cause is cause), 0.0)

    def count(self, change: Change, cause: Cause | None = None, *, only_needing: bool = False) -> int:
        """Return how many sites changed in one way; ``only_needing``: of those that need or needed somebody."""
        return sum(
            each.change is change and cause in (None, each.cause) and (each.needs_somebody or not only_needing)
            for each in self.changes
        )
