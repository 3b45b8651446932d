"""What works on this machine, check by check; each answers for itself and stops no other."""

import os
import sys
import tempfile
from collections import Counter
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath

from portgauge.model.age import OLD_MONTHS, months_between
from portgauge.model.base import value
from portgauge.model.rule import Source
from portgauge.rulebook.routes import Routes, RouteTable
from portgauge.rulebook.rulebook import Rulebook
from portgauge.rulebook.table import Table

_NEEDED = (
    "tree-sitter",
    "tree-sitter-cuda",
    "tree-sitter-cmake",
    "tree-sitter-python",
    "PyYAML",
    "networkx",
    "packaging",
    "jinja2",
)
_FOR_PDF = "weasyprint"
_TREE_SITTER_FROM = (0, 26, 1)
"""Older ones refuse the grammar, or crash when a parse is cancelled."""
_TITLE_WIDTH = 60
_SNIPPET = b"__global__ void k(int n) { }\nvoid f(int n) { k<<<1, n>>>(n); }\n"


@value
class Check:
    """One thing that was looked at."""

    subject: str
    is_fine: bool
    stops_a_scan: bool
    """Whether nothing can be scanned while it is not fine."""
    found: str
    """What was found, and what to do about it."""


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


def _is_older(found: str, wanted: tuple[int, ...]) -> bool:
    numbers = tuple(int(part) for part in found.split(".")[:3] if part.isdigit())
    return numbers < wanted


def check_packages() -> tuple[Check, ...]:
    """Return which packages are there, in which version."""
    checks = []
    for name in (*_NEEDED, _FOR_PDF):
        found = _version(name)
        is_too_old = name == "tree-sitter" and bool(found) and _is_older(found, _TREE_SITTER_FROM)
        told = found or f"not there; pip install {name}"
        if is_too_old:
            told = f"{found} is too old; pip install 'tree-sitter>={'.'.join(map(str, _TREE_SITTER_FROM))}'"
        is_fine = bool(found) and not is_too_old
        checks.append(Check(subject=name, is_fine=is_fine, stops_a_scan=name != _FOR_PDF, found=told))
    return tuple(checks)


def check_python() -> Check:
    """Return the version of Python."""
    told = f"{sys.version.split()[0]} ({sys.executable})"
    return Check(subject="Python", is_fine=sys.version_info >= (3, 11), stops_a_scan=True, found=told)


def check_parser() -> Check:
    """Parse a kernel and its launch, and return whether the tree is whole."""
    try:
        from portgauge.parsing.cuda import SourceText, compile_structure, parse

        parsed = parse(SourceText(PurePosixPath("snippet.cu"), _SNIPPET), compile_structure({}))
    except Exception as error:
        # Whatever goes wrong in here, from a missing library to a grammar of another version, is the finding.
        told = f"does not work: {type(error).__name__}: {error}; reinstall tree-sitter and tree-sitter-cuda"
        return Check(subject="parser", is_fine=False, stops_a_scan=True, found=told)
    count = len(parsed.captures.get("function", ()))
    is_fine = count == 2 and parsed.error_lines() == (0, 0)
    told = "reads a kernel and its launch" if is_fine else f"reads {count} functions where 2 are; reinstall the grammar"
    return Check(subject="parser", is_fine=is_fine, stops_a_scan=True, found=told)


def check_pdf() -> Check:
    """Return whether a PDF can be laid out."""
    try:
        from weasyprint import HTML

        HTML(string="<p>portgauge</p>").write_pdf()
    except ImportError as error:
        told = f"not there ({error}); no PDF reports; pip install weasyprint"
        return Check(subject="PDF", is_fine=False, stops_a_scan=False, found=told)
    except OSError as error:
        told = (
            "Pango is not there, so no PDF reports; install the Debian packages libpango-1.0-0 libpangoft2-1.0-0 "
            f"and a font such as fonts-dejavu-core ({str(error).splitlines()[0]})"
        )
        return Check(subject="PDF", is_fine=False, stops_a_scan=False, found=told)
    return Check(subject="PDF", is_fine=True, stops_a_scan=False, found="WeasyPrint finds Pango and lays out a page")


def check_cache(folder: Path) -> Check:
    """Return where things are kept between runs, and whether that can be written."""
    existing = folder
    while not existing.exists():
        existing = existing.parent
    try:
        with tempfile.NamedTemporaryFile(dir=existing):
            pass
    except OSError as error:
        told = f"{folder} cannot be written ({error.strerror}); each run reads the rules anew; set PORTGAUGE_CACHE"
        return Check(subject="cache", is_fine=False, stops_a_scan=False, found=told)
    files = [path for path in folder.glob("*") if path.is_file()] if folder.is_dir() else []
    size = sum(path.stat().st_size for path in files) / 1e6
    return Check(
        subject="cache", is_fine=True, stops_a_scan=False, found=f"{folder}, {len(files)} files, {size:.0f} MB"
    )


def check_processors() -> Check:
    """Return how many processors a scan uses."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Check(subject="processors", is_fine=True, stops_a_scan=False, found=str(count))


@value
class TableAge:
    """How old the knowledge of one table is, by the sources that its rows name."""

    table: str
    rows: int
    main: Source
    """The source of most rows."""
    main_rows: int
    oldest: date
    newest: date

    def months(self, today: date) -> int:
        """Return the age of the source of most rows, in whole months."""
        return months_between(date.fromisoformat(self.main.retrieved), today)

    def in_words(self) -> str:
        """Return the table with its rows, the source of most of them, and from when to when all sources are."""
        title = self.main.title if len(self.main.title) <= _TITLE_WIDTH else f"{self.main.title[: _TITLE_WIDTH - 1]}…"
        span = f"{self.oldest} to {self.newest}" if self.oldest != self.newest else str(self.oldest)
        return f"{self.table:<14}{self.rows:>7,} rows  {self.main.retrieved}  {title} ({self.main_rows:,}); all: {span}"


def table_ages(rulebook: Rulebook, routes: Routes) -> tuple[TableAge, ...]:
    """Return the age of every table, the oldest first."""
    tables: tuple[Table | RouteTable, ...] = (*rulebook.tables.values(), *routes.tables.values())
    ages = [age for table in tables if (age := _table_age(table)) is not None]
    return tuple(sorted(ages, key=lambda age: (age.main.retrieved, age.table)))


def _table_age(table: Table | RouteTable) -> TableAge | None:
    column = table.columns.index("source")
    counts = Counter(key for row in table.rows for key in row[column].split(";"))
    dated = {key: count for key, count in counts.items() if table.sources[key].retrieved}
    if not dated:
        return None
    days = [date.fromisoformat(table.sources[key].retrieved) for key in dated]
    main = max(dated, key=lambda key: dated[key])
    return TableAge(
        table=table.name,
        rows=len(table.rows),
        main=table.sources[main],
        main_rows=dated[main],
        oldest=min(days),
        newest=max(days),
    )


def age_warning(ages: tuple[TableAge, ...], *, today: date) -> str:
    """Return a sentence about tables that are older than a year; empty when none is."""
    old = [age for age in ages if age.months(today) > OLD_MONTHS]
    if not old:
        return ""
    oldest = old[0]
    return (
        f"{len(old)} of {len(ages)} tables rest mostly on knowledge that is more than {OLD_MONTHS} months old; "
        f"the oldest is {oldest.table}: {oldest.months(today)} months ({oldest.main.title})"
    )
