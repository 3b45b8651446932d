"""What would change in an API table: rows that come, go, or say something else than today."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from portgauge.model.base import value
from portgauge.refreshing.hipify import MapEntry, Reading, columns_of
from portgauge.rulebook.table import Table

_CUDA_COLUMNS = ("cuda_added", "cuda_deprecated", "cuda_removed")
_HEADER_SUFFIXES = (".h", ".hpp", ".cuh", ".inl")
_COMMENT_OR_TEXT = re.compile(rb'//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"', re.DOTALL)
_IDENTIFIER = re.compile(rb"[A-Za-z_]\w*")


@value
class Change:
    """One row that would change."""

    kind: str
    """``added``, ``changed``, ``gone`` (no longer in its source), or ``confirmed`` (only its source is newer)."""
    table: str
    symbol: str
    row: Mapping[str, str]
    """The whole row as it would stand."""
    differences: tuple[tuple[str, str, str], ...]
    """Column, text today, text then."""


@value
class Kept:
    """Rows that HIPIFY sees otherwise, and that a newer source decided; they stay."""

    table: str
    symbol: str
    source: str


def _owner(entries: Iterable[MapEntry], tables: Mapping[str, Table]) -> dict[str, Counter[str]]:
    """Return for each map of HIPIFY how many of its names stand in which table."""
    owners: dict[str, Counter[str]] = {}
    for entry in entries:
        for table in tables.values():
            if entry.symbol in table.index:
                owners.setdefault(entry.map_name, Counter())[table.name] += 1
    return owners


def _entry_for(several: Sequence[MapEntry], table: str, owners: Mapping[str, Counter[str]]) -> MapEntry:
    """Return the entry of the map that holds most names of a table."""
    return max(several, key=lambda entry: owners.get(entry.map_name, Counter())[table])


def _merged(row: Mapping[str, str], entry: MapEntry, reading: Reading) -> dict[str, str]:
    """Return the row with what HIPIFY decides."""
    merged = dict(row)
    for column, text in columns_of(entry, reading, shipped=row["hip_symbol"]).items():
        # HIPIFY's history starts late and headers know more: what it does not say takes nothing away.
        if column in _CUDA_COLUMNS and not text:
            continue
        is_same_file = row["kind"] == "include" and PurePosixPath(text).name == PurePosixPath(row[column]).name
        if column == "hip_symbol" and text and is_same_file:
            continue
        merged[column] = text
    return merged


def compare_with_hipify(
    entries: Mapping[str, tuple[MapEntry, ...]], tables: Mapping[str, Table], *, reading: Reading, source: str
) -> tuple[tuple[Change, ...], tuple[Kept, ...]]:
    """Return what would change when a HIPIFY checkout, to be called ``source``, decided its rows."""
    owners = _owner((entry for several in entries.values() for entry in several), tables)
    changes: list[Change] = []
    kept: list[Kept] = []
    known: set[str] = set()
    for table in tables.values():
        for number in range(len(table.rows)):
            row = table.row(number)
            symbol = row["symbol"]
            known.update((symbol, symbol.rpartition("::")[2]))
            # HIPIFY leaves the namespace away from some names.
            several = entries.get(symbol) or entries.get(symbol.rpartition("::")[2])
            sources = row["source"].split(";")
            is_hipifys = all(key.startswith(reading.source_prefix) for key in sources)
            if several is None:
                if is_hipifys:
                    changes.append(_gone(table.name, row))
                continue
            merged = _merged(row, _entry_for(several, table.name, owners), reading)
            if not is_hipifys and row["status"] != "unmapped":
                if merged != row:
                    kept.append(Kept(table=table.name, symbol=symbol, source=row["source"]))
                continue
            if is_hipifys or merged["status"] != "unsupported":
                changes.extend(_changed(table.name, row, merged, source))
    changes.extend(_added(entries, tables, known, owners, reading=reading, source=source))
    return tuple(changes), tuple(kept)


def _changed(table: str, row: Mapping[str, str], merged: dict[str, str], source: str) -> Iterator[Change]:
    differences = tuple((column, row[column], merged[column]) for column in row if row[column] != merged[column])
    merged |= {"source": source, "proof": "table"} if differences else {"source": source}
    if differences or row["source"] != source:
        kind = "changed" if differences else "confirmed"
        yield Change(kind=kind, table=table, symbol=row["symbol"], row=merged, differences=differences)


def _gone(table: str, row: Mapping[str, str]) -> Change:
    """Return the change of a row that its source has no more: headers alone know it then, or nobody does."""
    unmapped = {column: "" for column in row if column.startswith("hip_") or column == "miopen_or_roc_symbol"}
    then = {
        **row,
        **unmapped,
        "status": "unmapped",
        "target": "none",
        "proof": "headers-only",
        "source": "cuda-headers",
    }
    differences = tuple((column, row[column], then[column]) for column in row if row[column] != then[column])
    return Change(kind="gone", table=table, symbol=row["symbol"], row=then, differences=differences)


def _added(
    entries: Mapping[str, tuple[MapEntry, ...]],
    tables: Mapping[str, Table],
    known: set[str],
    owners: Mapping[str, Counter[str]],
    *,
    reading: Reading,
    source: str,
) -> Iterator[Change]:
    kinds = _kinds(entries, tables)
    for symbol, several in sorted(entries.items()):
        if symbol in known or reading.not_taken.fullmatch(symbol):
            continue
        entry = several[0]
        candidates = owners.get(entry.map_name, Counter())
        if not candidates:
            continue
        table = _nearest_table(symbol, candidates, tables)
        row = dict.fromkeys(tables[table].columns, "")
        row |= {"symbol": symbol, "kind": kinds.get(entry.kind, "function"), "proof": "table", "source": source}
        row |= columns_of(entry, reading)
        differences = tuple((column, "", text) for column, text in row.items() if text)
        yield Change(kind="added", table=table, symbol=symbol, row=row, differences=differences)


def _kinds(entries: Mapping[str, tuple[MapEntry, ...]], tables: Mapping[str, Table]) -> dict[str, str]:
    """Return the kind of row that HIPIFY's words for a kind mostly stand for."""
    counts: dict[str, Counter[str]] = {}
    for symbol, several in entries.items():
        for table in tables.values():
            number = table.index.get(symbol)
            if number is not None:
                counts.setdefault(several[0].kind, Counter())[table.row(number)["kind"]] += 1
    return {word: counter.most_common(1)[0][0] for word, counter in counts.items()}


