"""Residual lines as fewer findings are believed: what is gained in precision, and what it costs in recall."""

from collections.abc import Callable, Mapping, Sequence

from portgauge.model.base import value
from portgauge.model.finding import Finding
from portgauge.model.rule import Confidence, FailureMode, Severity

from .labels import LabelledFile
from .line_scores import LineScores, flagged_lines, score_programs

_SEVERE = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM)


def _is_about_results(finding: Finding) -> bool:
    return finding.failure_mode is not FailureMode.PERF


STEPS: tuple[tuple[str, Callable[[Finding], bool]], ...] = (
    ("every finding", lambda finding: True),
    ("confidence medium or high", lambda finding: finding.site.confidence is not Confidence.LOW),
    ("confidence high", lambda finding: finding.site.confidence is Confidence.HIGH),
    ("every finding but those about speed alone", _is_about_results),
    ("severity medium or more", lambda finding: finding.severity in _SEVERE),
    (
        "severity medium or more, but not about speed alone",
        lambda finding: finding.severity in _SEVERE and _is_about_results(finding),
    ),
    (
        "the same, confidence high",
        lambda finding: (
            finding.severity in _SEVERE and _is_about_results(finding) and finding.site.confidence is Confidence.HIGH
        ),
    ),
)
"""What is believed, and the test for it."""


@value
class CurvePoint:
    """The scores when only some findings are believed."""

    believed: str
    scores: LineScores


def curve(
    findings: Sequence[Finding], files: Sequence[LabelledFile], blank: Mapping[str, frozenset[int]]
) -> tuple[CurvePoint, ...]:
    """Return the scores for each of ``STEPS``."""
    return tuple(
        CurvePoint(
            believed=name,
            scores=LineScores(
                programs=score_programs(files, flagged_lines([f for f in findings if believe(f)]), blank)
            ),
        )
        for name, believe in STEPS
    )
