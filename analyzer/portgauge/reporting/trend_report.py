"""The history of a codebase as a table, CSV, JSON, one offline HTML page, and PDF."""

import csv
import io
import json
import re
from collections.abc import Sequence

from markupsafe import Markup

from portgauge.model.estimate import Block
from portgauge.model.rule import Mode
from portgauge.model.snapshot import Step, Trend
from portgauge.reporting.csv_report import safe_cell
from portgauge.reporting.curve import FRAME, hours_drawing, shares_drawing
from portgauge.reporting.html_report import _policy_hash
from portgauge.reporting.pdf_report import PDF_VARIANT, _weasyprint
from portgauge.reporting.plain_text import one_line, shortened
from portgauge.reporting.rounding import compared_words, counted, hours_words, percent
from portgauge.reporting.templates import environment
from portgauge.reporting.texts import BLOCK_WORDS, GRADE_WORDS, MARK_WORDS, MODE_SHORT
from portgauge.resources import report_templates_folder

SCHEMA_VERSION = "1.0.0"
MOVERS_SHOWN = 12
_DIGITS = 6
_COLUMNS = (
    "at", "revision", "label", "target", "mode", "hours_p50", "hours_p90",
    *(f"{block.value}_p50" for block in Block),
    "verdict", "grade", "portability", "covered_share", "covered", "open", "added", "fixed",
    "cuda_files", "cuda_lines", "kernels", "read_share", "marks", "tool_version", "rulebook_digest",
)  # fmt: skip


def headline(trend: Trend) -> str:
    """Return the whole history in one sentence."""
    if not trend.steps:
        return f"No point of the history of {trend.codebase} is for {trend.target} in mode {trend.mode}."
    first, last = trend.steps[0], trend.steps[-1]
    points = counted(len(trend.steps), "point")
    since = f"{first.snapshot.at.date()} to {last.snapshot.at.date()}"
    then, now = compared_words(first.figures.hours_p50, last.figures.hours_p50)
    hours = f"{then} then, {now} now"
    shares = [step.figures.covered_share for step in (first, last)]
    covered = ", ".join(
        f"{percent(share)} {when}" for share, when in zip(shares, ("then", "now"), strict=True) if share is not None
    )
    way = MODE_SHORT[Mode(trend.mode)]
    return f"{trend.codebase} on {trend.target} ({way}), {points} from {since}: {hours}" + (
        f"; covered by an AMD path: {covered}." if covered else "."
    )


def churn_words(trend: Trend) -> str:
    """Return what the history says about upkeep."""
    if trend.churn_per_year is None:
        return "The history is too short to say how many findings come in a year."
    return (
        f"In a year as many findings come as are {trend.churn_per_year:.0%} of those that stand; "
        "a port that is kept up must follow them."
    )


