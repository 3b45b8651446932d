"""SARIF 2.1.0, as the OASIS standard and GitHub's code scanning read it.

One result is one site, whatever the number of targets. Its level is that of the target on which
it is worst; the message names the severity on each. Code scanning takes 25,000 results of a run
and shows the worst 5,000, so results stand worst first and the rest is counted in a notification.
"""

import json
from collections.abc import Iterable, Sequence
from urllib.parse import quote_from_bytes

from portgauge.model.analysis import Analysis, Problem
from portgauge.model.finding import Site
from portgauge.model.rule import Confidence, RuleNote, Severity
from portgauge.reporting.json_parts import Json
from portgauge.reporting.plain_text import one_line, shortened, visible
from portgauge.reporting.rounding import counted
from portgauge.reporting.selection import Selection, select_sites, severities_words, telling_finding
from portgauge.reporting.summary import Summary, summarise
from portgauge.reporting.tally import JudgedSite, RuleGroup
from portgauge.reporting.texts import FAILURE_WORDS

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
RESULTS_AT_MOST = 25_000
NOTIFICATIONS_AT_MOST = 1_000
TAGS_AT_MOST = 20
MESSAGE_CHARACTERS = 900
ROOT = "%SRCROOT%"
LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.NONE: "note",
}
PRECISIONS = {Confidence.HIGH: "high", Confidence.MEDIUM: "medium", Confidence.LOW: "low"}
_PRECISION_RANK = ("low", "medium", "high")


def render(analysis: Analysis, *, show_automatic: bool = False) -> bytes:
    """Return one log with one run, UTF-8."""
    summary = summarise(analysis)
    selection = select_sites(summary, show_automatic=show_automatic)
    sites = selection.sites[:RESULTS_AT_MOST]
    groups = {group.rule_id: group for group in (*summary.automatic, *summary.attention)}
    shown_rules = sorted({site.site.rule_id for site in sites})
    rule_index = {rule: number for number, rule in enumerate(shown_rules)}
    run: dict[str, Json] = {
        "tool": {
            "driver": {
                "name": "portgauge",
                "version": analysis.tool_version,
                "rules": [_rule(groups[rule]) for rule in shown_rules],
                "notifications": [
                    {"id": name, "shortDescription": {"text": text}} for name, text in _NOTIFICATIONS.items()
                ],
            }
        },
        "automationDetails": {"id": f"portgauge/{summary.headline.target.id}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The folder that was scanned."}}},
        "invocations": [_invocation(analysis, selection)],
        "results": [_result(site, rule_index[site.site.rule_id]) for site in sites],
        "properties": _numbers(summary),
    }
    document: dict[str, Json] = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


_NOTIFICATIONS = {
    "problem/discovery": "A problem while files were looked for",
    "problem/parsing": "A problem while a file was parsed",
    "problem/matching": "A problem while rules were matched",
    "problem/graph": "A problem while components were made",
    "left-out": "Findings that this file does not hold",
}


def escaped(text: str) -> str:
    """Return text for a SARIF message, in which brackets make links and braces are placeholders."""
    plain = shortened(text, limit=MESSAGE_CHARACTERS)
    for character in "\\[]":
        plain = plain.replace(character, "\\" + character)
    return plain.replace("{", "{{").replace("}", "}}")


def _numbers(summary: Summary) -> dict[str, Json]:
    """Return the numbers that every report shows, for whoever reads the file without the others."""
    head = summary.headline
    return {
        "sentence": visible(summary.sentence),
        "grade": head.grade,
        "verdict": head.verdict.word.value,
        "hours_p50": head.effort.hours_p50,
        "hours_p90": head.effort.hours_p90,
        "kernels": summary.kernels,
        "sites": summary.sites,
        "severities": {
            each.target.id: {severity.value: count for severity, count in each.severities} for each in summary.targets
        },
    }


def _rule(group: RuleGroup) -> dict[str, Json]:
    note = group.note
    worst = group.sites[0].worst_severity
    precision = min((PRECISIONS[site.site.confidence] for site in group.sites), key=_PRECISION_RANK.index)
    why = note.why.strip() if note else ""
    text, markdown = _help(group, note)
    tags: list[Json] = ["cuda", "portability", group.category.value]
    return {
        "id": visible(group.rule_id),
        "shortDescription": {"text": visible(group.title)},
        "fullDescription": {"text": shortened(why or group.message, limit=1_000)},
        "help": {"text": text, "markdown": markdown},
        "defaultConfiguration": {"level": LEVELS[worst]},
        "properties": {
            "tags": tags[:TAGS_AT_MOST],
            "precision": precision,
            "problem.severity": {"error": "error", "warning": "warning", "note": "recommendation"}[LEVELS[worst]],
        },
    }


