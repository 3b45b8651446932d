"""One build, one price: what of the build signals the fixed price of porting the build already holds."""

from collections.abc import Sequence
from dataclasses import replace

from portgauge.model.finding import Finding
from portgauge.model.rule import Mode
from portgauge.rulebook.rulebook import Rulebook

COVERED_CLASS = "with-build"
_SCRIPTS = frozenset({"shell", "docker", "ci", "yaml"})
"""Formats that serve whatever builds the project, and are no build system of their own."""


def price_one_build(findings: Sequence[Finding], *, rulebook: Rulebook) -> tuple[Finding, ...]:
    """Return the findings; those about the codebase's first build system, and scripts around it, cost nothing more.

    The first build system is the one that asks for most work: the estimate has a fixed price for porting one. What
    another build system beside it asks for keeps its own price.
    """
    prices = rulebook.effort.classes
    work = {rule_id for rule_id in {finding.site.rule_id for finding in findings} if _is_build_work(rule_id, rulebook)}
    asked: dict[str, dict[str, float]] = {}
    for finding in findings:
        if finding.site.rule_id in work:
            minutes = prices[finding.effort_class].minutes(Mode.HIPIFY).p50
            asked.setdefault(_system(finding), {})[finding.site.rule_id] = minutes
    systems = sorted(asked.keys() - _SCRIPTS, key=lambda name: (-sum(asked[name].values()), name))
    covered = _SCRIPTS | set(systems[:1])
    return tuple(
        replace(finding, effort_class=COVERED_CLASS)
        if finding.site.rule_id in work and _system(finding) in covered
        else finding
        for finding in findings
    )


def _system(finding: Finding) -> str:
    return str(finding.site.fact("format") or "")


def _is_build_work(rule_id: str, rulebook: Rulebook) -> bool:
    table_name, _, key = rule_id.partition("/")
    table = rulebook.tables.get(table_name)
    if table is None or table.kind != "build" or key not in table.index:
        return False
    return table.rows[table.index[key]][table.columns.index("price")] == "build"
