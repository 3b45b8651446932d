"""One row for each finding and target, flattened: what JSON lines, CSV and the workbook hold.

The sum of ``minutes_p50`` over the headline target is the hours of those lines of its change
block that price findings.
"""

from collections.abc import Iterator
from typing import TypeAlias

from portgauge.model.analysis import Analysis
from portgauge.model.estimate import Minutes
from portgauge.model.finding import Finding
from portgauge.model.rounded import rounded_float
from portgauge.reporting.tally import JudgedSite, booked_minutes, judged_sites

COLUMNS = (
    "path", "line", "end_line", "column", "rule", "category", "match", "target", "severity", "failure_mode",
    "automation", "confidence", "minutes_p50", "component", "component_kind", "function", "guards",
    "covered_by", "fingerprint",
)  # fmt: skip

Cell: TypeAlias = str | int | float | None


def finding_rows(analysis: Analysis) -> Iterator[dict[str, Cell]]:
    """Yield the rows, ordered by place and then by target, each with ``COLUMNS`` as its keys."""
    mode = analysis.settings.mode
    booked = {target.id: booked_minutes(analysis.estimate(target=target.id, mode=mode)) for target in analysis.targets}
    kinds = {component.name: component.kind.value for component in analysis.inventory.components}
    nothing = Minutes(p50=0, p90=0)
    for judged in judged_sites(analysis):
        for finding in judged.findings:
            minutes = booked[finding.target].get(judged.site.fingerprint, nothing)
            yield _row(judged, finding, minutes=minutes, component_kind=kinds.get(judged.component))


def _row(judged: JudgedSite, finding: Finding, *, minutes: Minutes, component_kind: str | None) -> dict[str, Cell]:
    site = judged.site
    values: tuple[Cell, ...] = (
        str(site.path),
        site.location.line,
        site.location.end_line,
        site.location.column,
        site.rule_id,
        judged.category.value,
        site.match,
        finding.target,
        finding.severity.value,
        finding.failure_mode.value,
        finding.automation.value,
        site.confidence.value,
        rounded_float(minutes.p50),
        judged.component or None,
        component_kind,
        site.function,
        " && ".join(guard.text for guard in site.guards),
        finding.covered_by,
        site.fingerprint,
    )
    return dict(zip(COLUMNS, values, strict=True))
