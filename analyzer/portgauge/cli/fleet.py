"""``portgauge fleet LIST``: many codebases, one portfolio."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from portgauge.cli._analyses import analysis_options

_FORMS = ("html", "json", "csv")
_REPORTS = ("html", "json")


@click.command(name="fleet")
@click.argument("source", metavar="LIST", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="FILE",
    help="Write the portfolio: .html, .json or .csv; - is stdout.",
)
@click.option("-f", "--format", "stdout_format", metavar="FORMAT", help="Format on stdout: html, json, csv.")
@click.option(
    "--reports",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIRECTORY",
    help="Write the report of each codebase there, as HTML and JSON.",
)
@click.option(
    "--executor", metavar="URL", help="A Dask scheduler, dask://HOST:PORT; default: processes of this machine."
)
@analysis_options
@click.option("-q", "--quiet", is_flag=True, help="No table on stdout.")
def command(source: Path, **options: Any) -> int:
    """Scan many codebases: what to port first, what they share, person-months by wave.

    LIST is a folder of codebases, or a CSV file with a column path and, if wanted, name, revision, owner and worth.
    A codebase that cannot be scanned is one row that says why; the others are scanned all the same.
    """
    from portgauge.cli._clock import analysis_time
    from portgauge.cli._executors import executor_of
    from portgauge.cli._fleet_list import read_fleet
    from portgauge.cli._scanning import Scanner
    from portgauge.cli._views import check_views, write_views
    from portgauge.fleet import FleetJob, FleetResult, make_portfolio, run_fleet
    from portgauge.pipeline import default_worker_count
    from portgauge.reporting.portfolio_report import portfolio_csv, portfolio_html, portfolio_json, portfolio_text

    check_views(options["outputs"], stdout_format=options["stdout_format"], forms=_FORMS)
    listed = read_fleet(source)
    scanner = Scanner(options)
    now = analysis_time()
    jobs = [
        FleetJob(
            name=each.name,
            path=str(each.path.absolute()),
            revision=each.revision,
            owner=each.owner,
            worth=each.worth,
            settings=scanner.settings,
            exclude=tuple(options["exclude"]),
            own_rules=str(options["own_rules"].absolute()) if options["own_rules"] else "",
            uses_cache=not options["no_cache"],
            analysed_at=now,
            formats=_REPORTS if options["reports"] else (),
        )
        for each in listed
    ]
    make_executor = executor_of(
        options["executor"], processes=min(options["jobs"] or default_worker_count(), len(jobs))
    )

    def done(result: FleetResult) -> None:
        if options["reports"]:
            _write_reports(options["reports"], result)
        if not options["no_progress"]:
            said = result.row.error or f"{result.row.hours.p50:,.0f} h, {result.row.verdict}"
            click.echo(f"{result.row.name}: {said}", err=True)

    results = run_fleet(jobs, make_executor, on_done=done)
    target = scanner.rulebook.targets.find(scanner.settings.targets[0]).id
    portfolio = make_portfolio(
        (result.row for result in results),
        settings=scanner.settings,
        target=target,
        sigma=scanner.rulebook.effort.sigma,
    )
    links = _links(options["reports"], options["outputs"], [each.row.name for each in results if each.reports])
    views = {
        "html": lambda: portfolio_html(portfolio, links=links),
        "json": lambda: portfolio_json(portfolio),
        "csv": lambda: portfolio_csv(portfolio),
    }
    is_complete = write_views(options["outputs"], views, stdout_format=options["stdout_format"], command="fleet")
    if not options["quiet"] and "-" not in options["outputs"]:
        click.echo(portfolio_text(portfolio))
    return 0 if is_complete else 2


def file_name(name: str) -> str:
    """Return a name that any file system takes, whatever a list says; different names stay different."""
    from hashlib import sha256

    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-")[:80]
    return (
        plain
        if plain == name
        else f"{plain or 'codebase'}-{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
    )


def _links(folder: Path | None, outputs: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    """Return name to the address of its report, as seen from the portfolio's page."""
    if folder is None:
        return {}
    page = next((Path(name) for name in outputs if name.endswith(".html")), Path("portfolio.html"))
    below = os.path.relpath(folder, page.parent)
    return {name: f"{below}/{file_name(name)}.html" for name in names}


def _write_reports(folder: Path, result: Any) -> None:
    from portgauge.cli._outputs import _write
    from portgauge.errors import UserError

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for form, content in result.reports:
            _write(folder / f"{file_name(result.row.name)}.{form}", content)
    except OSError as error:
        raise UserError(f"--reports {folder}: cannot be written: {error.strerror or error}") from error
