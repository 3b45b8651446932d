"""``portgauge graph PATH``: the components, what they need, and the order to port them in."""

from pathlib import Path
from typing import Any

import click

from portgauge.cli._analyses import analysis_of, analysis_options, write_text
from portgauge.errors import UserError

_SUFFIXES = {"mmd": "mermaid"}


@click.command(name="graph")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    default="-",
    help="Where to write the graph; the suffix picks the format: .dot .graphml .json .mmd .svg. Default: stdout.",
)
@click.option("-f", "--format", "chosen", metavar="FORMAT", help="Format on stdout: dot, graphml, json, mermaid, svg.")
@click.option("--order", "is_order", is_flag=True, help="Print the porting order and what the graph says about it.")
@analysis_options
def command(path: Path, *, output: str, chosen: str | None, is_order: bool, **options: Any) -> int:
    """Draw the components of PATH, what they need from each other, and the order to port them in.

    PATH is a folder, a git checkout or an analysis that `portgauge scan PATH -o FILE.json` saved.
    """
    from portgauge.reporting.graph_formats import GRAPH_FORMATS, order_text
    from portgauge.reporting.graph_view import NODES_AT_MOST, graph_view

    suffix = Path(output).suffix.removeprefix(".")
    form = chosen or (_SUFFIXES.get(suffix, suffix) if output != "-" else "dot")
    if form not in GRAPH_FORMATS:
        raise UserError(f"{form or output!r} is no format of a graph; expected one of {', '.join(GRAPH_FORMATS)}")
    if is_order and chosen is not None:
        raise UserError("--order prints text, so --format does not go with it")
    analysis = analysis_of(path, options)
    if is_order:
        write_text(output, order_text(graph_view(analysis)))
        return 0
    # Programs get every component; a picture is for eyes.
    view = graph_view(analysis, nodes_at_most=None if form in ("json", "graphml") else NODES_AT_MOST)
    write_text(output, GRAPH_FORMATS[form](view))
    return 0
