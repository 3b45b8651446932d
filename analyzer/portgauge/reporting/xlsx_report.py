"""A workbook for people who calculate on: a sheet for each list of the analysis, the summary first."""

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from portgauge.errors import InstallationError
from portgauge.model.analysis import Analysis
from portgauge.model.rule import Mode
from portgauge.planning.packages import work_packages
from portgauge.reporting.finding_rows import COLUMNS, Cell, finding_rows
from portgauge.reporting.plain_text import visible
from portgauge.reporting.summary import Summary, summarise
from portgauge.reporting.texts import settings_rows

ROWS_AT_MOST = 1_048_000
"""A sheet holds 1,048,576."""
CELL_CHARACTERS = 32_000
"""A cell holds 32,767."""
WIDEST = 60

Rows = Iterable[Sequence[Cell]]


def render(analysis: Analysis) -> bytes:
    """Return the workbook; the same analysis gives the same bytes.

    Raises:
        InstallationError: If XlsxWriter is not installed.
    """
    try:
        import xlsxwriter
    except ImportError as missing:
        raise InstallationError("XLSX needs XlsxWriter: pip install 'portgauge[xlsx]'") from missing
    summary = summarise(analysis)
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream,
        {
            "in_memory": True,
            "constant_memory": False,
            # What stands in the code is text, whatever it looks like.
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties(
        {
            "title": visible(f"{summary.codebase}: what leaving CUDA costs"),
            "author": f"portgauge {analysis.tool_version}",
            "created": analysis.analysed_at.replace(tzinfo=None, microsecond=0),
        }
    )
    header = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    for name, columns, rows in _sheets(analysis, summary):
        _write(book.add_worksheet(name), columns, rows, header=header)
    book.close()
    return stream.getvalue()


def _sheets(analysis: Analysis, summary: Summary) -> Iterator[tuple[str, Sequence[str], Rows]]:
    yield "Summary", ("What", "Value"), _summary_rows(analysis, summary)
    yield "Findings", COLUMNS, (tuple(row.values()) for row in finding_rows(analysis))
    yield "Components", _COMPONENT_COLUMNS, _component_rows(summary)
    yield "Libraries", _LIBRARY_COLUMNS, _library_rows(summary)
    yield "Estimate lines", _LINE_COLUMNS, _line_rows(analysis)
    yield "Plan", _PLAN_COLUMNS, _plan_rows(analysis)


def _write(sheet: Any, columns: Sequence[str], rows: Rows, *, header: Any) -> None:
    widths = [len(name) for name in columns]
    for number, name in enumerate(columns):
        sheet.write_string(0, number, name, header)
    last = 0
    for last, row in enumerate(rows, start=1):
        if last > ROWS_AT_MOST:
            sheet.write_string(last, 0, "More rows are in the JSON; a sheet holds no more.")
            break
        for number, cell in enumerate(row):
            if cell is None or cell == "":
                continue
            if isinstance(cell, str):
                sheet.write_string(last, number, visible(cell)[:CELL_CHARACTERS])
            else:
                sheet.write_number(last, number, cell)
            widths[number] = max(widths[number], len(str(cell)))
    for number, width in enumerate(widths):
        sheet.set_column(number, number, min(width + 2, WIDEST))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, len(columns) - 1)


def _summary_rows(analysis: Analysis, summary: Summary) -> Iterator[Sequence[Cell]]:
    head = summary.headline
    yield "verdict", summary.sentence
    yield "why", summary.reason
    yield "grade", head.grade
    yield "GPU", head.target.id
    yield "person-hours, P50", head.effort.hours_p50
    yield "person-hours, P90", head.effort.hours_p90
    yield "person-days, P50", head.effort.days_p50
    yield "person-days, P90", head.effort.days_p90
    for block in head.blocks:
        yield f"{block.block.value}, hours P50", block.hours.p50
    yield "calendar", head.effort.weeks
    if head.effort.cost:
        yield "money", head.effort.cost
    yield "how sure", f"{summary.uncertainty} {summary.rests_on}"
    yield "read", summary.coverage.words
    yield "knowledge", summary.knowledge
    yield "kernels", summary.kernels
    yield "sites", summary.sites
    yield "places", summary.places
    for each in summary.targets:
        for severity, count in each.severities:
            yield f"{each.target.id}, findings of severity {severity.value}", count
    for name, text, is_given in settings_rows(analysis.settings):
        yield f"setting: {name}", f"{text} ({'given' if is_given else 'default'})"


_COMPONENT_COLUMNS = (
    "component", "order", "wave", "hours_p50", "hours_p90", "change", "verify", "tune", "upstream", "grade",
    "kernels", "code_lines", "sites", "decision",
)  # fmt: skip


def _component_rows(summary: Summary) -> Iterator[Sequence[Cell]]:
    for part in summary.components:
        real = part.component
        yield (
            part.name,
            part.order,
            real.wave if real else None,
            part.hours.p50,
            # P90s of different kinds of work are not added.
            part.hours.p90 if real else None,
            *(hours for _, hours in part.blocks),
            part.grade,
            part.kernels,
            part.code_lines,
            part.sites,
            part.decision_words if real else "",
        )


_LIBRARY_COLUMNS = ("library", "on AMD", "status", "names used", "names without", "hours_p50 in the total")


def _library_rows(summary: Summary) -> Iterator[Sequence[Cell]]:
    for library in summary.libraries:
        yield (
            library.title,
            library.counterpart,
            library.status,
            library.names_used,
            library.names_without,
            library.hours_p50,
        )


_LINE_COLUMNS = (
    "target", "mode", "component", "block", "class", "reason", "units", "minutes_each_p50", "minutes_each_p90",
    "hours_p50", "hours_p90", "grade", "basis",
)  # fmt: skip


def _line_rows(analysis: Analysis) -> Iterator[Sequence[Cell]]:
    for estimate in analysis.estimates:
        if estimate.component is not None:
            continue
        for line in estimate.lines:
            yield (
                estimate.target,
                estimate.mode.value,
                line.component,
                line.block.value,
                line.effort_class,
                line.reason,
                line.units,
                line.minutes_each.p50,
                line.minutes_each.p90,
                line.hours.p50,
                line.hours.p90,
                line.grade,
                line.basis,
            )


_PLAN_COLUMNS = (
    "order", "package", "title", "kind", "component", "after", "goal",
    *(f"hours_{mode.value}_{part}" for mode in Mode for part in ("p50", "p90")),
    "findings", "files", "acceptance",
)  # fmt: skip


def _plan_rows(analysis: Analysis) -> Iterator[Sequence[Cell]]:
    for order, package in enumerate(work_packages(analysis), start=1):
        priced = dict(package.hours)
        hours = [priced.get(mode) for mode in Mode]
        yield (
            order,
            package.id,
            package.title,
            package.kind.value,
            package.component,
            ", ".join(package.depends_on),
            package.goal,
            *(part for each in hours for part in ((each.p50, each.p90) if each else (None, None))),
            len(package.findings),
            _listed([str(file.path) for file in package.files]),
            _listed(package.acceptance),
        )


def _listed(texts: Sequence[str]) -> str:
    """Return the texts joined, as many as a cell holds, and how many it does not hold."""
    joined = "; ".join(texts)
    if len(joined) <= CELL_CHARACTERS:
        return joined
    kept = joined[: CELL_CHARACTERS - 40].count("; ")
    return f"{'; '.join(texts[:kept])}; and {len(texts) - kept:,} more, in the JSON"
