"""``rules/routes/``: the ways to leave CUDA, and what other tools say about a CUDA name.

Facts only. They stand apart from the rulebook, because a scan does not read them.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from portgauge.errors import RuleError
from portgauge.model.base import value
from portgauge.model.rule import Origin, Source
from portgauge.rulebook.rows import Rows, read_rows
from portgauge.rulebook.sources import read_sources
from portgauge.rulebook.yamlfile import (
    MAPPING,
    TEXT,
    WORDS,
    Defects,
    Document,
    Form,
    Mapped,
    check_keys,
    complaining,
    read_document,
    words,
)

FACTS_FILE = "routes.yaml"
COMPARED_FILE = "compared.yaml"
"""How routes are compared; ``route_comparison`` reads it."""
_FACTS = (
    "needs_source",
    "runs_binary",
    "needs",
    "hardware",
    "cuda_versions",
    "libraries",
    "inline_ptx",
    "warp_size",
    "licence",
    "activity",
    "maintenance",
    "limits",
    "measured",
    "cost_follows",
)
_ROUTE_KEYS: Mapping[str, Form] = {
    "title": TEXT,
    "also_called": WORDS,
    "confidence": TEXT,
    "sources": WORDS,
    **dict.fromkeys(_FACTS, TEXT),
}
_TABLE_KEYS: Mapping[str, Form] = {
    "table": TEXT,
    "route": TEXT,
    "title": TEXT,
    "library_column": TEXT,
    "status_column": TEXT,
    "statuses": MAPPING,
    "not_listed": TEXT,
    "tables": MAPPING,
    "older": MAPPING,
    "diagnostics": MAPPING,
    "twins": TEXT,
    "sources": MAPPING,
}


@value
class Route:
    """A way to leave CUDA."""

    name: str
    title: str
    also_called: tuple[str, ...]
    facts: Mapping[str, str]
    """What is known, by the keys of ``routes.yaml``; a missing key is not known."""
    confidence: str
    sources: tuple[Source, ...]
    origin: Origin


@value
class Diagnostic:
    """What a warning that comes with a migration takes away from it."""

    needs_review: bool
    note: str


@value
class RouteAnswer:
    """What one table of a route says about a name."""

    table: str
    route: str
    symbol: str
    """The row's own name; it may hold ``*``."""
    library: str
    status: str
    meaning: str
    """The status in words."""
    notes: tuple[str, ...]
    needs_review: bool
    """Whether the tool reports success and somebody must still look."""
    source: Source
    origin: Origin


