"""The two values that everything ends in: the inventory and the analysis."""

from datetime import date, datetime
from enum import StrEnum
from pathlib import PurePosixPath

from portgauge.model.acceptance import Acceptance
from portgauge.model.base import value
from portgauge.model.component import Component, Edge, LibraryUse, Reading, SourceFile, Standing
from portgauge.model.estimate import AccuracyFigure, AgentEffort, BlockerOption, Estimate, EstimateLine, Hours
from portgauge.model.finding import Finding, Site
from portgauge.model.kernel import Kernel
from portgauge.model.location import Define, Location
from portgauge.model.route import RouteEstimate
from portgauge.model.rule import Mode, RuleNote, Source
from portgauge.model.snapshot import CurvePoint
from portgauge.model.target import Target
from portgauge.model.what_if import WhatIf


class Stage(StrEnum):
    """Where in the pipeline something went wrong."""

    DISCOVERY = "discovery"
    PARSING = "parsing"
    MATCHING = "matching"
    GRAPH = "graph"


SUBMODULE_REASON = "submodule "
"""How the reason begins when the code of a submodule is not there."""


@value
class Problem:
    """Something that could not be read, parsed or matched; shown in every report."""

    path: PurePosixPath
    stage: Stage
    reason: str
    """One sentence, for a person: what was found, and what may be missing because of it."""

    @property
    def is_absent_submodule(self) -> bool:
        """Return whether it says that the code of a submodule is not there."""
        return self.stage is Stage.DISCOVERY and self.reason.startswith(SUBMODULE_REASON)


@value
class Coverage:
    """How much of the CUDA code was read. Shares are 0 to 1; 1 when there is no CUDA code."""

    cuda_bytes: int
    """Bytes of CUDA files that count (vendored and excluded files do not)."""
    read_bytes: int
    degraded_bytes: int
    vendored_bytes: int
    """Bytes of vendored C-family files that were left out."""

    @property
    def read_share(self) -> float:
        """Share of CUDA bytes that a parser or the lexer read."""
        return self.read_bytes / self.cuda_bytes if self.cuda_bytes else 1.0

    @property
    def degraded_share(self) -> float:
        """Share of CUDA bytes that were read with less certainty."""
        return self.degraded_bytes / self.cuda_bytes if self.cuda_bytes else 0.0


@value
class Inventory:
    """What one codebase holds at one revision. Knows no target and no price."""

    codebase: str
    revision: str | None
    """Commit id; None outside version control."""
    dirty: bool
    """The work tree differs from the revision."""
    files: tuple[SourceFile, ...]
    sites: tuple[Site, ...]
    """Sorted by path, line, column, rule id."""
    kernels: tuple[Kernel, ...]
    libraries: tuple[LibraryUse, ...]
    components: tuple[Component, ...]
    """In porting order."""
    edges: tuple[Edge, ...]
    looked_for: tuple[tuple[str, str], ...]
    """Rule table or rule id, and the digest of what it looks for."""
    not_looked_for: tuple[tuple[str, str], ...]
    """Subject and reason: what this version of the tool does not look for."""
    problems: tuple[Problem, ...]
    lines_changed_in_a_year: int | None = None
    """Lines added to CUDA files and removed from them in the year before the revision; None when no history tells."""
    defines: tuple[Define, ...] = ()
    """Macros that the codebase defines for one vendor only, as far as their conditions show."""
    unclaimed_launches: tuple[Location, ...] = ()
    """Launches that name no kernel of the codebase: pointers to functions, or kernels of other code."""

    @property
    def coverage(self) -> Coverage:
        """How much of the CUDA code was read."""
        counted = [f for f in self.files if f.is_cuda and f.reading not in (Reading.EXCLUDED, Reading.NOT_SUPPORTED)]
        read = [f for f in counted if f.reading is not Reading.NOT_READ]
        return Coverage(
            cuda_bytes=sum(f.byte_count for f in counted),
            read_bytes=sum(f.byte_count for f in read),
            degraded_bytes=sum(f.degraded_bytes for f in read),
            vendored_bytes=sum(
                f.byte_count for f in self.files if f.standing is Standing.VENDORED and f.reading is Reading.EXCLUDED
            ),
        )


class VerdictWord(StrEnum):
    """What the code is to a target."""

    ALREADY = "already"
    PORTABLE = "portable"
    BLOCKED = "blocked"
    UNCLEAR = "unclear"


@value
class Blocker:
    """A decision that no edit replaces: drop, replace or rewrite."""

    blocker_class: str
    title: str
    where: tuple[Location, ...]
    options: tuple[BlockerOption, ...]
    code_share: float = 0.0
    """0 to 1: of the CUDA code lines, those of files that hold a place that no layer covers."""
    kernel_share: float | None = None
    """0 to 1: of the kernels, those in such files or reaching functions of them on the device; None without kernels."""
    optional_behind: tuple[str, ...] = ()
    """Options of the build or macros without which none of these places is compiled; empty when one always is."""


