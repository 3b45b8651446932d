"""An analysis as one point of a history: figures and fingerprints, no code."""

from datetime import date, datetime
from enum import StrEnum

from portgauge.model.base import value
from portgauge.model.estimate import Block


@value
class TargetFigures:
    """What one target meant at one point, in the headline mode. Hours are person-hours."""

    target: str
    hours_p50: float
    hours_p90: float
    blocks_p50: tuple[tuple[Block, float], ...]
    """Every block, in order; they add up to ``hours_p50``."""
    verdict: str
    grade: str
    portability: int | None
    covered: int
    """Findings that an AMD path already handles."""
    open: int
    """Findings that need somebody."""

    @property
    def covered_share(self) -> float | None:
        """Share, 0 to 1, of the findings that would need somebody and that an AMD path handles; None without any."""
        return self.covered / (self.covered + self.open) if self.covered + self.open else None


@value
class ComponentFigures:
    """What one component cost on the headline target, in person-hours."""

    name: str
    hours_p50: float


@value
class Snapshot:
    """One recorded analysis."""

    codebase: str
    revision: str | None
    label: str
    """Tags of the revision; empty without any."""
    committed_at: datetime | None
    """When the revision was committed; None outside version control."""
    analysed_at: datetime
    dirty: bool
    content_digest: str
    """sha256 over the paths and digests of all files that were read."""
    tool_version: str
    rulebook_digest: str
    knowledge_date: date
    settings: str
    """JSON of everything that was asked for, sorted; two snapshots can be compared when it is equal."""
    mode: str
    cuda_files: int
    cuda_lines: int
    kernels: int
    read_share: float
    """Share, 0 to 1, of the CUDA bytes that were read."""
    targets: tuple[TargetFigures, ...]
    """The first headlines."""
    components: tuple[ComponentFigures, ...]
    finding_keys: tuple[str, ...]
    """For each finding that needs somebody on some target a digest of its rule, function and spelling, sorted.

    Equal ones repeat. The file is no part of it, so that a renamed file is not counted as new work.
    """

    @property
    def at(self) -> datetime:
        """Where it stands on a time axis."""
        return self.committed_at or self.analysed_at

    @property
    def shown(self) -> str:
        """The tag, or the beginning of the revision, or the day."""
        return self.label or (self.revision or "")[:10] or self.analysed_at.date().isoformat()

    def figures(self, target: str) -> TargetFigures | None:
        """Return the figures of one target, None when it was not judged."""
        return next((figures for figures in self.targets if figures.target == target), None)


class Mark(StrEnum):
    """Why two points of a curve cannot simply be compared."""

    KNOWLEDGE = "knowledge"
    TOOL = "tool"
    SETTINGS = "settings"


@value
class CurvePoint:
    """What a curve shows of one point of a history. Hours are person-hours, P50."""

    at: datetime
    label: str
    """Tags of the revision; empty without any."""
    hours_p50: float
    blocks_p50: tuple[tuple[Block, float], ...]
    """Every block, in order."""
    covered_share: float | None
    """Share, 0 to 1, as in ``TargetFigures``."""
    portability: int | None
    marks: tuple[Mark, ...]
    """What else changed since the point before; then the difference says nothing about the code."""


@value
class Step:
    """One point of a history, and what lies between it and the point before."""

    snapshot: Snapshot
    figures: TargetFigures
    added: int
    """Findings that were not there at the point before; 0 at the first."""
    fixed: int
    marks: tuple[Mark, ...]
    """What else changed since the point before; then the difference says nothing about the code."""

    @property
    def point(self) -> CurvePoint:
        """What a curve shows of it."""
        return CurvePoint(
            at=self.snapshot.at,
            label=self.snapshot.label,
            hours_p50=self.figures.hours_p50,
            blocks_p50=self.figures.blocks_p50,
            covered_share=self.figures.covered_share,
            portability=self.figures.portability,
            marks=self.marks,
        )


@value
class Mover:
    """A component, or what belongs to none, whose hours changed over the whole history."""

    name: str
    first_p50: float
    last_p50: float


@value
class Trend:
    """The history of one codebase on one target, oldest point first."""

    codebase: str
    target: str
    mode: str
    steps: tuple[Step, ...]
    movers: tuple[Mover, ...]
    """Largest difference first."""
    churn_per_year: float | None
    """Findings that came, per year, as a share of those that stand; None when less than a month is covered."""
    notes: tuple[str, ...]
