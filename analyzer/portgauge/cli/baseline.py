"""``portgauge baseline SOURCE FILE``: writes what a team accepts, and tightens it."""

import os
from pathlib import Path
from typing import Any

import click

from portgauge.cli._analyses import analysis_options

_REFUSED = 1


@click.command(name="baseline")
@click.argument("source")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--accept-new", is_flag=True, help="Accept all that is there now, also what is worse than FILE.")
@analysis_options
def command(source: str, file: Path, accept_new: bool, **options: Any) -> int:
    """Write to FILE what SOURCE holds, for `portgauge scan --baseline FILE`.

    SOURCE is what diff takes: a folder, a folder at a git revision, or a saved analysis.
    When FILE is there it is tightened: what is gone leaves it, hours that fell fall in it, and nothing new comes in.
    When there is something new, that is said and the exit code is 1.
    """
    from portgauge.cli._outputs import _write
    from portgauge.cli._scanning import Scanner
    from portgauge.cli._sides import load_saved, name_side, read_side
    from portgauge.errors import UserError
    from portgauge.history.baseline import baseline_of, baseline_text, compare_with_baseline, read_baseline, tightened

    named = name_side(source)
    before = read_baseline(file) if file.exists() and not accept_new else None
    if not file.parent.is_dir() or (file.exists() and not os.access(file, os.W_OK)):
        raise UserError(f"{file} cannot be written: there is no such folder, or no permission")
    saved = load_saved(named.path) if named.is_saved else None
    if saved is None:
        scanner = Scanner(options)
        analysis = scanner.judge(read_side(named, scanner, saved=None).inventory)
    else:
        analysis = saved
    after = tightened(before, analysis) if before is not None else baseline_of(analysis)
    _write(file, baseline_text(after).encode("utf-8", "backslashreplace"))
    hours = ", ".join(f"{state.hours_p50:,.1f} h for {state.target}" for state in after.states)
    click.echo(f"{file}: {len(after.accepted):,} findings that need somebody accepted, {hours}", err=True)
    if before is None:
        return 0
    against = compare_with_baseline(analysis, before)
    click.echo(f"{len(against.gone):,} that are gone were taken out", err=True)
    if not against.new:
        return 0
    click.echo(
        f"portgauge baseline: {len(against.new):,} new findings were not taken in; "
        "mend them, or accept them with --accept-new",
        err=True,
    )
    return _REFUSED
