"""The file of names made from a rules folder; ``lookup`` reads it."""

import os
import pickle
import re
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from portgauge.model.estimate import EffortClass
from portgauge.model.explanation import Decision, Price, WayPast
from portgauge.model.rule import Mode, Names, PtxInstruction, Rule, Shape, TextMarker, TreeQuery
from portgauge.rulebook.artifact import load_cached
from portgauge.rulebook.digest import remove_older
from portgauge.rulebook.effort_classes import LibraryCost
from portgauge.rulebook.layout import PLAIN, Layout
from portgauge.rulebook.loader import load_layouts
from portgauge.rulebook.lookup import Frame, fold
from portgauge.rulebook.routes import Routes, load_routes
from portgauge.rulebook.rulebook import BlockerClass, Rulebook, Shapes
from portgauge.rulebook.table import Table

_SCHEMA = """
CREATE TABLE name (folded TEXT, written TEXT, kind TEXT, part TEXT, key TEXT, is_weak INTEGER);
CREATE TABLE mention (name TEXT, rule TEXT);
CREATE TABLE part (name TEXT PRIMARY KEY, content BLOB) WITHOUT ROWID;
CREATE TABLE row (part TEXT, number INTEGER, symbol TEXT, line INTEGER, cells BLOB, PRIMARY KEY (part, number))
    WITHOUT ROWID;
"""
_INDEXES = """
CREATE INDEX by_name ON name (folded);
CREATE INDEX by_mention ON mention (name);
CREATE INDEX by_symbol ON row (part, symbol);
"""
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_SHORTEST_WORD = 4
_MOST_ROWS_OF_A_COUNTERPART = 8
_WORD = re.compile(r"[A-Za-z_]\w*")
_Row = tuple[str, str, str, str, str, int]


def _entry(written: str, kind: str, part: str, key: str = "", *, is_weak: bool = False) -> _Row:
    return (fold(written), written, kind, part, key, int(is_weak))


def _table_names(table: Table, layout: Layout) -> Iterator[_Row]:
    for written in dict.fromkeys((table.name, table.title)):
        yield _entry(written, "library", table.name)
    for number in range(len(table.rows)):
        for written in layout.names_of(table.row(number)):
            yield _entry(written, "row", table.name, str(number))
            for short in _shortened(written):
                yield _entry(short, "row", table.name, str(number), is_weak=True)
        for written in layout.further_names_of(table.row(number)):
            yield _entry(written, "row", table.name, str(number), is_weak=True)
    yield from _counterpart_names(table, layout)


def _counterpart_names(table: Table, layout: Layout) -> Iterator[_Row]:
    """Yield the names on AMD's side, but for those that so many rows share that they say nothing of one."""
    rows: dict[str, list[int]] = {}
    for number in range(len(table.rows)):
        for written in layout.counterparts_of(table.row(number)):
            rows.setdefault(written, []).append(number)
    for written, numbers in rows.items():
        if len(numbers) <= _MOST_ROWS_OF_A_COUNTERPART:
            for number in numbers:
                yield _entry(written, "row", table.name, str(number), is_weak=True)


def _shortened(written: str) -> set[str]:
    """Return by what else people ask for a name: its last part, the head of an opcode, the words of a title."""
    words = (word for word in written.split() if len(word) >= _SHORTEST_WORD)
    return {written.rpartition("::")[2], written.partition(".")[0], *words} - {"", written}


def looked_for(rule: Rule, shapes: Shapes) -> set[str]:
    """Return the names that a rule looks for by name, as far as its file says them."""
    match rule.look_for:
        case Names(identifiers=identifiers, includes=includes, namespaces=namespaces):
            return {*identifiers, *includes, *namespaces}
        case PtxInstruction(heads=heads):
            return set(heads)
        case TextMarker(literals=literals):
            return set(literals)
        case TreeQuery(text=text):
            return {word for quoted in _QUOTED.findall(text) for word in _WORD.findall(quoted)}
        case Shape(where=where):
            values = [(part, found) for tests in where for part, several in tests.items() for found in several]
            groups = {name for part, found in values if part == "group" for name in shapes.groups.get(str(found), ())}
            return groups | {str(found) for part, found in values if part in ("callee", "name", "meaning")}
    return set()


def _names(rulebook: Rulebook, routes: Routes, layouts: dict[str, Layout]) -> Iterator[_Row]:
    for rule in rulebook.patterns.values():
        for written in (rule.id, *rule.formerly):
            yield _entry(written, "rule", rule.id)
    known = set()
    for table in rulebook.tables.values():
        for row in _table_names(table, layouts.get(table.kind, PLAIN)):
            known.add(row[0])
            yield row
    for target in rulebook.targets.targets:
        yield _entry(target, "target", target)
    for route in routes.facts.values():
        for written in dict.fromkeys((route.name, *route.also_called)):
            yield _entry(written, "route", route.name)
    for route_table in routes.tables.values():
        for symbol in route_table.index:
            if "*" not in symbol and fold(symbol) not in known:
                yield _entry(symbol, "route-name", route_table.name, symbol)
    for name in rulebook.effort.classes:
        yield _entry(name, "effort", name)
    for name in rulebook.blockers:
        yield _entry(name, "blocker", name)