@value
class RouteTable:
    """What one tool says about CUDA names."""

    name: str
    route: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    index: Mapping[str, tuple[int, ...]]
    """Symbol to row numbers; a library's own rows stand under its name with ``*``."""
    globs: tuple[tuple[str, int], ...]
    """Symbols that hold ``*``, longest first, with their row numbers."""
    library_column: str
    status_column: str
    statuses: Mapping[str, str]
    not_listed: str
    tables: Mapping[str, str]
    """A library of this table to the table of ``rules/`` that holds its names, where the two differ."""
    older: tuple[frozenset[str], frozenset[str], str]
    """Libraries and statuses that come from an older list, and what to say then."""
    diagnostics: Mapping[str, Diagnostic]
    twins: "re.Pattern[str]"
    """What may follow a name in the name of its later forms."""
    listed: frozenset[str]
    """Tables of ``rules/`` of which this table lists names one by one."""
    sources: Mapping[str, Source]
    file: str

    def reduced_to(self, numbers: Iterable[int]) -> "RouteTable":
        """Return the table with some of its rows only."""
        kept = [(self.rows[number], self.lines[number]) for number in numbers]
        return replace(self, rows=(), lines=(), index={}, globs=()).with_rows(kept)

    def with_rows(self, added: Iterable[tuple[tuple[str, ...], int]]) -> "RouteTable":
        """Return the table with more rows, each with its line."""
        more = tuple(added)
        rows = (*self.rows, *(row for row, _ in more))
        index, globs = index_symbols(rows)
        return replace(self, rows=rows, lines=(*self.lines, *(line for _, line in more)), index=index, globs=globs)

    def table_of(self, library: str) -> str:
        """Return the name of the table of ``rules/`` that holds a library's names."""
        return self.tables.get(library, library)

    def find(self, symbol: str, *, table: str = "") -> tuple[RouteAnswer, ...]:
        """Return what is said about a name: exactly it and its later forms, else the longest glob, else its library.

        Args:
            symbol: The name as written in CUDA code.
            table: The table of ``rules/`` that holds it; empty when none does.
        """
        numbers = list(self.index.get(symbol, ()))
        if self.twins.pattern:
            for name in self._later_forms(symbol):
                numbers.extend(self.index[name])
        if not numbers:
            numbers = [number for pattern, number in self.globs if fnmatchcase(symbol, pattern)][:1]
        if not numbers and table not in self.listed:
            # Where some names of the library are listed, one that is missing is unknown, whatever the others are.
            numbers = self._whole_library(table)
        return tuple(self._answer(number) for number in numbers)

    def library_answers(self, table: str) -> tuple[RouteAnswer, ...]:
        """Return what is said about a library as a whole."""
        return tuple(self._answer(number) for number in self._whole_library(table))

    def library_rows(self, table: str) -> tuple[dict[str, str], ...]:
        """Return the rows of a library, each as column to text."""
        column = self.columns.index(self.library_column)
        return tuple(
            dict(zip(self.columns, row, strict=True)) for row in self.rows if self.table_of(row[column]) == table
        )

    def _whole_library(self, table: str) -> list[int]:
        column = self.columns.index(self.library_column)
        return [number for number in self.index.get("*", ()) if self.table_of(self.rows[number][column]) == table]

    def _later_forms(self, symbol: str) -> list[str]:
        return [
            name
            for name in self.index
            if name.startswith(symbol) and name != symbol and self.twins.fullmatch(name, len(symbol))
        ]

    def _answer(self, number: int) -> RouteAnswer:
        row = dict(zip(self.columns, self.rows[number], strict=True))
        status, library = row[self.status_column], row[self.library_column]
        found = [self.diagnostics[name] for name in row.get("diagnostics", "").split() if name in self.diagnostics]
        notes = [row["note"]] if row.get("note") else []
        notes.extend(diagnostic.note for diagnostic in found if not row.get("note"))
        old_libraries, old_statuses, sentence = self.older
        if library in old_libraries and status in old_statuses:
            notes.append(sentence)
        return RouteAnswer(
            table=self.name,
            route=self.route,
            symbol=row[self.columns[0]],
            library=library,
            status=status,
            meaning=self.statuses[status],
            notes=tuple(dict.fromkeys(notes)),
            needs_review=any(diagnostic.needs_review for diagnostic in found),
            source=self.sources[row["source"]],
            origin=Origin(file=self.file, line=self.lines[number]),
        )


def index_symbols(
    rows: Sequence[tuple[str, ...]],
) -> tuple[dict[str, tuple[int, ...]], tuple[tuple[str, int], ...]]:
    """Return row numbers by symbol, and the symbols that hold ``*``, the longest first, with their row."""
    index: dict[str, tuple[int, ...]] = {}
    for number, row in enumerate(rows):
        index[row[0]] = (*index.get(row[0], ()), number)
    globs = [(symbol, numbers[0]) for symbol, numbers in index.items() if "*" in symbol and symbol != "*"]
    return index, tuple(sorted(globs, key=lambda entry: (-len(entry[0]), entry[0])))


@value
class Routes:
    """Everything that ``rules/routes/`` says."""

    facts: Mapping[str, Route]
    tables: Mapping[str, RouteTable]


def _sources_of(document: Document, raw: Mapped, known: Mapping[str, Source], defects: Defects) -> tuple[Source, ...]:
    for key in words(raw.get("sources")):
        if key not in known:
            defects.add(document.origin(raw, "sources"), f"source {key!r} is not defined; known are {', '.join(known)}")
    return tuple(known[key] for key in words(raw.get("sources")) if key in known)


def _read_facts(document: Document, defects: Defects) -> dict[str, Route]:
    root = document.root
    check_keys(document, root, allowed={"sources": MAPPING, "routes": MAPPING}, defects=defects)
    known = read_sources(document, root.get("sources"), defects=defects)
    routes = {}
    for name, raw in root["routes"].items():
        check_keys(document, raw, allowed=_ROUTE_KEYS, defects=defects)
        sources = _sources_of(document, raw, known, defects)
        if not sources:
            defects.add(document.origin(root["routes"], name), "a route names at least one source")
        routes[name] = Route(
            name=name,
            title=str(raw["title"]),
            also_called=words(raw.get("also_called")),
            facts={key: str(raw[key]) for key in _FACTS if raw.get(key)},
            confidence=str(raw["confidence"]),
            sources=sources,
            origin=document.origin(root["routes"], name),
        )
    return routes


