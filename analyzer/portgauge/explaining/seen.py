"""A name as it stands in code or configuration, such as a requirement, a module or an image: which row would see it."""

import re

from portgauge.parsing.requirements import named
from portgauge.rulebook.lookup import Lookup, Named
from portgauge.rulebook.packages import read_packages
from portgauge.rulebook.table import Table

_TEXTS = ("{name}", "FROM {name}", "FROM {name}:tag", "{name}: 1")
"""How a name stands where a build row looks for it: alone, as an image, as a key."""


def seen_as(lookup: Lookup, name: str) -> list[Named]:
    """Return the row of the package that a name asks for, else those of builds and scripts that find it."""
    return _of_packages(lookup, name) or _of_builds(lookup, name)


def _of_packages(lookup: Lookup, name: str) -> list[Named]:
    tables = {table.name: table for table in lookup.tables_of_kind("python")}
    packages = read_packages(tables)
    written = "".join(name.split())
    asked = named(written, 0, 0)
    parts = written.split(".")
    modules = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
    found = packages.of_requirement(asked.names, asked.extras) if asked is not None else None
    pinned = next((package for package, pattern in packages.pins if pattern.search(written.encode())), None)
    package = packages.of_import(modules[:1]) or pinned or found or packages.of_import(modules)
    return [_row(tables[package.table], package.name)] if package is not None else []


def _of_builds(lookup: Lookup, name: str) -> list[Named]:
    texts = [text.format(name=name) for text in _TEXTS]
    found = []
    for table in lookup.tables_of_kind("build"):
        pattern = table.columns.index("pattern")
        for row in table.rows:
            matches = (re.search(row[pattern], text, re.MULTILINE) for text in texts)
            if any(match is not None and _is_all_of(name, match.group()) for match in matches):
                found.append(_row(table, row[0]))
    return found


def _is_all_of(name: str, found: str) -> bool:
    """Return whether a row found the whole name, but for the tag of an image."""
    return name in found or (name.startswith(found) and name[len(found)] in ":@")


def _row(table: Table, key: str) -> Named:
    return Named(written=key, kind="row", part=table.name, key=str(table.index[key]), is_weak=False)
