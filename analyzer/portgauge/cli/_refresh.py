"""``portgauge rules refresh``: what other people's tables and headers would change in ours, and writing it."""

import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import click

from portgauge.errors import UserError
from portgauge.refreshing.hipify import Reading, read_hipify, read_reading
from portgauge.refreshing.proposals import (
    Change,
    Kept,
    compare_with_headers,
    compare_with_hipify,
    names_in_headers,
    unlisted_names,
)
from portgauge.refreshing.writing import add_source, write_tables
from portgauge.rulebook.loader import load_rulebook
from portgauge.rulebook.rulebook import Rulebook
from portgauge.rulebook.table import Table

_GIT_LOG = ("git", "log", "-1", "--format=%H %cs")
_COMMIT_AND_DATE = re.compile(r"([0-9a-f]{7,40})[ @](\d{4}-\d{2}-\d{2})")
_URL = "https://github.com/ROCm/HIPIFY"


def refresh(
    folder: Path, *, hipify: Path | None, version: str | None, headers: Sequence[str], is_write: bool, most: int
) -> None:
    """Print what would change in the API tables of a rules folder; write it when asked.

    Raises:
        UserError: If a checkout or folder is not what it should be, or is older than what the tables rest on.
    """
    rulebook = load_rulebook(folder)
    tables = {name: table for name, table in rulebook.tables.items() if table.kind == "api"}
    if hipify is not None:
        _refresh_from_hipify(folder, hipify, version, tables, is_write=is_write, most=most)
    for given in headers:
        if hipify is not None and is_write:
            rulebook = load_rulebook(folder)
            tables = {name: table for name, table in rulebook.tables.items() if table.kind == "api"}
        _refresh_from_headers(folder, given, rulebook, tables, is_write=is_write, most=most)


def _refresh_from_hipify(
    folder: Path, hipify: Path, version: str | None, tables: dict[str, Table], *, is_write: bool, most: int
) -> None:
    reading = read_reading(folder / "refresh.yaml", name=f"{folder.name}/refresh.yaml")
    commit, day = _commit_and_date(hipify, version)
    source = f"{reading.source_prefix}{commit[:8]}"
    changes, kept = compare_with_hipify(read_hipify(hipify), tables, reading=reading, source=source)
    newest = _newest_of_ours(tables, reading)
    click.echo(f"HIPIFY {commit[:8]} of {day}; the tables rest on {newest or 'none'}")
    _print_changes(changes, most=most)
    _print_kept(kept)
    if newest is not None and day < newest:
        click.echo(
            f"The checkout is older than the tables ({day} before {newest}); it takes back what was learned since."
        )
        if is_write:
            raise UserError("nothing was written: the HIPIFY checkout is older than the tables")
    elif is_write:
        for path in write_tables(folder, tables, changes):
            click.echo(f"written: {path}")
        add_source(
            folder / "api" / "_family.yaml",
            key=source,
            title=f"HIPIFY mapping tables, commit {commit[:8]}",
            url=_URL,
            retrieved=day.isoformat(),
            beside=reading.source_prefix,
        )


def _refresh_from_headers(
    folder: Path, given: str, rulebook: Rulebook, tables: dict[str, Table], *, is_write: bool, most: int
) -> None:
    label, _, place = given.partition("=")
    if not re.fullmatch(r"[\w.]+(-[\w.]+)+", label) or not Path(place).is_dir():
        raise UserError(f"--headers is {given!r}; expected LABEL=FOLDER, such as cudnn-9.27=/usr/include, and a folder")
    names = names_in_headers(Path(place))
    changes = compare_with_headers(names, tables, label=label)
    click.echo(f"{label}: {len(names):,} names in the headers below {place}")
    _print_changes(changes, most=most)
    if rulebook.unlisted is not None:
        unlisted = unlisted_names(names, tables, looks_like=rulebook.unlisted.pattern)
        shown = ", ".join(unlisted[:most])
        click.echo(f"  in no table: {len(unlisted):,} names that look like CUDA{f', such as {shown}' if shown else ''}")
    if is_write:
        for path in write_tables(folder, tables, changes):
            click.echo(f"written: {path}")


def _commit_and_date(checkout: Path, version: str | None) -> tuple[str, date]:
    told = version
    if told is None:
        # --git-dir and not -C: a folder inside another repository would answer with that one's commit.
        command = (_GIT_LOG[0], f"--git-dir={checkout / '.git'}", *_GIT_LOG[1:])
        try:
            told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        except (OSError, subprocess.CalledProcessError):
            raise UserError(
                f"{checkout} tells no commit; name it with --hipify-version COMMIT@DATE, the date as 2026-11-22"
            ) from None
    found = _COMMIT_AND_DATE.fullmatch(told)
    if found is None:
        raise UserError(f"the version is {told!r}; expected COMMIT@DATE, the date as 2026-11-22")
    try:
        return found.group(1), date.fromisoformat(found.group(2))
    except ValueError:
        raise UserError(f"{found.group(2)} is no date") from None


def _newest_of_ours(tables: dict[str, Table], reading: Reading) -> date | None:
    """Return the date of the newest HIPIFY that a row names."""
    dates: list[str] = []
    for table in tables.values():
        column = table.columns.index("source")
        used = {key for row in table.rows for key in row[column].split(";")}
        dates.extend(
            table.sources[key].retrieved
            for key in used
            if re.fullmatch(re.escape(reading.source_prefix) + r"[0-9a-f]+", key) and table.sources[key].retrieved
        )
    return date.fromisoformat(max(dates)) if dates else None


def _print_changes(changes: Iterable[Change], *, most: int) -> None:
    """Print the number of changes of each kind by table, and the first of them."""
    found = list(changes)
    for kind in ("added", "changed", "gone"):
        of_kind = [change for change in found if change.kind == kind]
        tables = Counter(change.table for change in of_kind)
        told = ", ".join(f"{table} {count:,}" for table, count in tables.most_common())
        click.echo(f"  {kind}: {len(of_kind):,} rows{f' ({told})' if told else ''}")
        for change in of_kind[:most]:
            differences = "; ".join(
                f"{column} {before or '-'} -> {after or '-'}" for column, before, after in change.differences
            )
            click.echo(f"    {change.table}/{change.symbol}: {differences}")
        if len(of_kind) > most:
            click.echo(f"    and {len(of_kind) - most:,} more (--show)")
    confirmed = sum(change.kind == "confirmed" for change in found)
    if confirmed:
        click.echo(f"  confirmed: {confirmed:,} rows would only name the newer source")


def _print_kept(kept: Sequence[Kept]) -> None:
    if kept:
        sources = Counter(row.source for row in kept)
        told = ", ".join(f"{source} {count:,}" for source, count in sources.most_common(5))
        click.echo(f"  kept: {len(kept):,} rows that HIPIFY sees otherwise, decided by a source of their own ({told})")