@value
class Verdict:
    """What one target means for the codebase, with the reason in one sentence."""

    target: str
    word: VerdictWord
    grade: str
    """A to E; empty when withheld (too little read) or when nothing is to port."""
    portability: int | None
    """0 to 100: share of CUDA code lines in files that need no more than grade B; None without CUDA code."""
    blockers: tuple[Blocker, ...]
    obstacles: tuple[str, ...]
    why: str
    basis: str
    """How the verdict was reached, so that nobody takes a word search for more than it is."""


@value
class PortabilityLayer:
    """A portability layer or AMD path that the code already has."""

    id: str
    kind: str
    where: tuple[Location, ...]
    sites_covered: int


@value
class LibraryJudgement:
    """What one library becomes on AMD."""

    name: str
    title: str
    status: str
    """``twin``, ``near-twin``, ``rewrite``, ``none`` or ``unknown``."""
    group: str
    """What kind of thing it is: ``math``, ``framework``, ``container`` and so on."""
    hip_counterpart: str
    sycl_counterpart: str
    unsupported_symbols: tuple[str, ...]
    """Names that the code uses and that have no counterpart."""
    rewritten_symbols: tuple[str, ...]
    """Names whose counterpart has another interface, so that each call is written anew."""
    hours: Hours
    """Fixed cost in the headline mode; site prices are not in it."""
    basis: str
    note: str = ""
    """What else to know about the counterpart."""


@value
class Settings:
    """What the user asked for. ``given`` names the fields that were set, not defaulted."""

    targets: tuple[str, ...]
    rocm_version: str
    mode: Mode
    hours_per_day: float
    team: int
    rate: float | None
    """Money per hour; None when no rate was given, then no money is shown."""
    hot_kernels: int | str
    """How many kernels are tuned for speed, or a shell pattern that their names match."""
    tests: str
    """``yes``, ``no`` or ``auto``."""
    upstream: bool
    experience: str
    """``expert`` or ``first``."""
    include_vendored: bool
    given: tuple[str, ...]
    command: str
    """The command line, for the header of a report."""


class Withheld(StrEnum):
    """What an analysis holds no more, because it may leave the house."""

    SNIPPETS = "snippets"
    """The source lines around each site."""
    NAMES = "names"
    """Every text and name of the source: paths, matches, functions, macros; hashes stand for them."""


@value
class Analysis:
    """One inventory judged with one rulebook for the targets asked for."""

    inventory: Inventory
    targets: tuple[Target, ...]
    """The first is the one that headlines."""
    settings: Settings
    rulebook_digest: str
    knowledge_date: date
    """Of the oldest table that judged a finding of this analysis."""
    sources: tuple[Source, ...]
    tool_version: str
    analysed_at: datetime
    """UTC, timezone-aware."""
    layers: tuple[PortabilityLayer, ...]
    verdicts: tuple[Verdict, ...]
    """One per target."""
    findings: tuple[Finding, ...]
    """Per target, sorted as the sites."""
    libraries: tuple[LibraryJudgement, ...]
    estimates: tuple[Estimate, ...]
    """Per target and mode: the whole, then each component."""
    maintenance_hours_per_year: tuple[tuple[str, Hours], ...]
    """Way of maintaining, and its yearly cost."""
    assumptions: tuple[str, ...]
    component_portability: tuple[tuple[str, int | None], ...]
    """Component, and its portability on the headline target as in ``Verdict``."""
    agent: AgentEffort
    """On the headline target."""
    not_asked: tuple[EstimateLine, ...]
    """What is in no total, in the headline mode: what comments in the code ignore, and the price of one unit of what
    was not asked for."""
    accuracy: tuple[AccuracyFigure, ...]
    rules: tuple[RuleNote, ...] = ()
    """The rules that made a finding, sorted by id. A rule that is missing here shows its id and no category."""
    withheld: tuple[Withheld, ...] = ()
    routes: tuple[RouteEstimate, ...] = ()
    """The ways out of CUDA on the headline target: priced ones first, cheapest over three years first."""
    what_if: WhatIf | None = None
    """What the user asked to leave out; everything here is without it. None when the whole is analysed."""
    what_ifs: tuple[WhatIf, ...] = ()
    """What would be otherwise with something else asked for, one difference each, in the order asked for."""
    acceptance: Acceptance | None = None
    """What the scan was held against; None when nothing was."""
    history: tuple[CurvePoint, ...] = ()
    """What was recorded of the codebase for the headline target and mode, oldest first, with this scan as the last;
    empty when the scan was not recorded, or is the first."""

    def estimate(self, *, target: str, mode: Mode, component: str | None = None) -> Estimate:
        """Return one estimate.

        Raises:
            KeyError: If nothing was estimated for that target, mode and component.
        """
        for estimate in self.estimates:
            if (estimate.target, estimate.mode, estimate.component) == (target, mode, component):
                return estimate
        raise KeyError((target, mode, component))

    def verdict(self, target: str) -> Verdict:
        """Return the verdict for one target."""
        return next(verdict for verdict in self.verdicts if verdict.target == target)

    def findings_for(self, target: str) -> tuple[Finding, ...]:
        """Return the findings of one target, sorted as the sites."""
        return tuple(finding for finding in self.findings if finding.target == target)
