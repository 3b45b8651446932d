"""Changes written into the tables: cells of rows, new rows, and the source that they name."""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from portgauge.errors import UserError
from portgauge.refreshing.proposals import Change
from portgauge.rulebook.table import Table


def table_text(table: Table, changes: Iterable[Change]) -> str:
    """Return the CSV text of a table after its changes; rows keep their order, new ones go to the place of their name.

    A row that its source has no more stays while a header knows the name, and goes when none does.
    """
    by_symbol = {change.symbol: change for change in changes}
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    kept = []
    for row in rows:
        change = by_symbol.pop(row["symbol"], None)
        if change is not None and change.kind == "gone" and not row["in_headers"]:
            continue
        kept.append(dict(change.row) if change is not None else row)
    is_sorted = [row["symbol"] for row in kept] == sorted(row["symbol"] for row in kept)
    kept.extend(dict(change.row) for change in by_symbol.values() if change.kind == "added")
    if is_sorted:
        kept.sort(key=lambda row: row["symbol"])
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([row[column] for column in table.columns] for row in kept)
    return stream.getvalue()


def write_tables(folder: Path, tables: Mapping[str, Table], changes: Iterable[Change]) -> list[Path]:
    """Write the changes into the tables of a rules folder and return the files that changed."""
    by_table: dict[str, list[Change]] = {}
    for change in changes:
        by_table.setdefault(change.table, []).append(change)
    written = []
    for name, of_table in by_table.items():
        table = tables[name]
        path = folder / table.file.partition("/")[2]
        path.write_text(table_text(table, of_table), encoding="utf-8")
        written.append(path)
    return written


def add_source(path: Path, *, key: str, title: str, url: str, retrieved: str, beside: str) -> bool:
    """Add a source to a YAML file, before the first key that begins with ``beside``; return False when it is there.

    Done on the text, because reading and writing YAML would lose its comments.

    Raises:
        UserError: If the file has no such line.
    """
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    if any(line.startswith(f"  {key}:") for line in lines):
        return False
    number = next((index for index, line in enumerate(lines) if line.startswith(f"  {beside}")), None)
    if number is None:
        raise UserError(f"{path}: no source begins with {beside!r}; add {key} by hand")
    lines.insert(number, f'  {key}: {{title: "{title}", url: "{url}", retrieved: {retrieved}}}\n')
    path.write_text("".join(lines), encoding="utf-8")
    return True
