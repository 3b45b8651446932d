"""Where the hours are: each component on the headline target, in the headline mode."""

from collections import Counter
from collections.abc import Mapping, Sequence

from portgauge.model.analysis import Analysis, Verdict
from portgauge.model.base import value
from portgauge.model.component import Component
from portgauge.model.estimate import Block, Estimate, EstimateLine, Hours
from portgauge.reporting.rounding import hours_words
from portgauge.reporting.tally import component_by_file, open_findings


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
    """Classes of decision that this component waits for itself."""
    waits: bool
    """It, or something that it needs, waits for a decision."""


def component_summaries(analysis: Analysis, verdict: Verdict) -> tuple[ComponentSummary, ...]:
    """Return the components of the headline target: largest P50 first, the codebase as a whole last."""
    target, mode = analysis.targets[0].id, analysis.settings.mode
    whole = analysis.estimate(target=target, mode=mode)
    own = {
        e.component: e for e in analysis.estimates if (e.target, e.mode) == (target, mode) and e.component is not None
    }
    blockers = _blockers_by_component(analysis, verdict)
    waiting = _waiting(analysis.inventory.components, blockers)
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
            waits=component.name in waiting,
        )
        for order, component in enumerate(inventory.components, start=1)
    ]
    found.sort(key=lambda c: (-c.hours.p50, c.order))
    shared = tuple(line for line in whole.lines if line.component is None)
    return (*found, _codebase_as_a_whole(shared)) if shared else tuple(found)


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
        grade="E" if blockers else estimate.grade if estimate else "",
        hours=hours,
        words=hours_words(p50),
        blocks=_block_hours(lines),
        lines=lines,
        blockers=blockers,
        waits=waits,
    )


def _codebase_as_a_whole(lines: tuple[EstimateLine, ...]) -> ComponentSummary:
    p50 = sum(line.hours.p50 for line in lines)
    return ComponentSummary(
        name="the codebase as a whole",
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
        waits=False,
    )


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
