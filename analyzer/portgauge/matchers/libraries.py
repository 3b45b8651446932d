"""Libraries, however they are seen: an include, a link, a CMake package, names of an API, rows of other tables."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import PurePosixPath

from portgauge.matchers.text_match import TextMatch
from portgauge.model.component import LibraryUse, Sighting
from portgauge.model.finding import Site
from portgauge.model.location import Location
from portgauge.model.rule import Confidence
from portgauge.parsing.statements import Statement
from portgauge.rulebook.libraries import Libraries
from portgauge.rulebook.rulebook import Rulebook
from portgauge.rulebook.table import Table

LIBRARY_TABLE = "libraries"
PACKAGE_FACT = "package"
_LINK_FLAG = re.compile(rb"-l(?<![\w-]-l)([A-Za-z][\w+.-]*)")
_QUOTED = re.compile(rb"""(['"])([A-Za-z][\w+.-]*)\1""")
_LINKED_NAMES = re.compile(
    rb"(?:find_library\s*\(|(?:libraries(?<!\wlibraries)|modules(?<!\wmodules))\s*[=:]\s*\[)([^\])]*)"
)
"""Where a build names libraries without a flag: ``find_library``, ``modules`` of Meson, ``libraries`` of setuptools."""
_LINKERS = frozenset({"target_link_libraries", "link_libraries", "cuda_link_libraries"})


def header_match(libraries: Libraries, path: str, start: int, end: int) -> TextMatch | None:
    """Return the match of an include that no other rule knows; None when it is no library's."""
    name = libraries.of_header(path)
    if not name:
        return None
    return _match(name, start, end, Confidence.HIGH, seen_as="include", shown=path)


def library_matches(libraries: Libraries, statement: Statement, data: bytes) -> Iterator[TextMatch]:
    """Yield what one statement of a build file says about libraries."""
    if statement.words:
        yield from _cmake_matches(libraries, statement, data)
        return
    confidence = Confidence.MEDIUM if statement.is_parsed else Confidence.LOW
    for flag in _LINK_FLAG.finditer(statement.text):
        name = libraries.of_link(flag.group(1).decode())
        if name:
            start, end = statement.place_of(flag.start(), flag.end(), data)
            yield _match(name, start, end, confidence, seen_as="link", shown=flag.group().decode())
    for listed in _LINKED_NAMES.finditer(statement.text):
        for quoted in _QUOTED.finditer(listed.group(1)):
            name = libraries.of_link(quoted.group(2).decode())
            if name:
                offset = listed.start(1)
                start, end = statement.place_of(offset + quoted.start(2), offset + quoted.end(2), data)
                yield _match(name, start, end, confidence, seen_as="link", shown=quoted.group(2).decode())


def _cmake_matches(libraries: Libraries, statement: Statement, data: bytes) -> Iterator[TextMatch]:
    command, *arguments = statement.words
    if command == "find_package" and arguments:
        yield from _cmake_match(libraries.of_cmake_package(arguments[0]), arguments[0], statement, data, "find-package")
    elif command == "find_library":
        for argument in arguments[1:]:
            yield from _cmake_match(libraries.of_link(argument), argument, statement, data, "link")
    elif command in _LINKERS:
        for argument in arguments[1:]:
            name = libraries.of_cmake_target(argument)
            if name:
                yield from _cmake_match(name, argument, statement, data, "cmake-target")
            else:
                yield from _cmake_match(
                    libraries.of_link(argument.removeprefix("-l")), argument, statement, data, "link"
                )


def _cmake_match(name: str, argument: str, statement: Statement, data: bytes, seen_as: str) -> Iterator[TextMatch]:
    if not name:
        return
    found = re.search(
        rb"(?<![\w:])" + re.escape(argument.encode()) + rb"(?![\w:])", data[statement.start : statement.end]
    )
    start = statement.start + found.start() if found else statement.start
    end = statement.start + found.end() if found else statement.end
    yield _match(name, start, end, Confidence.HIGH, seen_as=seen_as, shown=argument)


def _match(name: str, start: int, end: int, confidence: Confidence, *, seen_as: str, shown: str) -> TextMatch:
    package = re.split(r"::|/", shown)[0].lower()
    facts = {"name": shown, "seen_as": seen_as, PACKAGE_FACT: package}
    return TextMatch(
        rule_id=f"{LIBRARY_TABLE}/{name}", start=start, end=end, confidence=confidence, facts=tuple(facts.items())
    )


class _Seen:
    """What shows one library."""

    def __init__(self) -> None:
        self.symbols: Counter[str] = Counter()
        self.files: set[PurePosixPath] = set()
        self.first: dict[tuple[str, PurePosixPath], Location] = {}

    def add(self, site: Site, *, symbol: str, way: str) -> None:
        if symbol:
            self.symbols[symbol] += 1
        self.files.add(site.path)
        key = (way, site.path)
        known = self.first.get(key)
        if known is None or (site.location.line, site.location.column) < (known.line, known.column):
            self.first[key] = site.location


def library_uses(sites: Iterable[Site], *, rulebook: Rulebook) -> tuple[LibraryUse, ...]:
    """Return the libraries that the sites show, by name: one entry each, with every way in which it was seen."""
    seen: dict[str, _Seen] = {}
    known: dict[tuple[object, ...], tuple[str, str, str]] = {}
    for site in sites:
        key = (site.rule_id, site.facts)
        if key not in known:
            known[key] = _shown_by(site, rulebook)
        name, symbol, way = known[key]
        library = rulebook.libraries.get(name)
        if library is not None and library.is_listed:
            seen.setdefault(name, _Seen()).add(site, symbol=symbol, way=way)
    return tuple(
        LibraryUse(
            name=name,
            symbols=tuple(sorted(seen[name].symbols.items(), key=lambda entry: (-entry[1], entry[0]))),
            files=tuple(sorted(seen[name].files)),
            seen=tuple(
                Sighting(way=way, location=location)
                for (way, _), location in sorted(
                    seen[name].first.items(), key=lambda entry: (entry[1].path, entry[1].line, entry[0][0])
                )
            ),
        )
        for name in sorted(seen)
    )


def _shown_by(site: Site, rulebook: Rulebook) -> tuple[str, str, str]:
    """Return the library that a site shows, the name of its API that was used, and the way it was seen."""
    libraries = rulebook.libraries
    table_name, _, key = site.rule_id.partition("/")
    table = rulebook.tables.get(table_name)
    if table is None:
        claimed = libraries.of_header(str(site.fact("name") or ""))
        return claimed or libraries.of_rule(site.rule_id), "", "include" if claimed else "code"
    if table.kind == "library":
        return key, "", str(site.fact("seen_as") or "code")
    if table.kind == "api":
        is_include = _is_include(table, key)
        claimed = libraries.of_header(key) if is_include else ""
        return claimed or libraries.of_table(table_name), key, "include" if is_include else "name"
    number = table.index.get(key)
    row = table.row(number) if number is not None else {}
    # A package that stands for no library of the tables has an entry of its own.
    name = row.get("library") or (key if table.kind == "python" else "")
    return name, "", str(site.fact("seen_as") or "build")


def shown_library(site: Site, rulebook: Rulebook) -> str:
    """Return the library that a site shows; empty when it shows none."""
    return _shown_by(site, rulebook)[0]


def _is_include(table: Table, key: str) -> bool:
    number = table.index.get(key)
    return number is not None and table.rows[number][table.columns.index("kind")] == "include"


def without_own(
    sites: Iterable[Site],
    *,
    own_includes: Collection[tuple[PurePosixPath, int]],
    is_own_package: Callable[[Site], bool],
    own_cmake: Collection[str],
    tables: Collection[str],
    toolkit: Collection[str],
) -> tuple[Site, ...]:
    """Return the sites but those of libraries and packages that the codebase itself is.

    Args:
        sites: Sites of every rule.
        own_includes: Path and line of each include that was found in the codebase.
        is_own_package: Whether an import or requirement names the codebase's own Python.
        own_cmake: Names, in lower case, of its CMake targets.
        toolkit: The tables of the toolkit: a codebase may hold a file of such a name, and mean another.
        tables: The tables of libraries and of packages: what they name may also be a package or target of the codebase.
    """

    def is_own(site: Site) -> bool:
        family = site.rule_id.partition("/")[0]
        if site.fact("seen_as") == "include":
            return family not in toolkit and (site.path, site.location.line) in own_includes
        if family not in tables:
            return False
        if site.fact("seen_as") in ("import", "requirement"):
            return is_own_package(site)
        return str(site.fact(PACKAGE_FACT) or "").removeprefix("-l") in own_cmake

    return tuple(site for site in sites if not is_own(site))
