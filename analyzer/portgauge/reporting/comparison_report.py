"""A comparison as text for a terminal, as Markdown for a pull request, and as JSON for programs."""

import json
from collections.abc import Iterable, Sequence

from portgauge.model.comparison import Cause, Change, Comparison, ComponentHours, Side, SiteChange
from portgauge.model.finding import Finding, Site
from portgauge.model.rule import Severity
from portgauge.reporting.plain_text import one_line, shortened, shortened_path
from portgauge.reporting.rounding import compared_words, counted, hours_words, number_words

SCHEMA_VERSION = "1.1.0"
_SHOWN = 12
_COMPONENTS_SHOWN = 8
_CAUSE_WORDS = {
    Cause.CODE: "the code changed",
    Cause.KNOWLEDGE: "the rulebook changed",
    Cause.TOOL: "portgauge changed",
    Cause.SETTINGS: "something else was asked for",
    Cause.NOT_COMPARABLE: "not comparable",
}
_RANK = {severity: number for number, severity in enumerate(Severity)}
_DIGITS = 6
_EXACT_BELOW_HOURS = 10.0
"""A difference below this shows a tenth of an hour, as a gate does."""


def signed_hours(hours: float) -> str:
    """Return a difference of hours: ``+8 h``, ``-3 h``, ``0 h``."""
    if abs(hours) < 0.05:
        return "0 h"
    size = abs(hours)
    words = f"{number_words(round(size, 1))} h" if size < _EXACT_BELOW_HOURS else hours_words(size)
    return f"{'+' if hours > 0 else '-'}{words}"


def headline(comparison: Comparison) -> str:
    """Return the whole comparison in one sentence."""
    old, new = comparison.old, comparison.new
    if comparison.is_empty:
        return f"Nothing differs: {hours_words(new.hours_p50)} for {comparison.target}, as before."
    came = comparison.count(Change.ADDED, Cause.CODE, only_needing=True)
    went = comparison.count(Change.FIXED, Cause.CODE, only_needing=True)
    before, now = compared_words(old.hours_p50, new.hours_p50)
    return (
        f"{before} before, {now} now for {comparison.target}; the code's "
        f"part of that is {signed_hours(comparison.hours_of(Cause.CODE))}, with {counted(came, 'finding')} that "
        f"{'needs' if came == 1 else 'need'} somebody added and {went:,} fixed."
    )


def _side_words(side: Side) -> str:
    revision = f" at {side.revision[:12]}{' with changes' if side.dirty else ''}" if side.revision else ""
    grade = f"grade {side.grade}" if side.grade else "no grade"
    return (
        f"{one_line(side.name)}: {one_line(side.codebase)}{revision}, {counted(side.sites, 'site')}, "
        f"{side.verdict}, {grade}, {hours_words(side.hours_p50)} (9 in 10 under {hours_words(side.hours_p90)})"
    )


def _worst(change: SiteChange) -> Finding | None:
    judged = change.new_findings or change.old_findings
    return min(judged, key=lambda finding: _RANK[finding.severity]) if judged else None


def _is_shown(change: SiteChange) -> bool:
    """Return whether a change is worth a line: it needs somebody on some target, before or after."""
    if change.old is not None and change.new is not None and change.change is Change.MOVED:
        # With its file: the file is renamed, which is said once.
        is_with_file = change.old.function == change.new.function and change.old.path.name == change.new.path.name
        if is_with_file:
            return False
    return change.needs_somebody


def worst_first(changes: Iterable[SiteChange]) -> list[SiteChange]:
    """Return the changes that need somebody, worst first."""
    return sorted(
        filter(_is_shown, changes),
        key=lambda change: (
            _RANK[found.severity] if (found := _worst(change)) else len(_RANK),
            str(change.site.path),
            change.site.location.line,
        ),
    )