def trend_text(trend: Trend) -> str:
    """Return the history as a table for a terminal."""
    rows: list[tuple[str, ...]] = [("when", "what", "P50", "P90", "grade", "portable", "covered", "added", "fixed", "")]
    rows += _table(trend.steps)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [one_line(headline(trend)), ""]
    for row in rows:
        cells = [
            cell.ljust(width) if number in (0, 1, 9) else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    lines += ["", *(one_line(note) for note in (churn_words(trend), *trend.notes))]
    if trend.movers:
        lines += ["", "Components that moved most, then and now:"]
        lines += [
            f"  {shortened(mover.name, limit=50)}: {', '.join(compared_words(mover.first_p50, mover.last_p50))}"
            for mover in trend.movers[:MOVERS_SHOWN]
        ]
    return "\n".join(lines)


def _row(step: Step, *, is_first: bool) -> tuple[str, ...]:
    figures, share = step.figures, step.figures.covered_share
    return (
        step.snapshot.at.date().isoformat(),
        shortened(step.snapshot.shown, limit=24),
        hours_words(figures.hours_p50),
        hours_words(figures.hours_p90),
        figures.grade or "-",
        "-" if figures.portability is None else f"{figures.portability} %",
        "-" if share is None else percent(share),
        "-" if is_first else f"{step.added:,}",
        "-" if is_first else f"{step.fixed:,}",
        f"<- {', '.join(MARK_WORDS[mark] for mark in step.marks)} changed" if step.marks else "",
    )


def _record(trend: Trend, step: Step) -> dict[str, object]:
    figures, snapshot = step.figures, step.snapshot
    share = figures.covered_share
    return {
        "at": snapshot.at.isoformat(),
        "revision": snapshot.revision,
        "label": snapshot.label,
        "target": trend.target,
        "mode": trend.mode,
        "hours_p50": round(figures.hours_p50, _DIGITS),
        "hours_p90": round(figures.hours_p90, _DIGITS),
        **{f"{block.value}_p50": round(hours, _DIGITS) for block, hours in figures.blocks_p50},
        "verdict": figures.verdict,
        "grade": figures.grade or None,
        "portability": figures.portability,
        "covered_share": None if share is None else round(share, _DIGITS),
        "covered": figures.covered,
        "open": figures.open,
        "added": step.added,
        "fixed": step.fixed,
        "cuda_files": snapshot.cuda_files,
        "cuda_lines": snapshot.cuda_lines,
        "kernels": snapshot.kernels,
        "read_share": round(snapshot.read_share, _DIGITS),
        "marks": [mark.value for mark in step.marks],
        "tool_version": snapshot.tool_version,
        "rulebook_digest": snapshot.rulebook_digest,
    }


def trend_json(trend: Trend) -> bytes:
    """Return the history as UTF-8 JSON with one trailing newline."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "kind": "trend",
        "codebase": trend.codebase,
        "summary": headline(trend),
        "target": trend.target,
        "mode": trend.mode,
        "churn_per_year": None if trend.churn_per_year is None else round(trend.churn_per_year, _DIGITS),
        "notes": list(trend.notes),
        "steps": [_record(trend, step) for step in trend.steps],
        "movers": [
            {"name": m.name, "first_p50": round(m.first_p50, _DIGITS), "last_p50": round(m.last_p50, _DIGITS)}
            for m in trend.movers
        ],
    }
    text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
    return (text + "\n").encode("utf-8", errors="backslashreplace")


def trend_csv(trend: Trend) -> bytes:
    """Return one line for each point; text that a spreadsheet would run is marked as text."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for step in trend.steps:
        record = _record(trend, step)
        writer.writerow([_cell(record[column]) for column in _COLUMNS])
    return written.getvalue().encode("utf-8", "backslashreplace")


def _cell(content: object) -> object:
    if isinstance(content, list):
        content = " ".join(map(str, content))
    return safe_cell(content) if isinstance(content, str) else "" if content is None else content


def trend_page(trend: Trend, *, is_printed: bool = False) -> str:
    """Return the history as one HTML page that needs nothing from anywhere.

    Args:
        trend: The history.
        is_printed: For a PDF: each drawing brings its own style, since there that of the page does not reach it.
    """
    points = [step.point for step in trend.steps]
    page_style, curve_style = (_style("style.css"), _style("curve.css"))
    style = page_style + curve_style
    return (
        environment()
        .get_template("trend/page.html.j2")
        .render(
            trend=trend,
            headline=headline(trend),
            notes=(churn_words(trend), *trend.notes),
            drawings=(hours_drawing(points), shares_drawing(points)) if points else (),
            blocks=tuple(Block),
            movers=trend.movers[:MOVERS_SHOWN],
            frame=FRAME,
            style=Markup(style),
            style_hash=_policy_hash(style),
            curve_style=Markup(_with_colours(curve_style, page_style)) if is_printed else "",
            rows=tuple(reversed(_table(trend.steps))),
            grades=GRADE_WORDS,
            block_words=BLOCK_WORDS,
        )
    )


def _style(name: str) -> str:
    return (report_templates_folder() / "trend" / name).read_text(encoding="utf-8")


def _with_colours(style: str, palette: str) -> str:
    """Return a style with the colours in place of their names, as a palette has them first: those for paper."""
    colours = dict(reversed(re.findall(r"(--[a-z]+): (#[0-9a-f]{6});", palette)))
    return re.sub(r"var\((--[a-z]+)\)", lambda named: colours[named.group(1)], style)


def _table(steps: Sequence[Step]) -> list[tuple[str, ...]]:
    """Return a row for each point, oldest first; nothing can have come or gone at the first."""
    return [_row(step, is_first=number == 0) for number, step in enumerate(steps)]


def trend_html(trend: Trend) -> bytes:
    """Return the page as UTF-8."""
    return (trend_page(trend) + "\n").encode("utf-8", "backslashreplace")


def trend_pdf(trend: Trend) -> bytes:
    """Return the page as a tagged PDF.

    Raises:
        InstallationError: If Pango, which WeasyPrint needs, is not on this machine.
    """
    weasyprint, fetcher = _weasyprint()
    pdf = weasyprint.HTML(string=trend_page(trend, is_printed=True), url_fetcher=fetcher).write_pdf(
        pdf_variant=PDF_VARIANT, pdf_tags=True, presentational_hints=False
    )
    return bytes(pdf)
