"""``portgauge plan PATH``: the port as work packages."""

from pathlib import Path
from typing import Any

import click

from portgauge.cli._analyses import analysis_of, analysis_options, write_text
from portgauge.errors import UserError


@click.command(name="plan")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    default="-",
    help="Where to write the plan; the suffix picks the format: .md .json .csv. Default: stdout.",
)
@click.option("-f", "--format", "chosen", metavar="FORMAT", help="Format on stdout: md, json, csv. Default: md.")
@analysis_options
def command(path: Path, *, output: str, chosen: str | None, **options: Any) -> int:
    """Make a plan: work packages in porting order, the first of which freezes the CUDA baseline.

    PATH is a folder, a git checkout or an analysis that `portgauge scan PATH -o FILE.json` saved. Each package says
    what to do, where, when it is done and what not to touch, so that it can be given to a person or a coding agent.
    """
    from portgauge.reporting.plan_report import PLAN_FORMATS

    form = chosen or (Path(output).suffix.removeprefix(".") if output != "-" else "md")
    if form not in PLAN_FORMATS:
        raise UserError(f"{form or output!r} is no format of a plan; expected one of {', '.join(PLAN_FORMATS)}")
    write_text(output, PLAN_FORMATS[form](analysis_of(path, options)))
    return 0
