"""``portgauge report FILE.json``: any report from a saved analysis; no source code needed."""

from pathlib import Path
from typing import Any

import click

from portgauge.cli._reports import report_options


@click.command(name="report")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@report_options
def command(file: Path, **options: Any) -> int:
    """Make reports from FILE, an analysis that `portgauge scan PATH -o FILE.json` saved.

    They have the same bytes as those that the scan would have made.
    """
    from portgauge.cli._outputs import plan_outputs
    from portgauge.cli._reports import check_stdout, deliver
    from portgauge.reporting.json_loading import load_analysis

    check_stdout(options)
    planned = plan_outputs(options["outputs"], stdout_format=options["stdout_format"])
    analysis = load_analysis(file)
    return 0 if deliver(analysis, planned, options) else 2