def _frame(rulebook: Rulebook) -> Frame:
    effort = rulebook.effort
    return Frame(
        targets=rulebook.targets,
        prices={name: _price_of_class(found) for name, found in effort.classes.items()},
        library_prices={name: _price_of_library(found) for name, found in effort.libraries.items()},
        blockers={name: _decision(found) for name, found in rulebook.blockers.items()},
    )


def _price_of_class(effort: EffortClass) -> Price:
    minutes = {mode: effort.minutes(mode) for mode in Mode}
    return Price(
        name=effort.name,
        title=effort.title,
        per=effort.per,
        unit="minutes",
        grade=effort.grade,
        by_mode={mode: (found.p50, found.p90) for mode, found in minutes.items()},
        basis=effort.basis,
    )


def _price_of_library(cost: LibraryCost) -> Price:
    return Price(
        name=cost.name,
        title=cost.title,
        per="library",
        unit="hours",
        grade=cost.grade,
        by_mode={mode: (hours.p50, hours.p90) for mode, hours in cost.hours.items()},
        basis=cost.basis,
    )


def _decision(blocker: BlockerClass) -> Decision:
    return Decision(
        title=blocker.title,
        ways=tuple(
            WayPast(
                title=option.title,
                hours=(option.hours.p50, option.hours.p90) if option.hours else None,
                basis=option.basis,
            )
            for option in blocker.options
        ),
    )


def _parts(rulebook: Rulebook, routes: Routes, layouts: dict[str, Layout]) -> Iterator[tuple[str, object]]:
    yield "frame", _frame(rulebook)
    yield "layouts", layouts
    for rule in rulebook.patterns.values():
        yield f"rule:{rule.id}", rule
    for table in rulebook.tables.values():
        yield f"table:{table.name}", replace(table, rows=(), lines=(), index={})
    for route in routes.facts.values():
        yield f"route:{route.name}", route
    for route_table in routes.tables.values():
        with_star = [number for number, row in enumerate(route_table.rows) if "*" in row[0]]
        yield f"route-table:{route_table.name}", route_table.reduced_to(with_star)


def _rows(rulebook: Rulebook, routes: Routes) -> Iterator[tuple[str, int, str, int, bytes]]:
    tables = [(f"table:{table.name}", table.rows, table.lines) for table in rulebook.tables.values()]
    route_tables = [(f"route-table:{table.name}", table.rows, table.lines) for table in routes.tables.values()]
    for part, rows, lines in (*tables, *route_tables):
        for number, (row, line) in enumerate(zip(rows, lines, strict=True)):
            if not (part.startswith("route-table:") and "*" in row[0]):
                yield part, number, row[0], line, _kept(row)


def _kept(part: object) -> bytes:
    return pickle.dumps(part, protocol=pickle.HIGHEST_PROTOCOL)


def _fill(connection: sqlite3.Connection, folder: Path, tool_version: str) -> None:
    rulebook, routes, layouts = (
        load_cached(folder, tool_version=tool_version),
        load_routes(folder),
        load_layouts(folder),
    )
    mentions: Iterable[tuple[str, str]] = (
        (name, rule.id) for rule in rulebook.patterns.values() for name in looked_for(rule, rulebook.shapes)
    )
    connection.executescript(_SCHEMA)
    connection.executemany("INSERT INTO name VALUES (?, ?, ?, ?, ?, ?)", _names(rulebook, routes, layouts))
    connection.executemany("INSERT INTO mention VALUES (?, ?)", mentions)
    connection.executemany("INSERT INTO row VALUES (?, ?, ?, ?, ?)", _rows(rulebook, routes))
    parts = ((name, _kept(part)) for name, part in _parts(rulebook, routes, layouts))
    connection.executemany("INSERT INTO part VALUES (?, ?)", parts)
    connection.executescript(_INDEXES)
    connection.commit()


def make_lookup_file(path: Path, folder: Path, *, tool_version: str) -> sqlite3.Connection:
    """Write the names of a rules folder to a file and return it, opened; in memory where no file can be written.

    Raises:
        RuleError: When a rule file has a defect.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=path.parent)
    except OSError:
        # A cache that cannot be written costs time, nothing else.
        connection = sqlite3.connect(":memory:")
        _fill(connection, folder, tool_version)
        return connection
    os.close(handle)
    try:
        connection = sqlite3.connect(beside)
        _fill(connection, folder, tool_version)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    remove_older("names")
    return connection
