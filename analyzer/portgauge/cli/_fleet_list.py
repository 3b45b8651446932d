"""Which codebases a fleet is: the rows of a CSV file, or the folders of a folder."""

import csv
import io
import math
from collections.abc import Iterable
from pathlib import Path

from portgauge.errors import UserError
from portgauge.model.base import value

_COLUMNS = ("name", "path", "revision", "owner", "worth")
_MAX_BYTES = 10_000_000


@value
class Listed:
    """One codebase as a list names it."""

    name: str
    path: Path
    revision: str
    owner: str
    worth: float | None


def read_fleet(path: Path) -> tuple[Listed, ...]:
    """Return the codebases of a list or folder, in its order; names are made unique.

    Raises:
        UserError: If there are none, or a row is wrong.
    """
    if path.is_dir():
        folders = sorted(each for each in path.iterdir() if each.is_dir() and not each.name.startswith("."))
        listed = [Listed(name=each.name, path=each, revision="", owner="", worth=None) for each in folders]
    elif path.is_file():
        listed = list(_rows(path))
    else:
        raise UserError(f"no such list or folder: {path}")
    if not listed:
        raise UserError(f"{path}: no codebase in it; expected folders, or a CSV file with a column path")
    return tuple(_with_unique_names(listed))


def _rows(path: Path) -> Iterable[Listed]:
    data = path.read_bytes()
    if len(data) > _MAX_BYTES:
        raise UserError(f"{path} has more than {_MAX_BYTES:,} bytes; it is no list of codebases")
    reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig", "backslashreplace"), newline=""))
    try:
        names = reader.fieldnames or ()
        unknown = [name for name in names if name not in _COLUMNS]
        if "path" not in names or unknown:
            found = f"found {unknown[0]!r}" if unknown else "there is no column path"
            raise UserError(f"{path}:1: {found}; expected a first line with path and any of {', '.join(_COLUMNS)}")
        for row in reader:
            cells = {name: (text or "").strip() for name, text in row.items() if isinstance(name, str)}
            if None in row or not cells["path"]:
                raise UserError(f"{path}:{reader.line_num}: expected a path, and no more cells than the first line")
            folder = path.parent / cells["path"]
            yield Listed(
                name=cells.get("name") or folder.name or str(folder),
                path=folder,
                revision=cells.get("revision", ""),
                owner=cells.get("owner", ""),
                worth=_worth(cells.get("worth", ""), f"{path}:{reader.line_num}"),
            )
    except csv.Error as error:
        raise UserError(f"{path}:{reader.line_num}: not readable as CSV: {error}") from error


def _worth(text: str, where: str) -> float | None:
    if not text:
        return None
    try:
        worth = float(text)
    except ValueError:
        worth = math.nan
    if not 0 <= worth < 1e15:
        raise UserError(f"{where}: worth is {text!r}; expected a number, 0 or more")
    return worth


def _with_unique_names(listed: Iterable[Listed]) -> Iterable[Listed]:
    taken: set[str] = set()
    for each in listed:
        name, number = each.name, 1
        while name in taken:
            number += 1
            name = f"{each.name} ({number})"
        taken.add(name)
        yield Listed(name=name, path=each.path, revision=each.revision, owner=each.owner, worth=each.worth)
