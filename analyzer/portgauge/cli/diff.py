"""``portgauge diff OLD NEW``: what lies between two analyses."""

from typing import Any

import click

from portgauge.cli._analyses import analysis_options

_FORMS = ("json", "md")


@click.command(name="diff")
@click.argument("old")
@click.argument("new")
@click.option(
    "-o", "--output", "outputs", multiple=True, metavar="FILE", help="Write the comparison: .json or .md; - is stdout."
)
@click.option("-f", "--format", "stdout_format", metavar="FORMAT", help="Format on stdout: json, md.")
@analysis_options
@click.option("-q", "--quiet", is_flag=True, help="No summary on stdout.")
def command(old: str, new: str, **options: Any) -> int:
    """Compare OLD with NEW: findings that came, went, moved or are judged otherwise, and the hours of each cause.

    \b
    OLD and NEW are each a saved analysis (FILE.json), a folder, or a folder at a
    git revision (FOLDER@REVISION, or @REVISION for the folder here).

    Both are judged anew with the present rulebook, so that a change of the code is told from a change of the
    rulebook. What only one of them was looked through for is called not comparable.
    """  # noqa: D301 - the backspace keeps click from filling the lines
    from portgauge.cli._scanning import Scanner
    from portgauge.cli._sides import judge_side, load_saved, name_side, read_side, renames_between
    from portgauge.cli._views import check_views, write_views
    from portgauge.history.comparing import compare
    from portgauge.reporting.comparison_report import comparison_json, comparison_markdown, comparison_text

    check_views(options["outputs"], stdout_format=options["stdout_format"], forms=_FORMS)
    sides = [name_side(old), name_side(new)]
    saved = [load_saved(side.path) if side.is_saved else None for side in sides]
    like = saved[1] or saved[0]
    scanner = Scanner(options, like=like.settings if like else None)
    read = [read_side(side, scanner, saved=found) for side, found in zip(sides, saved, strict=True)]
    of_new = read[1].saved or scanner.judge(read[1].inventory)
    comparison = compare(
        judge_side(read[0], scanner, of_new=of_new),
        judge_side(read[1], scanner, of_new=of_new),
        judge=lambda inventory: scanner.judge(inventory, settings=of_new.settings),
        renames=renames_between(read[0], read[1]),
    )
    views = {"json": lambda: comparison_json(comparison), "md": lambda: comparison_markdown(comparison)}
    is_complete = write_views(options["outputs"], views, stdout_format=options["stdout_format"], command="diff")
    if not options["quiet"] and "-" not in options["outputs"]:
        click.echo(comparison_text(comparison))
    return 0 if is_complete else 2