def _words_of(change: SiteChange) -> str:
    site = change.site
    place = f"{shortened_path(str(site.path), limit=60)}:{site.location.line}"
    found = _worst(change)
    severity = found.severity.value if found else "not judged"
    text = f"{severity:8} {place}  {site.rule_id}  {shortened(site.match, limit=50)}"
    if change.change is Change.MOVED and change.old is not None:
        text += f"  (was {shortened_path(str(change.old.path), limit=50)}:{change.old.location.line})"
    if change.change is Change.REJUDGED and change.old_findings and change.new_findings:
        before, after = _worst_pair(change)
        text += f"  (was {before})" if before != after else f"  ({change.why})"
    return text


def _worst_pair(change: SiteChange) -> tuple[str, str]:
    def worst(findings: Sequence[Finding]) -> str:
        finding = min(findings, key=lambda each: _RANK[each.severity])
        return "covered" if finding.covered_by else finding.severity.value

    return worst(change.old_findings), worst(change.new_findings)


def _components(comparison: Comparison) -> list[tuple[str, str, str, str]]:
    def cells(component: ComponentHours) -> tuple[str, str]:
        old, new = component.old_p50, component.new_p50
        if old is None or new is None:
            return "-" if old is None else hours_words(old), "-" if new is None else hours_words(new)
        return compared_words(old, new)

    def why(component: ComponentHours) -> str:
        parts = [f"{_CAUSE_WORDS[each.cause]} {signed_hours(each.hours_p50)}" for each in component.causes]
        return ", ".join(parts)

    return [
        (_name_of(component), *cells(component), why(component))
        for component in comparison.components[:_COMPONENTS_SHOWN]
    ]


def _name_of(component: ComponentHours) -> str:
    was = f" (was {shortened(component.was, limit=40)})" if component.was else ""
    return shortened(component.name, limit=40) + was


def _counts(comparison: Comparison) -> str:
    parts, needing = [], []
    for change in Change:
        needing.append(f"{comparison.count(change, only_needing=True):,} {change.value}")
        by_cause = [
            f"{comparison.count(change, cause):,} {_CAUSE_WORDS[cause]}"
            for cause in Cause
            if comparison.count(change, cause)
        ]
        why = f" ({'; '.join(by_cause)})" if by_cause and change is not Change.MOVED else ""
        parts.append(f"{comparison.count(change):,} {change.value}{why}")
    return (
        f"Findings that need somebody, as a baseline counts them: {', '.join(needing)}. "
        f"All findings, with those that cost nothing: {', '.join(parts)}; {comparison.unchanged_sites:,} as before."
    )


def _causes(comparison: Comparison) -> str:
    parts = [f"{_CAUSE_WORDS[each.cause]} {signed_hours(each.hours_p50)}" for each in comparison.causes]
    return "Hours: " + "; ".join(parts) + "."


def comparison_text(comparison: Comparison) -> str:
    """Return one screen about a comparison."""
    lines = [headline(comparison), "", f"Old  {_side_words(comparison.old)}", f"New  {_side_words(comparison.new)}", ""]
    lines += [_causes(comparison), _counts(comparison)]
    lines += [one_line(note) for note in comparison.notes]
    components = _components(comparison)
    if components:
        widths = [max(len(row[column]) for row in components) for column in range(3)]
        lines += ["", "Hours by component, before and now:"]
        lines += [f"  {n:{widths[0]}}  {b:>{widths[1]}}  {a:>{widths[2]}}  {why}" for n, b, a, why in components]
        left = len(comparison.components) - len(components)
        lines += [f"  and {counted(left, 'more component')}"] if left else []
    for change in Change:
        shown = worst_first(each for each in comparison.changes if each.change is change)
        if shown:
            lines += ["", f"{change.value.capitalize()}, worst first:"]
            lines += [f"  {_words_of(each)}" for each in shown[:_SHOWN]]
            left = len(shown) - _SHOWN
            lines += [f"  and {left:,} more"] if left > 0 else []
    if comparison.renames:
        lines += ["", f"{counted(len(comparison.renames), 'file')} renamed."]
    return "\n".join(lines)


