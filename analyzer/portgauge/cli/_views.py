"""Comparisons, histories and portfolios to files; the suffix picks the form."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click

from portgauge.cli._outputs import _write
from portgauge.errors import InstallationError, UserError

Views = Mapping[str, Callable[[], bytes]]
"""Name of a form, which is its suffix without the dot, to what makes it."""


def check_views(names: Sequence[str], *, stdout_format: str | None, forms: Sequence[str]) -> None:
    """Refuse outputs that cannot be written, before any work is done.

    Raises:
        UserError: If a form is unknown, or a folder does not exist.
    """
    expected = ", ".join(f".{form}" for form in forms)
    if stdout_format is not None and "-" not in names:
        raise UserError("--format names the format of `-o -`; there is no `-o -`")
    for name in names:
        if name == "-":
            if stdout_format not in forms:
                raise UserError(f"`-o -` needs --format, one of {', '.join(forms)}; found {stdout_format!r}")
            continue
        path = Path(name)
        if path.suffix.removeprefix(".") not in forms:
            raise UserError(f"{name}: the suffix picks the format; expected one of {expected}")
        if path.is_dir():
            raise UserError(f"{name} is a folder; expected the name of a file")
        if not path.parent.is_dir():
            raise UserError(f"{name} cannot be written: there is no folder {path.parent}")


def write_views(names: Sequence[str], views: Views, *, stdout_format: str | None, command: str) -> bool:
    """Write every output; one that fails is named on stderr and the others are still written.

    Returns:
        Whether all of them were written.
    """
    is_complete = True
    for name in names:
        path = None if name == "-" else Path(name)
        form = stdout_format if path is None else path.suffix.removeprefix(".")
        try:
            _write(path, views[str(form)]())
        except InstallationError as error:
            click.echo(f"portgauge {command}: {name} was not written: {error}", err=True)
            is_complete = False
        except OSError as error:
            click.echo(f"portgauge {command}: {name} cannot be written: {error.strerror or error}", err=True)
            is_complete = False
    return is_complete
