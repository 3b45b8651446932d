"""A portfolio as a table for a terminal, one offline HTML page, CSV and JSON."""

import csv
import io
import json
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from portgauge.model.portfolio import Portfolio, PortfolioRow, Shared, Wave
from portgauge.reporting.csv_report import safe_cell
from portgauge.reporting.html_report import _policy_hash
from portgauge.reporting.plain_text import one_line, shortened
from portgauge.reporting.rounding import counted, hours_words, number_words, percent, rough
from portgauge.reporting.templates import environment
from portgauge.resources import report_templates_folder

SCHEMA_VERSION = "1.0.0"
_SHARED_SHOWN = 15
_DIGITS = 6
_COLUMNS = (
    "name", "path", "revision", "owner", "worth", "wave", "error", "hours_p50", "hours_p90", "worth_per_hour",
    "verdict", "grade", "portability", "covered_share", "kernels", "cuda_lines", "read_share", "blockers",
    "libraries_without_twin",
)  # fmt: skip


def headline(portfolio: Portfolio) -> str:
    """Return the portfolio in one sentence."""
    scanned = [row for row in portfolio.rows if not row.error]
    failed = len(portfolio.rows) - len(scanned)
    by_wave = ", ".join(f"{len(wave.codebases):,} {wave.wave.value}" for wave in portfolio.waves)
    lost = (
        f" {counted(failed, 'codebase')} could not be scanned and {'is' if failed == 1 else 'are'} in no figure."
        if failed
        else ""
    )
    return (
        f"{counted(len(scanned), 'codebase')} on {portfolio.target}: {months_words(portfolio, portfolio.total.p50)} "
        f"({hours_words(portfolio.total.p50)}; 9 in 10 under {hours_words(portfolio.total.p90)}); "
        f"{by_wave or 'none scanned'}.{lost}"
    )


def months_words(portfolio: Portfolio, hours: float) -> str:
    """Return hours as person-months: ``about 2.5 person-months``."""
    months = hours / portfolio.hours_per_month
    if months < 0.1:
        return "under 0.1 person-months"
    return f"about {number_words(rough(months)) if months >= 1 else f'{months:.1f}'} person-months"