def _nearest_table(symbol: str, candidates: Counter[str], tables: Mapping[str, Table]) -> str:
    """Return which table a new name belongs to: the one that has the most names with its longest beginning."""
    for length in range(len(symbol), 3, -1):
        counts = {name: sum(known.startswith(symbol[:length]) for known in tables[name].index) for name in candidates}
        if any(counts.values()):
            return max(counts, key=lambda name: counts[name])
    return candidates.most_common(1)[0][0]


def names_in_headers(folder: Path) -> frozenset[str]:
    """Return every identifier in the headers below a folder, outside comments and texts."""
    names: set[bytes] = set()
    for path in sorted(folder.rglob("*")):
        if path.suffix in _HEADER_SUFFIXES and path.is_file():
            names.update(_IDENTIFIER.findall(_COMMENT_OR_TEXT.sub(b" ", path.read_bytes())))
    return frozenset(name.decode() for name in names)


def compare_with_headers(names: frozenset[str], tables: Mapping[str, Table], *, label: str) -> tuple[Change, ...]:
    """Return which rows would gain or lose ``label`` in their column ``in_headers``.

    Only tables that have a label of the same make (``cuda-13.4`` for ``cuda-13.5``) are looked at: the headers
    of one library say nothing about the names of another.
    """
    make = label.rpartition("-")[0] + "-"
    changes = []
    for table in tables.values():
        column = table.columns.index("in_headers")
        if not any(make in row[column] for row in table.rows):
            continue
        for number in range(len(table.rows)):
            row = table.row(number)
            if row["kind"] == "include":
                continue
            labels = [text for text in row["in_headers"].split(";") if text]
            is_there = row["symbol"].rpartition("::")[2] in names
            if is_there == (label in labels):
                continue
            then = sorted({*labels, label}) if is_there else [text for text in labels if text != label]
            difference = ("in_headers", row["in_headers"], ";".join(then))
            changes.append(
                Change(
                    kind="changed",
                    table=table.name,
                    symbol=row["symbol"],
                    row={**row, "in_headers": difference[2]},
                    differences=(difference,),
                )
            )
    return tuple(changes)


def unlisted_names(names: frozenset[str], tables: Mapping[str, Table], *, looks_like: str) -> tuple[str, ...]:
    """Return the names that look like CUDA and stand in no table."""
    pattern = re.compile(looks_like)
    known = {symbol.rpartition("::")[2] for table in tables.values() for symbol in table.index}
    return tuple(sorted(name for name in names - known if pattern.fullmatch(name)))
