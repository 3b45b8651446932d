"""Where the hours are: each component on the headline target, in the headline mode."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from portgauge.model.analysis import Analysis, Verdict, VerdictWord
from portgauge.model.base import value
from portgauge.model.component import Component
from portgauge.model.estimate import CODEBASE_AS_A_WHOLE, Block, Estimate, EstimateLine, Hours
from portgauge.reporting.rounding import hours_words
from portgauge.reporting.tally import component_by_file, open_findings

LARGEST_NAMED = 4


@value
class ComponentSummary:
    """One component on the headline target in the headline mode."""

    name: str
    component: Component | None
    """None for the work on the codebase as a whole."""
    order: int
    """1-based place in the porting order; 0 for the codebase as a whole."""
    kernels: int
    code_lines: int
    sites: int
    grade: str
    hours: Hours
    words: str
    blocks: tuple[tuple[Block, float], ...]
    """Every block and its P50 hours."""
    lines: tuple[EstimateLine, ...]
    blockers: tuple[str, ...]
    """Classes of decision that this component holds places of."""
    decisions: tuple[str, ...]
    """Their titles."""
    waits: bool
    """It, or something that it needs, waits for a decision; False when the port can do without these places."""
    detail: str
    """What the largest hours are for; only for the codebase as a whole."""

    @property
    def has_work(self) -> bool:
        """It has hours, or places that wait for a decision."""
        return self.hours.p50 > 0 or bool(self.blockers)

    @property
    def decision_words(self) -> str:
        """What a decision means for it."""
        if self.decisions:
            return ", ".join(self.decisions) + ("" if self.waits else " (can be left out)")
        return "a part that it needs" if self.waits else "none"


@value
class Step:
    """Components with work that can be ported side by side."""

    number: int
    """From 1, without the waves that hold no work."""
    components: tuple[ComponentSummary, ...]
    """In porting order."""


def component_summaries(analysis: Analysis, verdict: Verdict) -> tuple[ComponentSummary, ...]:
    """Return the components of the headline target and the codebase as a whole: largest P50 first."""
    target, mode = analysis.targets[0].id, analysis.settings.mode
    whole = analysis.estimate(target=target, mode=mode)
    own = {
        e.component: e for e in analysis.estimates if (e.target, e.mode) == (target, mode) and e.component is not None
    }
    blockers = _blockers_by_component(analysis, verdict)
    waiting = _waiting(analysis.inventory.components, blockers) if is_stuck(verdict) else set()
    titles = {blocker.blocker_class: blocker.title for blocker in verdict.blockers}
    inventory = analysis.inventory
    lines_of_code = {file.path: file.code_lines for file in inventory.files}
    kernels = Counter(kernel.location.path for kernel in inventory.kernels)
    sites = Counter(site.path for site in inventory.sites)
    found = [
        _component_summary(
            component,
            kernels=sum(kernels[path] for path in component.files),
            code_lines=sum(lines_of_code.get(path, 0) for path in component.files),
            sites=sum(sites[path] for path in component.files),
            order=order,
            estimate=own.get(component.name),
            lines=tuple(line for line in whole.lines if line.component == component.name),
            blockers=blockers[component.name],
            decisions=tuple(titles.get(name, name) for name in blockers[component.name]),
            waits=component.name in waiting,
        )
        for order, component in enumerate(inventory.components, start=1)
    ]
    shared = tuple(line for line in whole.lines if line.component is None)
    if shared:
        found.append(_codebase_as_a_whole(shared))
    # At the same hours a component stands before the whole, whose order is 0.
    return tuple(sorted(found, key=lambda c: (-c.hours.p50, c.component is None, c.order)))


def is_stuck(verdict: Verdict) -> bool:
    """Return whether the port waits for the open decisions; else their places can be left out."""
    return bool(verdict.blockers) and verdict.word in (VerdictWord.BLOCKED, VerdictWord.UNCLEAR)


def porting_steps(components: Iterable[ComponentSummary]) -> tuple[Step, ...]:
    """Return the components with work, in the order in which they can be ported."""
    found: dict[int, list[ComponentSummary]] = defaultdict(list)
    for part in sorted(components, key=lambda each: each.order):
        if part.component is not None and part.has_work:
            found[part.component.wave].append(part)
    return tuple(Step(number=n, components=tuple(found[wave])) for n, wave in enumerate(sorted(found), start=1))


def _component_summary(
    component: Component,
    *,
    kernels: int,
    code_lines: int,
    sites: int,
    order: int,
    estimate: Estimate | None,
    lines: tuple[EstimateLine, ...],
    blockers: tuple[str, ...],
    decisions: tuple[str, ...],
    waits: bool,
) -> ComponentSummary:
    p50 = sum(line.hours.p50 for line in lines)
    hours = Hours(p50=p50, p90=max(p50, estimate.total.p90 if estimate else p50))
    return ComponentSummary(
        name=component.name,
        component=component,
        order=order,
        kernels=kernels,
        code_lines=code_lines,
        sites=sites,
        grade="E" if blockers and waits else estimate.grade if estimate else "",
        hours=hours,
        words=hours_words(p50),
        blocks=_block_hours(lines),
        lines=lines,
        blockers=blockers,
        decisions=decisions,
        waits=waits,
        detail="",
    )


def _codebase_as_a_whole(lines: tuple[EstimateLine, ...]) -> ComponentSummary:
    p50 = sum(line.hours.p50 for line in lines)
    return ComponentSummary(
        name=CODEBASE_AS_A_WHOLE,
        component=None,
        order=0,
        kernels=0,
        code_lines=0,
        sites=0,
        grade="",
        # No P90 of its own: the lines here are of different kinds, and P90s do not add.
        hours=Hours(p50=p50, p90=p50),
        words=hours_words(p50),
        blocks=_block_hours(lines),
        lines=lines,
        blockers=(),
        decisions=(),
        waits=False,
        detail=_largest(lines),
    )


def _largest(lines: Sequence[EstimateLine]) -> str:
    ordered = sorted((line for line in lines if line.hours.p50 > 0), key=lambda line: -line.hours.p50)
    # What follows a comma in a reason is how often or why, which the arithmetic shows.
    named = [f"{line.reason.partition(',')[0]} {hours_words(line.hours.p50)}" for line in ordered[:LARGEST_NAMED]]
    rest = ["and less"] if len(ordered) > LARGEST_NAMED else []
    return ", ".join(named + rest)


def _block_hours(lines: Sequence[EstimateLine]) -> tuple[tuple[Block, float], ...]:
    return tuple((block, sum(line.hours.p50 for line in lines if line.block is block)) for block in Block)


def _blockers_by_component(analysis: Analysis, verdict: Verdict) -> dict[str, tuple[str, ...]]:
    owner = component_by_file(analysis.inventory)
    classes: dict[str, set[str]] = {component.name: set() for component in analysis.inventory.components}
    places = [(b.blocker_class, location.path) for b in verdict.blockers for location in b.where]
    places += [(f.blocker, f.site.path) for f in open_findings(analysis.findings_for(verdict.target)) if f.blocker]
    for blocker_class, path in places:
        if path in owner:
            classes[owner[path]].add(blocker_class)
    return {name: tuple(sorted(found)) for name, found in classes.items()}


def _waiting(components: Sequence[Component], blockers: Mapping[str, tuple[str, ...]]) -> set[str]:
    """Return the components that wait for a decision; ``components`` are in porting order."""
    waiting: set[str] = set()
    for component in components:
        if blockers[component.name] or waiting.intersection(component.depends_on):
            waiting.add(component.name)
    return waiting
