"""Findings that comments in the code ask to ignore: they cost nothing, and what they would cost is shown.

A comment that ignores nothing any more, or whose day has passed, is itself a finding: it hides what nobody looks at.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from portgauge.model.estimate import Block, Estimate, EstimateLine, Hours, Minutes
from portgauge.model.finding import IGNORED, Finding, Site
from portgauge.model.rule import Automation, FailureMode, Mode, Severity

_FACT = "ignores"
"""The fact that only the comments' own sites have."""


def apply_ignores(findings: Sequence[Finding], *, today: date) -> tuple[Finding, ...]:
    """Return the findings with those marked that a comment ignores, and with the comments that ignore nothing."""
    comments: dict[str, list[Site]] = defaultdict(list)
    for finding in findings:
        if _is_followed(finding.site):
            comments[str(finding.site.path)].append(finding.site)
    if not comments:
        return tuple(findings)
    used: set[str] = set()
    for finding in findings:
        used.update(each.fingerprint for each in _about(finding, comments))
    return tuple(_judged(finding, comments, used=used, today=today) for finding in findings)


def _is_followed(site: Site) -> bool:
    return site.fact(_FACT) is not None and site.fact("state") == "stated"


def _judged(finding: Finding, comments: Mapping[str, Sequence[Site]], *, used: set[str], today: date) -> Finding:
    site = finding.site
    if _is_followed(site):
        if _is_expired(site, today):
            return _asks(
                finding, f"This comment has expired on {site.fact('until')}, and what it ignored counts again."
            )
        if site.fingerprint not in used:
            return _asks(
                finding, f"This comment ignores nothing: no finding of {site.fact(_FACT)} is there. Remove it."
            )
        return finding
    if finding.covered_by is not None:
        return finding
    for comment in _about(finding, comments):
        if not _is_expired(comment, today):
            return replace(finding, covered_by=f"{IGNORED}{comment.fact('reason')}")
    return finding


def _asks(finding: Finding, message: str) -> Finding:
    return replace(
        finding,
        message=message,
        severity=Severity.LOW,
        failure_mode=FailureMode.NONE,
        automation=Automation.ASSISTED,
    )


def _is_expired(comment: Site, today: date) -> bool:
    until = str(comment.fact("until") or "")
    return bool(until) and date.fromisoformat(until) < today


def _about(finding: Finding, comments: Mapping[str, Sequence[Site]]) -> list[Site]:
    """Return the comments that are about a finding."""
    location = finding.site.location
    if finding.site.fact(_FACT) is not None:
        return []
    return [
        comment
        for comment in comments.get(str(location.path), ())
        if location.line <= int(comment.fact("about_line") or 0) <= location.end_line
        and any(_fits(finding.site.rule_id, pattern) for pattern in str(comment.fact(_FACT)).split())
    ]


def _fits(rule_id: str, pattern: str) -> bool:
    return rule_id == pattern or (pattern.endswith("/*") and rule_id.startswith(pattern[:-1]))


def ignored_line(
    findings: Iterable[Finding], *, target: str, mode: Mode, counted: Sequence[Estimate], with_all: Sequence[Estimate]
) -> tuple[EstimateLine, ...]:
    """Return what the ignored findings would cost, as one line; nothing when none is ignored.

    Args:
        findings: Of all targets.
        target: The headline target.
        mode: The headline mode.
        counted: The estimates as they stand.
        with_all: The estimates as if nothing were ignored.
    """
    count = sum(finding.is_ignored for finding in findings if finding.target == target)
    if not count:
        return ()
    before, after = (
        next(e.total for e in estimates if (e.target, e.mode, e.component) == (target, mode, None))
        for estimates in (with_all, counted)
    )
    p50 = max(0.0, before.p50 - after.p50)
    hours = Hours(p50=p50, p90=max(p50, before.p90 - after.p90))
    words = (
        "1 finding that a comment in the code ignores"
        if count == 1
        else f"{count:,} findings that comments in the code ignore"
    )
    return (
        EstimateLine(
            component=None,
            block=Block.CHANGE,
            effort_class="ignored",
            reason=words,
            units=count,
            minutes_each=Minutes(p50=hours.p50 * 60 / count, p90=hours.p90 * 60 / count),
            hours=hours,
            basis="judgement: the estimate with these findings, less the estimate without them",
            grade="",
            fingerprints=tuple(
                finding.site.fingerprint for finding in findings if finding.target == target and finding.is_ignored
            ),
        ),
    )
