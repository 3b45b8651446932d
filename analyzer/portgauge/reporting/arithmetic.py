"""The arithmetic of one component on show: from its total to blocks, lines, rules, places and sources.

Nothing is computed anew: hours come from the lines of the estimate, which add up to its total.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from portgauge.model.analysis import Analysis
from portgauge.model.base import value
from portgauge.model.estimate import Block, EstimateLine, Hours
from portgauge.model.finding import Site
from portgauge.model.rule import RuleNote, Source


@value
class RuleShare:
    """What one rule adds to a line."""

    rule_id: str
    title: str
    sites: tuple[Site, ...]
    """By path and line."""
    minutes_p50: float
    """Of all its sites in this line together."""
    sources: tuple[Source, ...]
    """Where the knowledge of the rule comes from; empty when the analysis carries no note on it."""


@value
class LineWalk:
    """One line of the estimate and the rules whose sites it prices; none for a fixed cost."""

    line: EstimateLine
    rules: tuple[RuleShare, ...]
    """Dearest first."""


@value
class BlockWalk:
    """One block with its lines, dearest first."""

    block: Block
    hours_p50: float
    lines: tuple[LineWalk, ...]


@value
class Walk:
    """The whole arithmetic of a component, or of the work on the codebase as a whole."""

    component: str | None
    """None for what belongs to no component: build, CI, libraries."""
    target: str
    mode: str
    hours_p50: float
    total: Hours | None
    """With its P90; None for the codebase as a whole, whose lines have no P90 together, and without an estimate."""
    grade: str
    blocks: tuple[BlockWalk, ...]
    """Only those that hold hours."""


def walk(analysis: Analysis, component: str | None) -> Walk:
    """Return the arithmetic of a component on the headline target in the headline mode."""
    target, mode = analysis.targets[0].id, analysis.settings.mode
    whole = analysis.estimate(target=target, mode=mode)
    lines = [line for line in whole.lines if line.component == component]
    own = next(
        (e for e in analysis.estimates if component and (e.target, e.mode, e.component) == (target, mode, component)),
        None,
    )
    sites = {finding.site.fingerprint: finding.site for finding in analysis.findings_for(target)}
    notes = {note.id: note for note in analysis.rules}
    blocks = (_block(block, lines, sites, notes) for block in Block)
    return Walk(
        component=component,
        target=target,
        mode=mode.value,
        hours_p50=sum(line.hours.p50 for line in lines),
        total=own.total if own else None,
        grade=own.grade if own else "",
        blocks=tuple(block for block in blocks if block.lines),
    )


def walks(analysis: Analysis) -> tuple[Walk, ...]:
    """Return the arithmetic of everything that has hours: the codebase as a whole, then the components in order."""
    names: tuple[str | None, ...] = (None, *(component.name for component in analysis.inventory.components))
    return tuple(found for name in names if (found := walk(analysis, name)).blocks)


def _block(
    block: Block, lines: Sequence[EstimateLine], sites: Mapping[str, Site], notes: Mapping[str, RuleNote]
) -> BlockWalk:
    own = [line for line in lines if line.block is block and line.hours.p50 > 0]
    ordered = sorted(own, key=lambda line: (-line.hours.p50, line.reason))
    return BlockWalk(
        block=block,
        hours_p50=sum(line.hours.p50 for line in own),
        lines=tuple(LineWalk(line=line, rules=_rules(line, sites, notes)) for line in ordered),
    )


def _rules(line: EstimateLine, sites: Mapping[str, Site], notes: Mapping[str, RuleNote]) -> tuple[RuleShare, ...]:
    by_rule: dict[str, list[Site]] = defaultdict(list)
    for fingerprint in line.fingerprints:
        if fingerprint in sites:
            by_rule[sites[fingerprint].rule_id].append(sites[fingerprint])
    shares = []
    for rule_id, found in by_rule.items():
        note = notes.get(rule_id)
        shares.append(
            RuleShare(
                rule_id=rule_id,
                title=note.title if note else rule_id,
                sites=tuple(sorted(found, key=lambda site: (str(site.path), site.location.line))),
                minutes_p50=line.minutes_each.p50 * line.units * len(found) / len(line.fingerprints),
                sources=note.sources if note else (),
            )
        )
    return tuple(sorted(shares, key=lambda share: (-share.minutes_p50, share.rule_id)))
