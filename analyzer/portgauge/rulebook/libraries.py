"""Libraries: what each row of ``rules/libraries`` says, and the look-ups by the ways a library is seen."""

import re
from collections.abc import Iterable

from portgauge.model.base import value

LANGUAGE_GROUP = "language"
"""The language and its run time: what every CUDA program uses is no library that a report lists."""


@value
class Library:
    """One library, framework or tool, and what stands in for it on AMD."""

    name: str
    title: str
    group: str
    twin: str
    status: str
    sycl: str
    note: str
    price: str
    """Where its price stands: ``once``, ``sites``, ``build``, ``ci``, ``build-table`` or ``decision``."""
    tables: tuple[str, ...]
    rules: tuple[str, ...]
    headers: tuple[str, ...]
    links: tuple[str, ...]
    """Regular expressions, full match."""
    cmake_targets: str
    cmake_packages: tuple[str, ...]
    days: tuple[float, float] | None
    """P50 and P90 in person-days of 8 hours; None when the price stands elsewhere."""

    @property
    def is_listed(self) -> bool:
        """Whether a report lists it when it is used."""
        return self.group != LANGUAGE_GROUP


class Libraries:
    """All libraries by name, and by what shows them."""

    def __init__(self, libraries: Iterable[Library]) -> None:
        self.by_name: dict[str, Library] = {library.name: library for library in libraries}
        self._tables = {table: name for name, known in self.by_name.items() for table in known.tables}
        self._rules = {rule: name for name, known in self.by_name.items() for rule in known.rules}
        self._headers = {
            header: name for name, known in self.by_name.items() for header in known.headers if header[-1] != "/"
        }
        self._folders = tuple(
            (header, name) for name, known in self.by_name.items() for header in known.headers if header[-1] == "/"
        )
        self._links = _patterns((name, "|".join(known.links)) for name, known in self.by_name.items())
        self._targets = _patterns((name, known.cmake_targets) for name, known in self.by_name.items())
        self._packages = {
            package.lower(): name for name, known in self.by_name.items() for package in known.cmake_packages
        }

    def get(self, name: str) -> Library | None:
        """Return a library, None when no row has that name."""
        return self.by_name.get(name)

    def of_table(self, table: str) -> str:
        """Return the library of an API table; empty when none has it."""
        return self._tables.get(table, "")

    def of_rule(self, rule_id: str) -> str:
        """Return the library that a pattern rule shows; empty when it shows none."""
        return self._rules.get(rule_id, "")

    def of_header(self, path: str) -> str:
        """Return the library of an include path; empty when none names it."""
        found = self._headers.get(path)
        return found or next((name for folder, name in self._folders if path.startswith(folder)), "")

    def of_link(self, name: str) -> str:
        """Return the library behind ``-lNAME``; empty when none is known."""
        return _first(self._links, name)

    def of_cmake_target(self, target: str) -> str:
        """Return the library of an imported CMake target; empty when none is known."""
        return _first(self._targets, target)

    def of_cmake_package(self, package: str) -> str:
        """Return the library that ``find_package`` asks for; empty when none is known."""
        return self._packages.get(package.lower(), "")


def _patterns(texts: Iterable[tuple[str, str]]) -> "tuple[tuple[str, re.Pattern[str]], ...]":
    return tuple((name, re.compile(text)) for name, text in texts if text)


def _first(patterns: "tuple[tuple[str, re.Pattern[str]], ...]", text: str) -> str:
    return next((name for name, pattern in patterns if pattern.fullmatch(text)), "")
