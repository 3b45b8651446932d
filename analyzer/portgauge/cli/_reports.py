"""Options that every command with reports has, and what it does with them at its end."""

import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from portgauge.cli._outputs import Output, complain, write_outputs
from portgauge.errors import UserError
from portgauge.reporting.formats import FORMATS, RenderOptions

if TYPE_CHECKING:
    # Only for types: every command's help would wait for the model.
    from portgauge.model.analysis import Analysis

_Command = TypeVar("_Command", bound=Callable[..., Any])
SUFFIXES = " ".join(known.suffix for known in FORMATS.values())

_OPTIONS = (
    click.option(
        "-o",
        "--output",
        "outputs",
        multiple=True,
        metavar="FILE",
        help=f"Write a report; the suffix picks the format: {SUFFIXES}. Repeatable; - is stdout (with -f).",
    ),
    click.option("-f", "--format", "stdout_format", metavar="FORMAT", help=f"Format on stdout: {', '.join(FORMATS)}."),
    click.option(
        "--show",
        type=click.Choice(["automatic"]),
        help="Show what HIPIFY writes itself in .sarif, .md and .annotations too.",
    ),
    click.option(
        "--pdf-annex",
        type=click.Choice(["none", "short", "full"]),
        default="short",
        show_default=True,
        help="Findings in the PDF: none, the 100 worst, or as many as its page limit allows.",
    ),
    click.option(
        "--redact",
        is_flag=True,
        help="Reports that may leave the house: no source text, a hash for every name and path of the code.",
    ),
    click.option(
        "--salt",
        metavar="TEXT",
        envvar="PORTGAUGE_SALT",
        help="With --redact: the same salt gives the same hashes. Default: PORTGAUGE_SALT, else a new one each time.",
    ),
    click.option(
        "--explain-estimate",
        metavar="COMPONENT",
        help="Print how the hours of a component are made up, instead of the summary; `codebase` is what belongs "
        "to none.",
    ),
    click.option("--no-snippets", is_flag=True, help="No source lines in the reports."),
    click.option("-q", "--quiet", is_flag=True, help="No summary on stdout."),
    click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help="Colour of the summary; NO_COLOR is honoured.",
    ),
)


def report_options(command: _Command) -> _Command:
    """Give a command the options about reports."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def check_stdout(options: dict[str, Any]) -> None:
    """Refuse options that would mix two texts on stdout.

    Raises:
        UserError: If both a report and the arithmetic of a component go there.
    """
    if options["explain_estimate"] is not None and "-" in options["outputs"]:
        raise UserError("--explain-estimate prints on stdout, and so does `-o -`; give one of them")


def deliver(analysis: "Analysis", planned: Sequence[Output], options: dict[str, Any]) -> bool:
    """Write every report, and print the summary or the arithmetic of a component.

    Raises:
        UserError: If there is no such component; then nothing is written.

    Returns:
        Whether all reports that were asked for were written.
    """
    shown = _shown(analysis, options)
    render = RenderOptions(pdf_annex=options["pdf_annex"], show_automatic=options["show"] == "automatic")
    explained = _explained(shown, options["explain_estimate"])
    is_complete = write_outputs(planned, shown, render)
    if explained:
        click.echo(explained, nl=False)
    elif not options["quiet"] and not any(output.path is None for output in planned):
        _print_summary(shown, color=options["color"])
    return is_complete and len(planned) == len(options["outputs"])


def _shown(analysis: "Analysis", options: dict[str, Any]) -> "Analysis":
    """Return the analysis with what the user wants to keep taken out."""
    if options["redact"]:
        import secrets

        from portgauge.reporting.redaction import redacted

        salt = options["salt"]
        if not salt:
            salt = secrets.token_hex()
            complain("names are hashed with a new salt; give --salt to get the same hashes again")
        return redacted(analysis, salt=salt)
    if options["no_snippets"]:
        from portgauge.reporting.withholding import without_snippets

        return without_snippets(analysis)
    return analysis


def _explained(analysis: "Analysis", component: str | None) -> str:
    """Return the arithmetic of a component, before any report is written; empty when nobody asked."""
    if component is None:
        return ""
    from portgauge.reporting.arithmetic_report import arithmetic_text

    return arithmetic_text(analysis, component)


def _print_summary(analysis: "Analysis", *, color: str) -> None:
    from portgauge.reporting.terminal_report import print_summary

    is_colored = color == "always" or (color == "auto" and sys.stdout.isatty() and not os.environ.get("NO_COLOR"))
    print_summary(analysis, sys.stdout, color=is_colored)
