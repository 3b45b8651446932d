"""The actual hours of finished ports as people write them down, and the rules that are made of them."""

import csv
import math
import tempfile
from collections.abc import Mapping
from pathlib import Path

from portgauge.effort.calibrate import Actual, Fit, groups_of
from portgauge.errors import UserError
from portgauge.model.analysis import Analysis
from portgauge.model.estimate import Block
from portgauge.model.rule import Mode
from portgauge.rulebook.calibration import FILE_NAME

_BLOCKS = tuple(block.value for block in Block)
COLUMNS = ("port", "mode", "hours", *_BLOCKS)
_MOST_HOURS = 1_000_000.0


def read_actuals(path: Path) -> tuple[Actual, ...]:
    """Return the finished ports, each with the estimate of its code.

    Every line is checked before the first port is scanned.

    Raises:
        UserError: If the file cannot be read, or a line is not as it should be; with file and line.
    """
    rows = _rows(path)
    checked = [(line, row, _mode(path, line, row), _hours(path, line, row)) for line, row in rows]
    ports = [row["port"] for _, row in rows]
    for line, row, _, _ in checked:
        if ports.count(row["port"]) > 1:
            raise UserError(f"{path}:{line}: {row['port']} stands there twice")
        if not _place(path, row["port"]).exists():
            raise UserError(f"{path}:{line}: {row['port']} is neither a folder nor a saved analysis")
    return tuple(
        _actual(row["port"], _analysis(_place(path, row["port"]), mode), mode, hours) for _, row, mode, hours in checked
    )


def _place(actuals: Path, port: str) -> Path:
    """Return where a port is; a relative path starts at the file that names it."""
    return actuals.parent / port


def _rows(path: Path) -> list[tuple[int, Mapping[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            header = reader.fieldnames or []
            unknown = [name for name in header if name not in COLUMNS]
            if "port" not in header or unknown:
                raise UserError(
                    f"{path}:1: the columns are {', '.join(header) or 'missing'}; expected port, then some of "
                    f"{', '.join(COLUMNS[1:])}"
                )
            rows: list[tuple[int, Mapping[str, str]]] = []
            for row in reader:
                if None in row or None in row.values():
                    raise UserError(f"{path}:{reader.line_num}: has not as many cells as the header has columns")
                rows.append((reader.line_num, {name: text.strip() for name, text in row.items()}))
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path} is no CSV file in UTF-8: {error}") from error
    if not rows:
        raise UserError(f"{path}: no port stands there; expected one on each line")
    return rows


def _mode(path: Path, line: int, row: Mapping[str, str]) -> Mode:
    text = row.get("mode", "") or Mode.HIPIFY.value
    if text not in list(Mode):
        raise UserError(f"{path}:{line}: mode is {text!r}; expected one of {', '.join(Mode)}")
    return Mode(text)


def _hours(path: Path, line: int, row: Mapping[str, str]) -> dict[Block | None, float]:
    """Return the actual hours by block; None stands for the whole."""
    if not row["port"]:
        raise UserError(f"{path}:{line}: port is empty; expected a folder or a saved analysis")
    found: dict[Block | None, float] = {}
    for name in ("hours", *_BLOCKS):
        text = row.get(name, "")
        if not text:
            continue
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not 0 < number <= _MOST_HOURS:
            raise UserError(
                f"{path}:{line}: {name} is {text!r}; expected person-hours above 0 and up to {_MOST_HOURS:,.0f}"
            )
        found[None if name == "hours" else Block(name)] = number
    if not found:
        raise UserError(f"{path}:{line}: no actual hours; expected `hours`, or one of {', '.join(_BLOCKS)}")
    if None in found and len(found) > 1:
        raise UserError(f"{path}:{line}: `hours` and hours by block; give one of them")
    return found


def _analysis(place: Path, mode: Mode) -> Analysis:
    if place.is_dir():
        from portgauge.pipeline import analyse

        return analyse(place, mode=mode)
    from portgauge.reporting.json_loading import load_analysis

    return load_analysis(place)


def _actual(name: str, analysis: Analysis, mode: Mode, hours: Mapping[Block | None, float]) -> Actual:
    estimate = analysis.estimate(target=analysis.targets[0].id, mode=mode)
    return Actual(name=name, parts=tuple((groups_of(estimate, block=block), actual) for block, actual in hours.items()))


def write_calibration(made: Fit, folder: Path) -> None:
    """Write the rules folder; it is made beside and renamed, so that nothing half-written is left.

    Raises:
        UserError: If it cannot be written.
    """
    after = "cannot be told" if made.error_after is None else f"{made.error_after:.2f} for one left out"
    ports = "1 finished port" if made.ports == 1 else f"{made.ports} finished ports"
    basis = f"measured: {ports} of this team; typical factor {made.error_before:.2f} before, {after}"
    lines = [
        "# Made by `portgauge calibrate`: what the shipped prices are multiplied with. Delete the folder to undo it.",
        f'basis: "{basis}"',
        "factors:",
        *(f"  {group}: {factor:.4f}" for group, factor in made.factors.items()),
    ]
    try:
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as beside:
            inner = Path(beside) / folder.name
            inner.mkdir()
            (inner / FILE_NAME).write_text("\n".join(lines) + "\n", encoding="utf-8")
            inner.rename(folder)
    except OSError as error:
        raise UserError(f"{folder} cannot be written: {error.strerror or error}") from error
