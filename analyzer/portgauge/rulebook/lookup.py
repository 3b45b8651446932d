"""Every name that the rulebook knows, kept so that one of them is found without loading all.

The file is a database in the user's cache: an index of names, and the parts of the rulebook (a table, a rule, a
route) that they lead to, each stored whole. It is made at first use, like the rulebook's own artifact.
"""

import pickle
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from portgauge.model.base import value
from portgauge.model.explanation import Decision, Price
from portgauge.model.rule import Rule
from portgauge.rulebook.digest import artifact_path, is_ours
from portgauge.rulebook.layout import PLAIN, Layout
from portgauge.rulebook.routes import Route, RouteTable
from portgauge.rulebook.table import Table
from portgauge.rulebook.targets import TargetTable


@value
class Named:
    """One thing that a name stands for."""

    written: str
    """The name as the rulebook writes it."""
    kind: str
    """``row``, ``library``, ``rule``, ``target``, ``route``, ``route-name``, ``effort`` or ``blocker``."""
    part: str
    """The table, rule, target ... that it belongs to."""
    key: str
    """The row's number or name within the part; else empty."""
    is_weak: bool
    """True for a shortened name, which counts only when nobody has it in full."""


@value
class Frame:
    """What all rules rest on, as an explanation says it."""

    targets: TargetTable
    prices: Mapping[str, Price]
    """By effort class."""
    library_prices: Mapping[str, Price]
    blockers: Mapping[str, Decision]


def fold(name: str) -> str:
    """Return a name as it is compared: blanks squeezed, case ignored."""
    return " ".join(name.split()).casefold()


