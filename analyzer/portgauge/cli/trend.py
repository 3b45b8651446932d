"""``portgauge trend``: the history of a codebase, from what was recorded or from git."""

from pathlib import Path
from typing import Any

import click

from portgauge.cli._analyses import analysis_options

_FORMS = ("html", "pdf", "json", "csv")


@click.command(name="trend")
@click.argument("path", type=click.Path(path_type=Path, exists=True), default=".")
@click.option(
    "--git", "reach", metavar="RANGE", help="Walk git instead: v1.0..HEAD, or one revision for all before it."
)
@click.option(
    "--every", default="tags", show_default=True, metavar="N|tags", help="Points of --git: every N commits, or tags."
)
@click.option("--yes", is_flag=True, help="Walk more than 300 points.")
@click.option("--record", is_flag=True, help="Add the points of --git to the history.")
@click.option(
    "--store", metavar="URL", help="The history: sqlite:///FILE or postgresql://...; default .portgauge/history.db."
)
@click.option("--codebase", metavar="NAME", help="Whose history, when the store holds several; default: that of PATH.")
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="FILE",
    help="Write it as .html, .pdf, .json or .csv; - is stdout.",
)
@click.option("-f", "--format", "stdout_format", metavar="FORMAT", help="Format on stdout: html, json, csv.")
@analysis_options
@click.option("-q", "--quiet", is_flag=True, help="No table on stdout.")
def command(path: Path, **options: Any) -> int:
    """Show what PATH cost over time: hours, grade, covered share, findings that came and went.

    Without --git it shows what `portgauge scan --record` recorded, each point judged as it was then.
    With --git every point is read from git's object store, without a checkout, and judged with the present rules.
    """
    from portgauge.cli._views import check_views, write_views
    from portgauge.history.trend import make_trend
    from portgauge.reporting.trend_report import trend_csv, trend_html, trend_json, trend_pdf, trend_text

    check_views(options["outputs"], stdout_format=options["stdout_format"], forms=_FORMS)
    snapshots, notes = _from_git(path, options) if options["reach"] is not None else _from_store(path, options)
    target = options["targets"][0].split(",")[0].strip() if options["targets"] else ""
    trend = make_trend(snapshots, target=target, notes=notes)
    views = {
        "html": lambda: trend_html(trend),
        "pdf": lambda: trend_pdf(trend),
        "json": lambda: trend_json(trend),
        "csv": lambda: trend_csv(trend),
    }
    is_complete = write_views(options["outputs"], views, stdout_format=options["stdout_format"], command="trend")
    if not options["quiet"] and "-" not in options["outputs"]:
        click.echo(trend_text(trend))
    return 0 if is_complete else 2


def _from_git(path: Path, options: dict[str, Any]) -> tuple[Any, tuple[str, ...]]:
    """Return a snapshot of each point of the range, and what a reader should know."""
    import sys

    from portgauge.cli._recording import open_store
    from portgauge.cli._scanning import Scanner
    from portgauge.cli._walking import check_cost, points_of, read_every, walk

    every = read_every(options["every"])
    scanner = Scanner(options)
    repository = scanner.repository(path)
    points = points_of(repository, options["reach"], every=every)
    check_cost(points, is_accepted=options["yes"])
    is_shown = sys.stderr.isatty() and not options["no_progress"]
    snapshots, left_out = walk(repository, points, scanner, is_shown=is_shown)
    if options["record"]:
        with open_store(options["store"]) as store:
            new = sum(store.record(snapshot) for snapshot in snapshots)
            click.echo(f"portgauge trend: {new:,} of {len(snapshots):,} points recorded in {store.shown}", err=True)
    notes = ["Every point is judged with the present rules: the curve shows the code alone."]
    if repository.is_shallow:
        notes.append("The clone is shallow: older commits were not fetched and are not shown.")
    notes += left_out
    return snapshots, tuple(notes)


def _from_store(path: Path, options: dict[str, Any]) -> tuple[Any, tuple[str, ...]]:
    """Return the recorded snapshots of one codebase."""
    from portgauge.cli._recording import open_store
    from portgauge.errors import UserError

    if options["record"]:
        raise UserError("--record adds the points of --git; there is no --git")
    with open_store(options["store"], must_exist=True) as store:
        known = store.codebases()
        name = asked = options["codebase"] or path.resolve().name
        if name not in known and not options["codebase"] and len(known) == 1:
            name = known[0]
        snapshots = store.snapshots(name)
        if not snapshots:
            listed = f"; it holds {', '.join(known)} (--codebase)" if known else ""
            raise UserError(
                f"{store.shown}: no history of {name}{listed}; record one with `portgauge scan PATH --record`"
            )
        notes = ["Each point was judged with the rules and the portgauge of its day."]
        if name != asked:
            notes.append(f"The store has no history of {asked}; this is that of {name}, the only one in it.")
        return snapshots, tuple(notes)
