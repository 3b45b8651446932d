"""Where reports go: chosen before the scan, written beside and renamed after it."""

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portgauge.errors import InstallationError, UserError
from portgauge.model.base import value
from portgauge.reporting.formats import FORMATS, Format, RenderOptions

if TYPE_CHECKING:
    # Only for types: every command's help would wait for the model.
    from portgauge.model.analysis import Analysis


@value
class Output:
    """One report to write."""

    path: Path | None
    """None for stdout."""
    format: Format


def plan_outputs(names: Sequence[str], *, stdout_format: str | None) -> tuple[Output, ...]:
    """Return what to write, before any work is done.

    A name that cannot be written is said on stderr at once; the others are still planned.

    Raises:
        UserError: If nothing that was asked for can be written, or the format of stdout is unknown.
    """
    planned, refusals = [], []
    if stdout_format is not None and "-" not in names:
        raise UserError("--format names the format of `-o -`; there is no `-o -`")
    for name in names:
        if name == "-":
            if stdout_format not in FORMATS:
                raise UserError(f"`-o -` needs --format, one of {', '.join(FORMATS)}; found {stdout_format!r}")
            planned.append(Output(path=None, format=FORMATS[stdout_format]))
            continue
        try:
            planned.append(_file_output(name))
        except UserError as refusal:
            refusals.append(str(refusal))
    if refusals and not planned:
        raise UserError("\n".join(refusals))
    for sentence in refusals:
        complain(sentence)
    return tuple(planned)


def _file_output(name: str) -> Output:
    by_suffix = {known.suffix: known for known in FORMATS.values()}
    path = Path(name)
    if path.suffix not in by_suffix:
        raise UserError(f"{name}: the suffix picks the format; expected one of {', '.join(sorted(by_suffix))}")
    if path.is_dir():
        raise UserError(f"{name} is a folder; expected the name of a file")
    if not path.parent.is_dir():
        raise UserError(f"{name} cannot be written: there is no folder {path.parent}")
    lacking = by_suffix[path.suffix].lacking()
    if lacking:
        raise UserError(f"{name} cannot be written: {lacking}")
    return Output(path=path, format=by_suffix[path.suffix])


def complain(sentence: str) -> None:
    """Say on stderr what went wrong, with the command's name."""
    context = click.get_current_context(silent=True)
    name = f"portgauge {context.info_name}" if context is not None else "portgauge"
    click.echo(f"{name}: {sentence}", err=True)


def write_outputs(planned: Sequence[Output], analysis: "Analysis", options: RenderOptions) -> bool:
    """Write every report; one that fails is named on stderr and the others are still written.

    Returns:
        Whether all of them were written.
    """
    is_complete = True
    for output in planned:
        try:
            content = output.format.render(analysis, options)
            _write(output.path, content)
        except InstallationError as error:
            complain(f"{output.path} was not written: {error}")
            is_complete = False
        except OSError as error:
            complain(f"{output.path} cannot be written: {error.strerror or error}")
            is_complete = False
    return is_complete


def _write(path: Path | None, content: bytes) -> None:
    if path is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        umask = os.umask(0)
        os.umask(umask)
        Path(beside).chmod(0o666 & ~umask)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