class Lookup:
    """The names of one rules folder."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._parts: dict[str, Any] = {}

    def find(self, name: str) -> tuple[Named, ...]:
        """Return everything that a name stands for, ignoring case."""
        rows = self._connection.execute(
            "SELECT written, kind, part, key, is_weak FROM name WHERE folded = ? ORDER BY rowid", (fold(name),)
        )
        return tuple(_named(row) for row in rows)

    def beginning_with(self, prefix: str, *, limit: int) -> tuple[str, ...]:
        """Return names that begin with a text, as written, in order of the alphabet."""
        folded = fold(prefix)
        rows = self._connection.execute(
            "SELECT DISTINCT written FROM name WHERE folded >= ? AND folded < ? AND folded != ? AND NOT is_weak "
            "ORDER BY folded LIMIT ?",
            (folded, folded + "\U0010ffff", folded, limit),
        )
        return tuple(str(row[0]) for row in rows)

    def every_name(self) -> dict[str, str]:
        """Return all names, folded to written."""
        return dict(self._connection.execute("SELECT folded, written FROM name WHERE NOT is_weak"))

    def mentioned_by(self, name: str) -> tuple[str, ...]:
        """Return the ids of the pattern rules that look for a name."""
        rows = self._connection.execute("SELECT DISTINCT rule FROM mention WHERE name = ? ORDER BY rule", (name,))
        return tuple(str(row[0]) for row in rows)

    def mentioned_in(self, table: str) -> tuple[str, ...]:
        """Return the ids of the pattern rules that look for a name of a table, or for the table's own."""
        rows = self._connection.execute(
            "SELECT DISTINCT rule FROM mention WHERE name = ? OR name IN (SELECT symbol FROM row WHERE part = ?) "
            "ORDER BY rule",
            (table, f"table:{table}"),
        )
        return tuple(str(row[0]) for row in rows)

    def frame(self) -> Frame:
        """Return what all rules rest on."""
        loaded = self._part("frame")
        assert isinstance(loaded, Frame)
        return loaded

    def kind(self, table: str) -> str:
        """Return the kind of a table: ``api``, ``ptx`` ..."""
        return self._header(table).kind

    def tables_of_kind(self, kind: str) -> tuple[Table, ...]:
        """Return the tables of a kind with all their rows."""
        names = self._connection.execute("SELECT name FROM part WHERE name LIKE 'table:%' ORDER BY name").fetchall()
        parts = [str(row[0]).removeprefix("table:") for row in names]
        return tuple(self.table(name) for name in parts if self.kind(name) == kind)

    def row(self, table: str, number: int) -> Table:
        """Return a table with one of its rows only, which then has the number 0."""
        query = "SELECT line, cells FROM row WHERE part = ? AND number = ?"
        return _with_rows(self._header(table), self._rows(query, f"table:{table}", number))

    def table(self, name: str) -> Table:
        """Return a table with all its rows."""
        query = "SELECT line, cells FROM row WHERE part = ? ORDER BY number"
        return _with_rows(self._header(name), self._rows(query, f"table:{name}"))

    def rule(self, rule_id: str) -> Rule:
        """Return a pattern rule."""
        loaded = self._part(f"rule:{rule_id}")
        assert isinstance(loaded, Rule)
        return loaded

    def route(self, name: str) -> Route:
        """Return what is known of a route."""
        loaded = self._part(f"route:{name}")
        assert isinstance(loaded, Route)
        return loaded

    def route_tables(self, symbol: str) -> tuple[RouteTable, ...]:
        """Return the tables of the routes with the rows that can answer for a name."""
        query = "SELECT line, cells FROM row WHERE part = ? AND symbol >= ? AND symbol < ? ORDER BY number"
        return tuple(
            header.with_rows(self._rows(query, f"route-table:{header.name}", symbol, symbol + "\U0010ffff"))
            for header in self._route_headers()
        )

    def whole_route_tables(self) -> tuple[RouteTable, ...]:
        """Return the tables of the routes with all their rows."""
        query = "SELECT line, cells FROM row WHERE part = ? ORDER BY number"
        return tuple(
            header.with_rows(self._rows(query, f"route-table:{header.name}")) for header in self._route_headers()
        )

    def _route_headers(self) -> tuple[RouteTable, ...]:
        names = self._connection.execute("SELECT name FROM part WHERE name LIKE 'route-table:%' ORDER BY name")
        return tuple(self._part(str(row[0])) for row in names.fetchall())

    def _header(self, table: str) -> Table:
        loaded = self._part(f"table:{table}")
        assert isinstance(loaded, Table)
        return loaded

    def _rows(self, query: str, *asked: str | int) -> list[tuple[tuple[str, ...], int]]:
        return [(pickle.loads(cells), line) for line, cells in self._connection.execute(query, asked)]

    def layout(self, kind: str) -> Layout:
        """Return how the rows of a kind of table are worded."""
        layouts: dict[str, Layout] = self._part("layouts")
        return layouts.get(kind, PLAIN)

    def _part(self, name: str) -> Any:
        if name not in self._parts:
            (content,) = self._connection.execute("SELECT content FROM part WHERE name = ?", (name,)).fetchone()
            self._parts[name] = pickle.loads(content)
        return self._parts[name]


def _named(row: tuple[str, str, str, str, int]) -> Named:
    written, kind, part, key, is_weak = row
    return Named(written=written, kind=kind, part=part, key=key, is_weak=bool(is_weak))


def _with_rows(header: Table, rows: Sequence[tuple[tuple[str, ...], int]]) -> Table:
    return replace(
        header,
        rows=tuple(row for row, _ in rows),
        lines=tuple(line for _, line in rows),
        index={row[0]: number for number, (row, _) in enumerate(rows)},
    )


def open_lookup(folder: Path, *, tool_version: str) -> Lookup:
    """Return the names of a rules folder, from the cache when nothing changed.

    Raises:
        RuleError: When a rule file has a defect.
    """
    path = artifact_path("names", ".sqlite", folder=folder, tool_version=tool_version)
    kept = _open_kept(path)
    if kept is not None:
        return kept
    # Imported here: who only looks a name up needs none of the readers.
    from portgauge.rulebook.lookup_file import make_lookup_file

    return Lookup(make_lookup_file(path, folder, tool_version=tool_version))


def _open_kept(path: Path) -> Lookup | None:
    """Return the names kept in a file; None when there is no such file of ours, or it is not whole."""
    if not is_ours(path):
        return None
    try:
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
        found = connection.execute("SELECT 1 FROM part WHERE name = 'frame'").fetchone()
    except sqlite3.DatabaseError:
        return None
    return Lookup(connection) if found else None
