"""The work packages as Markdown for people and coding agents, as CSV for trackers, and as JSON."""

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from portgauge.model.analysis import Analysis
from portgauge.model.base import value
from portgauge.model.finding import Finding
from portgauge.model.rule import Automation, Mode, RuleNote
from portgauge.planning.packages import work_packages
from portgauge.planning.texts import KPIS
from portgauge.planning.work import PackageFile, WorkPackage
from portgauge.reporting.json_parts import Json, range_object
from portgauge.reporting.plain_text import one_line
from portgauge.reporting.rounding import ceiling_words, counted, hours_words
from portgauge.reporting.texts import FAILURE_WORDS, MODE_SHORT

_SPAN = re.compile(r"((?<!`)`(?!`)[^`]+(?<!`)`(?!`))")
_PLACES_AT_MOST = 60
"""Of one rule in one package; the JSON has all."""
_LINES_AT_MOST = 40
_FILES_AT_MOST = 80
_CELL_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet runs a cell that starts so."""


def plan_markdown(analysis: Analysis) -> str:
    """Return the plan as Markdown; each package can be read without the others."""
    packages = work_packages(analysis)
    if not packages:
        return f"# {_text(analysis.inventory.codebase)}: nothing to port\n"
    notes = {note.id: note for note in analysis.rules}
    titles = {package.id: package.title for package in packages}
    lines = [f"# Plan: {_text(analysis.inventory.codebase)} for {_gpus(analysis)}", ""]
    lines += ["| package | after | P50 | title |", "|---|---|---|---|"]
    for package in packages:
        after = ", ".join(package.depends_on) or "–"
        hours = _hours(package, analysis.settings.mode)
        lines.append(f"| {package.id} | {after} | {hours} | {_text(package.title)} |")
    for package in packages:
        lines += ["", "---", "", *_package(package, analysis, notes, titles)]
    return "\n".join(lines) + "\n"


def _package(
    package: WorkPackage, analysis: Analysis, notes: Mapping[str, RuleNote], titles: Mapping[str, str]
) -> Iterator[str]:
    settings = analysis.settings
    revision = analysis.inventory.revision or "revision not known"
    yield f"## {package.id}: {_text(package.title)}"
    yield ""
    yield (
        f"Part of the port of {_text(analysis.inventory.codebase)} ({_text(revision)}) from CUDA to {_gpus(analysis)}, "
        f"ROCm {_text(settings.rocm_version)}. Paths are relative to the root of the code."
    )
    yield ""
    yield f"**Goal.** {_text(package.goal)}"
    yield ""
    after = [f"{each} ({_text(titles[each])})" for each in package.depends_on]
    yield f"**After.** {', '.join(after) or 'nothing; start here'}"
    yield ""
    hours = (f"{MODE_SHORT[m]} {hours_words(h.p50)} (9 in 10: {ceiling_words(h.p90)})" for m, h in package.hours)
    yield f"**Hours, P50.** {'; '.join(hours) or 'not priced'}"
    yield ""
    yield "**Steps**"
    yield ""
    yield from (f"- {_text(step)}" for step in package.recipe)
    yield ""
    yield "**Done when**"
    yield ""
    yield from (f"- {_text(each)}" for each in package.acceptance)
    yield ""
    yield "The KPIs of the port, recorded in P01: " + "; ".join(KPIS) + "."
    yield ""
    yield "**Do not touch**"
    yield ""
    yield from (f"- {_text(each)}" for each in package.untouched)
    if package.files:
        yield ""
        yield "**Files**"
        yield ""
        yield from (f"- {_code(str(file.path))}{_lines(file)}" for file in package.files[:_FILES_AT_MOST])
        if len(package.files) > _FILES_AT_MOST:
            yield f"- and {counted(len(package.files) - _FILES_AT_MOST, 'more file')}, in the JSON"
    if package.findings:
        yield ""
        yield "**What was found**"
        yield from _findings(package.findings, notes)


def _findings(findings: Sequence[Finding], notes: Mapping[str, RuleNote]) -> Iterator[str]:
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    automatic: dict[str, int] = defaultdict(int)
    for finding in findings:
        if finding.automation is Automation.AUTOMATIC:
            automatic[finding.site.match] += 1
        else:
            by_rule[finding.site.rule_id].append(finding)
    for rule_id, found in by_rule.items():
        note = notes.get(rule_id)
        yield ""
        yield f"### {_text(note.title if note else rule_id)} ({_code(rule_id)}, {FAILURE_WORDS[found[0].failure_mode]})"
        if note is not None:
            yield from (f"\n{word}: {_prose(text)}" for word, text in _advice(note))
        shown = found[:_PLACES_AT_MOST]
        for places in _with_one_meaning(shown):
            yield ""
            yield _prose(places[0].message)
            yield ""
            yield from (_place(each) for each in places)
        if len(found) > len(shown):
            yield f"- and {counted(len(found) - len(shown), 'more place')}, in the JSON"
    if automatic:
        named = ", ".join(f"{_code(name)} ({count})" for name, count in sorted(automatic.items()))
        yield ""
        yield f"### HIPIFY, or the header, renames {counted(sum(automatic.values()), 'place')}"
        yield ""
        yield named


def _with_one_meaning(findings: Iterable[Finding]) -> Iterable[list[Finding]]:
    """Return the places of one rule by what is said of them, apart from the text that stands there."""
    meant: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        meant[finding.message.replace(finding.site.match, "…")].append(finding)
    return meant.values()


def _advice(note: RuleNote) -> Iterable[tuple[str, str]]:
    parts = (("Why", note.why), ("Instead", note.instead), ("Show by a test", note.validate))
    return ((word, text) for word, text in parts if text)


def _place(finding: Finding) -> str:
    site = finding.site
    function = f" in {_code(site.function)}" if site.function else ""
    return f"- {_code(f'{site.path}:{site.location.line}')}{function}: {_code(site.match)}"


def _lines(file: PackageFile) -> str:
    if not file.lines:
        return ""
    shown = ", ".join(str(line) for line in file.lines[:_LINES_AT_MOST])
    more = f" and {len(file.lines) - _LINES_AT_MOST} more" if len(file.lines) > _LINES_AT_MOST else ""
    return f": {shown}{more}"


def _hours(package: WorkPackage, mode: Mode) -> str:
    found = dict(package.hours).get(mode)
    return hours_words(found.p50) if found else "–"


def _gpus(analysis: Analysis) -> str:
    return ", ".join(f"{target.id} ({target.lanes_per_wave} lanes)" for target in analysis.targets)


def _text(text: str) -> str:
    """Return text that Markdown shows and does not obey."""
    return _escaped(one_line(text))


def _escaped(line: str) -> str:
    return "".join(f"\\{c}" if c in "\\*_[]<>#|" else c for c in line)


def _prose(text: str) -> str:
    """Return text whose code in backticks stays code; all else is shown and not obeyed."""
    parts = _SPAN.split(one_line(text))
    return "".join(part if number % 2 else _escaped(part).replace("`", "\\`") for number, part in enumerate(parts))


def _code(text: str) -> str:
    line = one_line(text)
    longest = max((len(run) for run in line.replace("`", "\x00`\x00").split("\x00") if run.startswith("`")), default=0)
    fence = "`" * (line.count("`") + 1 if longest else 1)
    pad = " " if longest else ""
    return f"{fence}{pad}{line}{pad}{fence}"


@value
class PackageRow:
    """One package as a row of a table."""

    package: WorkPackage
    hours: str
    places: str


def package_rows(analysis: Analysis) -> tuple[PackageRow, ...]:
    """Return the packages with their hours in the headline way of working."""
    return tuple(
        PackageRow(
            package=package,
            hours=_hours(package, analysis.settings.mode),
            places=counted(len(package.findings), "place") if package.findings else "–",
        )
        for package in work_packages(analysis)
    )


def plan_csv(analysis: Analysis) -> str:
    """Return one row for each package, for trackers."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    modes = [mode.value for mode in Mode]
    table.writerow(
        ["id", "title", "kind", "component", "depends_on", "goal", "acceptance", "files", "findings"]
        + [f"hours_{mode}_{part}" for mode in modes for part in ("p50", "p90")]
    )
    for package in work_packages(analysis):
        priced = dict(package.hours)
        row: list[str] = [
            package.id,
            package.title,
            package.kind.value,
            package.component,
            " ".join(package.depends_on),
            package.goal,
            " ".join(package.acceptance),
            " ".join(str(file.path) for file in package.files),
            str(len(package.findings)),
        ]
        for mode in Mode:
            hours = priced.get(mode)
            row += [f"{hours.p50:.2f}", f"{hours.p90:.2f}"] if hours else ["", ""]
        table.writerow([_safe(cell) for cell in row])
    return written.getvalue()


