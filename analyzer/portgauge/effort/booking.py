"""One price per site: which finding of several at one place is paid for."""

from collections.abc import Iterable, Sequence

from portgauge.model.estimate import EffortClass
from portgauge.model.finding import Finding
from portgauge.model.rule import Mode
from portgauge.rulebook.effort_classes import EffortModel


def is_priced(finding: Finding, classes: EffortModel) -> bool:
    """Return whether a finding can cost anything: not covered, no part of a decision, and its class has a price."""
    return finding.covered_by is None and not finding.blocker and classes.classes[finding.effort_class].hipify.p50 > 0


def _start(finding: Finding) -> tuple[str, int, int]:
    location = finding.site.location
    return (str(location.path), location.line, location.column)


def _dearness(finding: Finding, effort: EffortModel) -> tuple[float, str, str]:
    price: EffortClass = effort.classes[finding.effort_class]
    return (price.minutes(Mode.HIPIFY).p50, finding.site.rule_id, finding.site.fingerprint)


def booked_findings(findings: Iterable[Finding], *, effort: EffortModel) -> tuple[Finding, ...]:
    """Return the findings that are paid for: of those that overlap in a file, the dearest in hipify mode.

    A mask inside a ballot inside an assignment is one edit, so it has one price.
    """
    priced = sorted((finding for finding in findings if is_priced(finding, effort)), key=_start)
    booked: list[Finding] = []
    group: list[Finding] = []
    reach: tuple[str, int, int] = ("", 0, 0)

    def close(members: Sequence[Finding]) -> None:
        if members:
            booked.append(max(members, key=lambda finding: _dearness(finding, effort)))

    for finding in priced:
        location = finding.site.location
        end = (str(location.path), location.end_line, location.end_column)
        if group and _start(finding) < reach:
            group.append(finding)
            reach = max(reach, end)
            continue
        close(group)
        group, reach = [finding], end
    close(group)
    return tuple(booked)
