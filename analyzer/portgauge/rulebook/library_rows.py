"""The rows of ``rules/libraries`` read and checked, and the prices that follow from them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from portgauge.model.estimate import Hours
from portgauge.model.library_status import LIBRARY_STATUS_WORDS
from portgauge.model.rule import Mode
from portgauge.rulebook.effort_classes import EffortModel, LibraryCost
from portgauge.rulebook.libraries import Libraries, Library
from portgauge.rulebook.package_rows import package_libraries
from portgauge.rulebook.rulebook import Rulebook
from portgauge.rulebook.table import Table
from portgauge.rulebook.yamlfile import Defects

STATUSES = tuple(LIBRARY_STATUS_WORDS)
PRICES = ("once", "sites", "build", "ci", "build-table", "decision")
_HOURS_PER_DAY = 8.0
_COLUMNS = (
    "library", "title", "group", "kind", "example", "tables", "rules", "headers", "links", "cmake_targets",
    "cmake_packages", "twin", "status", "sycl", "note", "price", "days_p50", "days_p90", "source",
)  # fmt: skip


def _days(row: Mapping[str, str]) -> tuple[float, float] | None:
    if not row["days_p50"]:
        return None
    return (float(row["days_p50"]), float(row["days_p90"]))


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split(";") if part)


def _complaints(row: Mapping[str, str]) -> list[str]:
    """Return what is wrong with one row, one sentence each."""
    found = []
    if row["status"] not in STATUSES:
        found.append(f"status is {row['status']!r}; expected one of {', '.join(STATUSES)}")
    if row["price"] not in PRICES:
        found.append(f"price is {row['price']!r}; expected one of {', '.join(PRICES)}")
    for column in ("links", "cmake_targets"):
        for text in _split(row[column]) if column == "links" else (row[column],):
            try:
                re.compile(text)
            except re.error as error:
                found.append(f"{column} holds {text!r}, which does not compile: {error}")
    try:
        days = _days(row)
    except ValueError:
        found.append(f"days are {row['days_p50']!r} and {row['days_p90']!r}; expected numbers")
        return found
    if days is not None and not 0 <= days[0] <= days[1]:
        found.append(f"days are {days[0]:g} and {days[1]:g}; expected 0 <= p50 <= p90")
    if row["price"] == "once" and days is None:
        found.append("price is 'once', but there are no days")
    return found


def read_libraries(tables: Mapping[str, Table], *, defects: Defects) -> Libraries:
    """Return the libraries of the tables of that kind; what is wrong goes to ``defects``."""
    libraries = []
    for table in tables.values():
        if table.kind != "library":
            continue
        missing = [column for column in _COLUMNS if column not in table.columns]
        if missing:
            defects.add(f"{table.file}:1", f"no column {', '.join(missing)}")
            continue
        for number, line in enumerate(table.lines):
            row = table.row(number)
            complaints = _complaints(row)
            for complaint in complaints:
                defects.add(f"{table.file}:{line}", complaint)
            if not complaints:
                libraries.append(_library(row))
    return Libraries([*package_libraries(tables), *libraries])


def dangling_names(rulebook: Rulebook) -> Iterator[str]:
    """Yield one line, ``file:line: ...``, for each name that one table says and no other knows.

    Not refused when rules are loaded, so that a part of them can stand alone.
    """
    libraries = rulebook.libraries.by_name
    for table in rulebook.tables.values():
        for number, line in enumerate(table.lines):
            row = table.row(number)
            if table.kind == "library":
                for name in _split(row["tables"]):
                    if name not in rulebook.tables:
                        yield f"{table.file}:{line}: there is no API table {name!r}"
                for name in _split(row["rules"]):
                    if name not in rulebook.patterns:
                        yield f"{table.file}:{line}: there is no rule {name!r}"
            elif row.get("library") and row["library"] not in libraries:
                yield f"{table.file}:{line}: there is no library {row['library']!r} in rules/libraries"
    for name in rulebook.effort.libraries.keys() - libraries.keys():
        yield f"rules/effort.yaml:1: library {name!r} has hours and no row in rules/libraries"


def _library(row: Mapping[str, str]) -> Library:
    return Library(
        name=row["library"],
        title=row["title"],
        group=row["group"],
        twin=row["twin"],
        status=row["status"],
        sycl=row["sycl"],
        note=row["note"],
        price=row["price"],
        tables=_split(row["tables"]),
        rules=_split(row["rules"]),
        headers=_split(row["headers"]),
        links=_split(row["links"]),
        cmake_targets=row["cmake_targets"],
        cmake_packages=_split(row["cmake_packages"]),
        days=_days(row),
    )


def with_library_costs(effort: EffortModel, libraries: Libraries) -> EffortModel:
    """Return the effort model with a price for each library that has one; hours of ``effort.yaml`` win over days."""
    costs = {}
    for name, library in libraries.by_name.items():
        stated = effort.libraries.get(name)
        grade = "D" if library.status in ("rewrite", "none") else "B"
        if stated is not None:
            costs[name] = replace(stated, grade=stated.grade or grade)
        elif library.price == "once" and library.days is not None:
            costs[name] = LibraryCost(
                name=name, title=library.title, hours=_hours(library.days, effort), grade=grade, basis=effort.days_basis
            )
    return replace(effort, libraries={**effort.libraries, **costs})


def _hours(days: tuple[float, float], effort: EffortModel) -> dict[Mode, Hours]:
    p50, p90 = (_HOURS_PER_DAY * part for part in days)
    return {mode: Hours(p50=p50 * factor, p90=p90 * factor) for mode, factor in effort.library_factors.items()}