def _safe(cell: str) -> str:
    line = one_line(cell)
    return f"'{line}" if line.startswith(_CELL_STARTS) else line


def plan_objects(analysis: Analysis) -> list[Json]:
    """Return the packages for programs."""
    return [
        {
            "id": package.id,
            "title": package.title,
            "kind": package.kind.value,
            "component": package.component or None,
            "order": order,
            "files": [{"path": str(file.path), "lines": list(file.lines)} for file in package.files],
            "sites": [finding.site.fingerprint for finding in package.findings],
            "goal": package.goal,
            "recipe": list(package.recipe),
            "acceptance": list(package.acceptance),
            "do_not_touch": list(package.untouched),
            "depends_on": list(package.depends_on),
            "hours": {mode.value: range_object(hours) for mode, hours in package.hours},
        }
        for order, package in enumerate(work_packages(analysis), start=1)
    ]


def plan_json(analysis: Analysis) -> str:
    """Return the plan as JSON text: the packages, and the findings that they name."""
    packages = work_packages(analysis)
    findings = {f.site.fingerprint: f for package in packages for f in package.findings}
    document: dict[str, Json] = {
        "codebase": analysis.inventory.codebase,
        "revision": analysis.inventory.revision,
        "targets": [target.id for target in analysis.targets],
        "rocm": analysis.settings.rocm_version,
        "mode": analysis.settings.mode.value,
        "plan": plan_objects(analysis),
        "findings": {
            fingerprint: {
                "rule": finding.site.rule_id,
                "path": str(finding.site.path),
                "line": finding.site.location.line,
                "function": finding.site.function,
                "match": finding.site.match,
                "message": finding.message,
            }
            for fingerprint, finding in findings.items()
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


PLAN_FORMATS: Mapping[str, Callable[[Analysis], str]] = {"md": plan_markdown, "json": plan_json, "csv": plan_csv}
"""Format to what writes it; an output file's suffix is the format's name."""
