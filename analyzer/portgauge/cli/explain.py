"""``portgauge explain NAME``: what is known of a rule, a CUDA name, an instruction, a library, a GPU or a route."""

import re
from pathlib import Path

import click

from portgauge.errors import UserError

_EXIT_UNKNOWN = 2
_WIDEST = 100


@click.command(name="explain")
@click.argument("name")
@click.option(
    "-t",
    "--target",
    "targets",
    multiple=True,
    metavar="GFX",
    help="AMD GPU to judge for; repeatable or a list. Default: one of each wave width, from rules/targets.yaml.",
)
@click.option("--rocm", metavar="VERSION", help="ROCm version to judge for. Default: 10.0.")
@click.option("--json", "is_json", is_flag=True, help="The same as data.")
@click.option(
    "--rules",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder laid out as the shipped rules are. Default: the shipped rules.",
)
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Bold labels; NO_COLOR is honoured.",
)
def command(
    name: str, *, targets: tuple[str, ...], rocm: str | None, is_json: bool, folder: Path | None, color: str
) -> int:
    """Explain NAME: a rule, CUDA symbol, PTX opcode, library, package, AMD GPU or route.

    Says what it is, what AMD and SYCL have for it and since when, which hidden differences rules look for,
    what it costs, how sure that is and where it is from. A name that nobody knows exits with 2 and the nearest names.
    """
    import shutil
    from datetime import UTC, datetime

    from portgauge import __version__
    from portgauge.explaining.answers import answer, nearest
    from portgauge.explaining.question import Question
    from portgauge.resources import rules_folder
    from portgauge.rulebook.lookup import open_lookup

    if rocm is not None and not re.fullmatch(r"[0-9]+(\.[0-9]+)*", rocm):
        raise UserError(f"--rocm is {rocm!r}; expected a version such as 7.2")
    asked = " ".join(name.split())
    if not asked:
        raise UserError("NAME is empty; expected a CUDA symbol, a rule id, a library or a GPU")
    lookup = open_lookup(folder or rules_folder(), tool_version=__version__)
    known = lookup.frame().targets
    wanted = [part.strip() for value in targets for part in value.split(",") if part.strip()]
    question = Question(
        targets=tuple(known.find(target) for target in dict.fromkeys(wanted or known.default_targets)),
        rocm_version=rocm or known.default_rocm,
        today=datetime.now(UTC).date(),
    )
    found = answer(lookup, asked, question=question)
    if not found.explanations:
        near = nearest(lookup, asked)
        hint = f"; nearest: {', '.join(near)}" if near else ""
        click.echo(f'portgauge explain: nothing is known of "{asked}"{hint}', err=True)
        return _EXIT_UNKNOWN
    if is_json:
        from portgauge.reporting.explanation_data import explanations_json

        names = [target.stands_for or target.id for target in question.targets]
        click.echo(
            explanations_json(
                asked, found.explanations, also=found.also, targets=names, rocm_version=question.rocm_version
            )
        )
    else:
        from portgauge.reporting.explanation_report import explanations_text

        is_colored = _is_colored(color)
        text = explanations_text(
            found.explanations,
            also=found.also,
            rocm_version=question.rocm_version,
            width=min(shutil.get_terminal_size().columns, _WIDEST),
            emphasis=(lambda part: click.style(part, bold=True)) if is_colored else str,
        )
        click.echo(text, color=is_colored)
    return 0


def _is_colored(color: str) -> bool:
    import os
    import sys

    return color == "always" or (color == "auto" and sys.stdout.isatty() and not os.environ.get("NO_COLOR"))
