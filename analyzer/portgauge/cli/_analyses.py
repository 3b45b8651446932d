"""How commands other than ``scan`` come to an analysis: the same options, the same settings."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from portgauge.cli import scan
from portgauge.errors import UserError

if TYPE_CHECKING:
    # Only for types: every command's help would wait for the model.
    from portgauge.model.analysis import Analysis

_Command = TypeVar("_Command", bound=Callable[..., Any])
_NOT_SHARED = frozenset(
    {
        "path",
        "outputs",
        "stdout_format",
        "min_coverage",
        "pdf_annex",
        "no_snippets",
        "show",
        "redact",
        "salt",
        "quiet",
        "color",
        "baseline",
        "fail_on",
        "record",
        "store",
        "explain_estimate",
        "what_ifs",
    }
)
"""What belongs to the reports of a scan."""
_WITHOUT_EFFECT = frozenset({"jobs", "no_cache", "no_progress"})
"""What changes no result."""


def analysis_options(function: _Command) -> _Command:
    """Add to a command the options of ``scan`` that say what is analysed and how."""
    shared = [param for param in scan.command.params if param.name not in _NOT_SHARED]
    kept: list[click.Parameter] = getattr(function, "__click_params__", [])
    # click collects the parameters of a function backwards, as decorators run.
    function.__click_params__ = [*reversed(shared), *kept]  # type: ignore[attr-defined]
    return function


def analysis_of(path: Path, options: dict[str, Any]) -> "Analysis":
    """Return the analysis of a folder or git checkout, or the one that a scan saved as JSON.

    Raises:
        UserError: If there is nothing to read, or an option is wrong or cannot change a saved analysis.
    """
    if path.is_file() and path.suffix.lower() == ".json":
        return _saved(path)
    return scan.analyse_path(path, {"quiet": False, **options})


def _saved(path: Path) -> "Analysis":
    from portgauge.reporting.json_loading import load_analysis

    context = click.get_current_context()
    shared = {param.name: param for param in scan.command.params}
    for name in context.params:
        if name in shared and name not in _NOT_SHARED and name not in _WITHOUT_EFFECT:
            source = context.get_parameter_source(name)
            if source is click.core.ParameterSource.COMMANDLINE:
                flag = max(shared[name].opts, key=len)
                raise UserError(f"{path} is judged already, so {flag} cannot change it; give it to `portgauge scan`")
    return load_analysis(path)


def write_text(output: str, text: str) -> None:
    """Write text to a file, or to stdout for ``-``.

    Raises:
        UserError: If the file cannot be written.
    """
    content = text.encode("utf-8", "backslashreplace")
    if output == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        Path(output).write_bytes(content)
    except OSError as error:
        raise UserError(f"{output} cannot be written: {error.strerror or error}") from error