def comparison_markdown(comparison: Comparison) -> bytes:
    """Return a comparison for a pull request; text of the code is shown as code and can neither link nor mention."""
    lines = [f"**portgauge**: {_escaped(headline(comparison))}", "", _escaped(_causes(comparison)), ""]
    lines += [_escaped(_counts(comparison)), ""]
    lines += [f"> {_escaped(note)}" for note in comparison.notes]
    components = _components(comparison)
    if components:
        lines += ["", "| component | before | now | why |", "|---|---:|---:|---|"]
        lines += [f"| {_code(n)} | {b} | {a} | {_escaped(why)} |" for n, b, a, why in components]
    for change in Change:
        shown = worst_first(each for each in comparison.changes if each.change is change)
        if shown:
            lines += ["", f"{change.value.capitalize()}, worst first:", ""]
            lines += [f"- {_code(_words_of(each))}" for each in shown[:_SHOWN]]
            left = len(shown) - _SHOWN
            lines += [f"- and {left:,} more"] if left > 0 else []
    return ("\n".join(lines) + "\n").encode("utf-8", "backslashreplace")


def _escaped(text: str) -> str:
    return "".join(f"\\{mark}" if mark in "\\`*_[]<>|#@!~" else mark for mark in one_line(text))


def _code(text: str) -> str:
    return "`" + one_line(text).replace("`", "'").replace("|", "¦") + "`"


def comparison_json(comparison: Comparison) -> bytes:
    """Return a comparison as UTF-8 JSON with one trailing newline."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "kind": "comparison",
        "summary": headline(comparison),
        "old": _side(comparison.old),
        "new": _side(comparison.new),
        "target": comparison.target,
        "targets": list(comparison.targets),
        "mode": comparison.mode.value,
        "notes": list(comparison.notes),
        "hours_by_cause": {each.cause.value: round(each.hours_p50, _DIGITS) for each in comparison.causes},
        "counts": {
            change.value: {cause.value: comparison.count(change, cause) for cause in Cause} for change in Change
        },
        "counts_needing_somebody": {
            change.value: {cause.value: comparison.count(change, cause, only_needing=True) for cause in Cause}
            for change in Change
        },
        "unchanged_sites": comparison.unchanged_sites,
        "renames": dict(comparison.renames),
        "components": [_component(component) for component in comparison.components],
        "changes": [_change(change) for change in comparison.changes],
    }
    text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
    return (text + "\n").encode("utf-8", errors="backslashreplace")


def _side(side: Side) -> dict[str, object]:
    return {
        "name": side.name,
        "codebase": side.codebase,
        "revision": side.revision,
        "dirty": side.dirty,
        "analysed_at": side.analysed_at.isoformat(),
        "tool_version": side.tool_version,
        "rulebook_digest": side.rulebook_digest,
        "knowledge_date": side.knowledge_date.isoformat(),
        "sites": side.sites,
        "hours": {"p50": round(side.hours_p50, _DIGITS), "p90": round(side.hours_p90, _DIGITS)},
        "grade": side.grade,
        "verdict": side.verdict,
        "portability": side.portability,
    }


def _component(component: ComponentHours) -> dict[str, object]:
    return {
        "name": component.name,
        "was": component.was or None,
        "old_p50": component.old_p50 if component.old_p50 is None else round(component.old_p50, _DIGITS),
        "new_p50": component.new_p50 if component.new_p50 is None else round(component.new_p50, _DIGITS),
        "hours_by_cause": {each.cause.value: round(each.hours_p50, _DIGITS) for each in component.causes},
    }


def _change(change: SiteChange) -> dict[str, object]:
    return {
        "change": change.change.value,
        "cause": change.cause.value,
        "why": change.why,
        "rule": change.site.rule_id,
        "match": change.site.match,
        "old": _site(change.old, change.old_findings),
        "new": _site(change.new, change.new_findings),
    }


def _site(site: Site | None, findings: Sequence[Finding]) -> dict[str, object] | None:
    if site is None:
        return None
    return {
        "fingerprint": site.fingerprint,
        "path": str(site.path),
        "line": site.location.line,
        "function": site.function,
        "targets": {
            finding.target: {
                "severity": finding.severity.value,
                "failure_mode": finding.failure_mode.value,
                "automation": finding.automation.value,
                "effort_class": finding.effort_class,
                "blocker": finding.blocker,
                "covered_by": finding.covered_by,
            }
            for finding in findings
        },
    }