def portfolio_text(portfolio: Portfolio) -> str:
    """Return one screen about a portfolio."""
    rows = [("codebase", "wave", "P50", "P90", "grade", "portable", "covered", "blockers")]
    rows += [tuple(map(one_line, _cells(row))) for row in portfolio.rows]  # type: ignore[misc]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [one_line(headline(portfolio)), "", f"What to port first: {portfolio.order_words}."]
    for row in rows:
        cells = [
            cell.rjust(width) if 2 <= number <= 6 else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    lines += [
        "",
        *(
            f"{wave.wave.value}: {counted(len(wave.codebases), 'codebase')}, {months_words(portfolio, wave.hours.p50)}"
            for wave in portfolio.waves
        ),
    ]
    for title, shared in (
        ("Blockers, those of most codebases first", portfolio.blockers),
        ("Shared libraries without a full twin", portfolio.libraries),
    ):
        if shared:
            lines += ["", f"{title}:"]
            lines += [f"  {one_line(each.title)}: {_who(each)}" for each in shared[:_SHARED_SHOWN]]
    return "\n".join(lines)


def _who(shared: Shared) -> str:
    named = ", ".join(shortened(name, limit=40) for name in shared.codebases[:5])
    more = f" and {len(shared.codebases) - 5:,} more" if len(shared.codebases) > 5 else ""
    return f"{counted(len(shared.codebases), 'codebase')} ({named}{more})"


def _cells(row: PortfolioRow) -> tuple[str, ...]:
    name = shortened(row.name, limit=40)
    if row.error:
        return (name, row.wave.value, "-", "-", "-", "-", "-", shortened(row.error, limit=90))
    return (
        name,
        row.wave.value,
        hours_words(row.hours.p50),
        hours_words(row.hours.p90),
        row.grade or "-",
        "-" if row.portability is None else f"{row.portability} %",
        "-" if row.covered_share is None else percent(row.covered_share),
        "; ".join(title for _, title in row.blockers) or "-",
    )


def _record(row: PortfolioRow) -> dict[str, object]:
    return {
        "name": row.name,
        "path": row.path,
        "revision": row.revision,
        "owner": row.owner,
        "worth": row.worth,
        "wave": row.wave.value,
        "error": row.error,
        "hours_p50": round(row.hours.p50, _DIGITS),
        "hours_p90": round(row.hours.p90, _DIGITS),
        "worth_per_hour": None if row.worth_per_hour is None else round(row.worth_per_hour, _DIGITS),
        "verdict": row.verdict,
        "grade": row.grade or None,
        "portability": row.portability,
        "covered_share": None if row.covered_share is None else round(row.covered_share, _DIGITS),
        "kernels": row.kernels,
        "cuda_lines": row.cuda_lines,
        "read_share": round(row.read_share, _DIGITS),
        "blockers": [name for name, _ in row.blockers],
        "libraries_without_twin": [each.name for each in row.libraries if each.status != "twin"],
    }


def portfolio_json(portfolio: Portfolio) -> bytes:
    """Return the portfolio as UTF-8 JSON with one trailing newline."""

    def shared(found: Sequence[Shared]) -> list[dict[str, object]]:
        return [
            {"name": s.name, "title": s.title, "status": s.status or None, "codebases": list(s.codebases)}
            for s in found
        ]

    document = {
        "schema_version": SCHEMA_VERSION,
        "kind": "portfolio",
        "summary": headline(portfolio),
        "target": portfolio.target,
        "mode": portfolio.mode,
        "hours": {"p50": round(portfolio.total.p50, _DIGITS), "p90": round(portfolio.total.p90, _DIGITS)},
        "hours_per_month": portfolio.hours_per_month,
        "order": portfolio.order_words,
        "waves": [
            {
                "wave": wave.wave.value,
                "codebases": list(wave.codebases),
                "hours": {"p50": round(wave.hours.p50, _DIGITS), "p90": round(wave.hours.p90, _DIGITS)},
                "person_months": round(wave.person_months, _DIGITS),
            }
            for wave in portfolio.waves
        ],
        "blockers": shared(portfolio.blockers),
        "libraries": shared(portfolio.libraries),
        "rows": [_record(row) for row in portfolio.rows],
    }
    text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
    return (text + "\n").encode("utf-8", errors="backslashreplace")


def portfolio_csv(portfolio: Portfolio) -> bytes:
    """Return one line for each codebase, in porting order."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in portfolio.rows:
        record = _record(row)
        writer.writerow([_cell(record[column]) for column in _COLUMNS])
    return written.getvalue().encode("utf-8", "backslashreplace")


def _cell(content: object) -> object:
    if isinstance(content, list):
        content = " ".join(map(str, content))
    return safe_cell(content) if isinstance(content, str) else "" if content is None else content


def portfolio_html(portfolio: Portfolio, *, links: Mapping[str, str]) -> bytes:
    """Return the portfolio as one HTML page that needs nothing from anywhere.

    Args:
        portfolio: The portfolio.
        links: Name of a codebase to the address of its report; missing without one.
    """
    style = (report_templates_folder() / "trend" / "style.css").read_text(encoding="utf-8")
    page = (
        environment()
        .get_template("fleet/page.html.j2")
        .render(
            portfolio=portfolio,
            headline=headline(portfolio),
            months={wave.wave.value: months_words(portfolio, wave.hours.p50) for wave in portfolio.waves},
            rows=[(row, _cells(row), links.get(row.name, "")) for row in portfolio.rows],
            has_worth=any(row.worth is not None for row in portfolio.rows),
            who=_who,
            failed=Wave.FAILED,
            style=Markup(style),
            style_hash=_policy_hash(style),
        )
    )
    return (page + "\n").encode("utf-8", "backslashreplace")
