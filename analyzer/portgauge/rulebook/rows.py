"""CSV files read with the line on which each row starts."""

from pathlib import Path

from portgauge.model.base import value
from portgauge.rulebook.yamlfile import Defects


@value
class Rows:
    """What a CSV file holds: column names, rows, and the line on which each row starts (from 1)."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]


def read_rows(path: Path, *, name: str, defects: Defects) -> Rows:
    """Return a CSV file's rows; a row of another length than its header is a defect and left out."""
    import csv  # here, because who finds a kept rulebook reads no CSV

    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    columns: tuple[str, ...] = ()
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            reader = csv.reader(stream, strict=True)
            columns = tuple(next(reader, ()))
            start = reader.line_num + 1
            for row in reader:
                if len(row) == len(columns):
                    rows.append(tuple(row))
                    lines.append(start)
                else:
                    defects.add(f"{name}:{start}", f"{len(row)} cells; expected {len(columns)}")
                start = reader.line_num + 1
    except UnicodeDecodeError as error:
        defects.add(f"{name}:1", f"is no UTF-8: {error}")
    except csv.Error as error:
        defects.add(f"{name}:{reader.line_num}", f"is no valid CSV: {error}")
    return Rows(columns=columns, rows=tuple(rows), lines=tuple(lines))
