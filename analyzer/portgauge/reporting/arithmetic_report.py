"""The arithmetic of one component on the terminal, so that a person can add it up."""

from collections.abc import Iterator

from portgauge.errors import UserError
from portgauge.model.analysis import Analysis
from portgauge.reporting.arithmetic import BlockWalk, LineWalk, RuleShare, Walk, walk
from portgauge.reporting.plain_text import one_line
from portgauge.reporting.rounding import counted, exact_hours_words, minutes_words
from portgauge.reporting.texts import BLOCK_WORDS, GRADE_WORDS

PLACES_SHOWN = 5
NAMES_SHOWN = 5
CODEBASE = "codebase"
"""What a user writes for the work that belongs to no component."""


def arithmetic_text(analysis: Analysis, component: str) -> str:
    """Return the walk from the total of a component to block, line, rule, place and source.

    Raises:
        UserError: If there is no such component.
    """
    names = [each.name for each in analysis.inventory.components]
    if component not in (*names, CODEBASE):
        raise UserError(
            f"--explain-estimate is {component!r}, which is no component; there are: "
            f"{CODEBASE} (what belongs to no component), {_some(names)}"
        )
    found = walk(analysis, component if component in names else None)
    return "".join(f"{_safe(line)}\n" for line in _lines(analysis, found))


def _safe(line: str) -> str:
    """Return a line without anything that a terminal would obey; its indentation stays."""
    return " " * (len(line) - len(line.lstrip(" "))) + one_line(line)


def _some(names: list[str]) -> str:
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return ", ".join(names[:NAMES_SHOWN]) + more


def _lines(analysis: Analysis, found: Walk) -> Iterator[str]:
    name = found.component or "the codebase as a whole (what belongs to no component)"
    yield f"{name} on {found.target}, way of working {found.mode}"
    p90 = f", 9 in 10 under {exact_hours_words(found.total.p90)}" if found.total else ""
    yield f"{exact_hours_words(found.hours_p50)} P50{p90}" + (
        f"; grade {found.grade}: {GRADE_WORDS[found.grade]}" if found.grade else ""
    )
    if not found.blocks:
        yield "Nothing is priced here."
    for block in found.blocks:
        yield from _block(block)
    if found.blocks:
        added = " + ".join(f"{exact_hours_words(block.hours_p50)} {block.block.value}" for block in found.blocks)
        yield f"{added} = {exact_hours_words(found.hours_p50)}"
        yield "P90s are not added: not all parts go badly at once (rules/effort.yaml, combination)."
    for sentence in analysis.assumptions:
        yield f"Assumed: {sentence}"


def _block(block: BlockWalk) -> Iterator[str]:
    yield ""
    yield f"{block.block.value}, {BLOCK_WORDS[block.block]}: {exact_hours_words(block.hours_p50)}"
    for line in block.lines:
        yield from _line(line)


def _line(found: LineWalk) -> Iterator[str]:
    line = found.line
    each = minutes_words(line.minutes_each.p50)
    yield f"  {exact_hours_words(line.hours.p50)} = {line.units:,} x {each}: {line.reason} [{line.effort_class}]"
    yield f"    basis: {line.basis}"
    for share in found.rules:
        yield from _rule(share)


def _rule(share: RuleShare) -> Iterator[str]:
    yield f"    {minutes_words(share.minutes_p50)}: {share.rule_id}, {counted(len(share.sites), 'place')}"
    for site in share.sites[:PLACES_SHOWN]:
        yield f"      {site.path}:{site.location.line}: {site.match}"
    if len(share.sites) > PLACES_SHOWN:
        yield f"      and {len(share.sites) - PLACES_SHOWN:,} more, in the JSON"
    for source in share.sources:
        read = f", read {source.retrieved}" if source.retrieved else ""
        yield f"      source: {source.title}{read}" + (f" <{source.url}>" if source.url else "")
