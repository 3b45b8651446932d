"""What the loader refuses in the rows of ``rules/build``."""

import re
from collections.abc import Iterator, Mapping

from portgauge.rulebook.effort_classes import EffortModel
from portgauge.rulebook.table import Table
from portgauge.rulebook.yamlfile import Defects

PRICES = ("build", "ci", "own", "none")
_COLUMNS = (
    "signal", "title", "category", "kind", "formats", "pattern", "words", "counterpart", "note", "price", "effort",
    "library", "example", "source",
)  # fmt: skip


def check_build_rows(tables: Mapping[str, Table], *, effort: EffortModel, defects: Defects) -> None:
    """Note a defect for each row of a build table that could not be looked for, or has no price that is known."""
    for table in tables.values():
        if table.kind != "build":
            continue
        missing = [column for column in _COLUMNS if column not in table.columns]
        if missing:
            defects.add(f"{table.file}:1", f"no column {', '.join(missing)}")
            continue
        for number, line in enumerate(table.lines):
            for complaint in _complaints(table.row(number), effort):
                defects.add(f"{table.file}:{line}", complaint)


def _complaints(row: Mapping[str, str], effort: EffortModel) -> Iterator[str]:
    if row["price"] not in PRICES:
        yield f"price is {row['price']!r}; expected one of {', '.join(PRICES)}"
    if row["price"] != "none" and row["effort"] not in effort.classes:
        yield f"effort class {row['effort']!r} is not defined in effort.yaml"
    if row["kind"] not in row["formats"].split(";"):
        yield f"kind {row['kind']!r} is none of the formats {row['formats']}"
    if not all(row["words"].split(";")):
        yield "words has an empty part, which stands in every text"
    try:
        re.compile(row["pattern"])
    except re.error as error:
        yield f"the pattern does not compile: {error}"