def _older(raw: Any) -> tuple[frozenset[str], frozenset[str], str]:
    if raw is None:
        return (frozenset(), frozenset(), "")
    return (frozenset(words(raw["libraries"])), frozenset(words(raw["statuses"])), str(raw["note"]))


def _read_table(document: Document, csv_path: Path, *, csv_name: str, defects: Defects) -> RouteTable | None:
    root = document.root
    check_keys(document, root, allowed=_TABLE_KEYS, defects=defects)
    sources = read_sources(document, root.get("sources"), defects=defects)
    found = read_rows(csv_path, name=csv_name, defects=defects)
    status_column, library_column = str(root["status_column"]), str(root["library_column"])
    statuses = {str(word): str(text) for word, text in root["statuses"].items()}
    for column in (status_column, library_column, "source"):
        if column not in found.columns:
            defects.add(f"{csv_name}:1", f"no column {column!r}, which {document.name} names")
    if defects.are_in(csv_name):
        return None
    _check_rows(found, status_column, statuses, sources, csv_name=csv_name, defects=defects)
    tables = {str(name): str(table) for name, table in (root.get("tables") or {}).items()}
    index, globs = index_symbols(found.rows)
    library_at = found.columns.index(library_column)
    return RouteTable(
        name=str(root["table"]),
        route=str(root["route"]),
        title=str(root["title"]),
        columns=found.columns,
        rows=found.rows,
        lines=found.lines,
        index=index,
        globs=globs,
        library_column=library_column,
        status_column=status_column,
        statuses=statuses,
        not_listed=str(root["not_listed"]),
        tables=tables,
        older=_older(root.get("older")),
        diagnostics={
            str(name): Diagnostic(needs_review=bool(raw["needs_review"]), note=str(raw["note"]))
            for name, raw in (root.get("diagnostics") or {}).items()
        },
        twins=re.compile(str(root.get("twins") or "")),
        listed=frozenset(tables.get(row[library_at], row[library_at]) for row in found.rows if "*" not in row[0]),
        sources=sources,
        file=csv_name,
    )


def _check_rows(
    found: Rows,
    status_column: str,
    statuses: Mapping[str, str],
    sources: Mapping[str, Source],
    *,
    csv_name: str,
    defects: Defects,
) -> None:
    status_at, source_at = found.columns.index(status_column), found.columns.index("source")
    for row, line in zip(found.rows, found.lines, strict=True):
        if row[status_at] not in statuses:
            known = ", ".join(statuses)
            defects.add(f"{csv_name}:{line}", f"{status_column} is {row[status_at]!r}; expected one of {known}")
        if row[source_at] not in sources:
            defects.add(f"{csv_name}:{line}", f"source {row[source_at]!r} is not defined in its header")


def read_routes(folder: Path, *, folder_name: str, defects: Defects) -> Routes:
    """Return what ``rules/routes/`` says; what is wrong goes to ``defects``. A missing folder says nothing."""
    facts: dict[str, Route] = {}
    tables: dict[str, RouteTable] = {}
    for path in sorted(folder.glob("*.yaml")):
        document = read_document(path, name=f"{folder_name}/{path.name}", defects=defects)
        if document is None or path.name == COMPARED_FILE:
            continue
        with complaining(document, defects):
            if path.name == FACTS_FILE:
                facts = _read_facts(document, defects)
                continue
            table = _read_table(
                document, path.with_suffix(".csv"), csv_name=f"{folder_name}/{path.stem}.csv", defects=defects
            )
            if table is not None:
                tables[table.name] = table
    for table in tables.values():
        if table.route not in facts:
            defects.add(f"{folder_name}/{table.name}.yaml:1", f"route {table.route!r} is not in {FACTS_FILE}")
    return Routes(facts=facts, tables=tables)


def load_routes(folder: Path) -> Routes:
    """Return the routes of a folder laid out as ``rules/`` is.

    Raises:
        RuleError: With every defect, each with file, line, found and expected.
    """
    defects = Defects()
    routes = read_routes(folder / "routes", folder_name=f"{folder.name}/routes", defects=defects)
    if defects.found:
        raise RuleError(defects.found)
    return routes