def _help(group: RuleGroup, note: RuleNote | None) -> tuple[str, str]:
    """Return what to know about a rule as text and as Markdown."""
    parts = [("", f"When it is left as it is: {FAILURE_WORDS[group.failure_mode]}.")]
    if note:
        parts += [
            (title, visible(text.strip()))
            for title, text in (
                ("Why", note.why),
                ("Instead", note.instead),
                ("A test must show", note.validate),
                ("Known to miss", note.not_found),
            )
            if text.strip()
        ]
        named = "; ".join(f"{source.title} ({source.url})" if source.url else source.title for source in note.sources)
        if named:
            parts.append(("Sources", visible(named)))
    text = "\n".join(f"{title}: {said}" if title else said for title, said in parts)
    markdown = "\n\n".join(f"**{title}.** {said}" if title else said for title, said in parts)
    return text, markdown


def _result(judged: JudgedSite, rule_index: int) -> dict[str, Json]:
    site = judged.site
    telling = telling_finding(judged)
    result: dict[str, Json] = {
        "ruleId": visible(site.rule_id),
        "ruleIndex": rule_index,
        "level": LEVELS[telling.severity],
        "message": {"text": f"{escaped(telling.message)} ({severities_words(judged)})"},
        "locations": [_location(site)],
        "partialFingerprints": {
            # Code scanning reads this key alone; its form is a hash, a colon and a count.
            "primaryLocationLineHash": f"{site.fingerprint}:1",
            "portgauge/v1": site.fingerprint,
        },
        "properties": {
            "component": visible(judged.component),
            "confidence": site.confidence.value,
            "targets": {
                finding.target: {
                    "severity": finding.severity.value,
                    "failure_mode": finding.failure_mode.value,
                    "automation": finding.automation.value,
                }
                for finding in judged.findings
            },
        },
    }
    return result


def address(path: object) -> str:
    """Return a path as a relative address; every byte that is not plain is percent-encoded."""
    return quote_from_bytes(str(path).encode("utf-8", errors="surrogateescape"), safe="/-_.~")


def _location(site: Site) -> dict[str, Json]:
    place = site.location
    found: dict[str, Json] = {
        "physicalLocation": {
            "artifactLocation": {"uri": address(place.path), "uriBaseId": ROOT},
            "region": {
                "startLine": place.line,
                "startColumn": place.column,
                "endLine": place.end_line,
                "endColumn": place.end_column,
            },
        }
    }
    if site.function:
        found["logicalLocations"] = [{"name": one_line(site.function), "kind": "function"}]
    return found


def _invocation(analysis: Analysis, selection: Selection) -> dict[str, Json]:
    made: dict[str, Json] = {
        "executionSuccessful": True,
        "endTimeUtc": analysis.analysed_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "toolExecutionNotifications": [*_left_out(analysis, selection), *_problems(analysis.inventory.problems)],
    }
    if analysis.settings.command:
        made["commandLine"] = visible(analysis.settings.command)
    return made


def _left_out(analysis: Analysis, selection: Selection) -> Iterable[Json]:
    sentences = []
    if selection.automatic_left_out:
        sentences.append(
            f"{counted(selection.automatic_left_out, 'site')} that HIPIFY writes, that the code handles or that "
            "stay as they are, are left out; --show automatic adds them."
        )
    if len(selection.sites) > RESULTS_AT_MOST:
        sentences.append(
            f"{len(selection.sites) - RESULTS_AT_MOST:,} less severe sites are left out: code scanning takes "
            f"{RESULTS_AT_MOST:,} results. The JSON holds them all."
        )
    if len(analysis.inventory.problems) > NOTIFICATIONS_AT_MOST:
        sentences.append(f"{len(analysis.inventory.problems) - NOTIFICATIONS_AT_MOST:,} more problems are in the JSON.")
    for text in sentences:
        yield {"descriptor": {"id": "left-out"}, "level": "note", "message": {"text": text}}


def _problems(problems: Sequence[Problem]) -> Iterable[Json]:
    for problem in problems[:NOTIFICATIONS_AT_MOST]:
        yield {
            "descriptor": {"id": f"problem/{problem.stage.value}"},
            "level": "warning",
            "message": {"text": escaped(problem.reason)},
            "locations": [
                {"physicalLocation": {"artifactLocation": {"uri": address(problem.path), "uriBaseId": ROOT}}}
            ],
        }
