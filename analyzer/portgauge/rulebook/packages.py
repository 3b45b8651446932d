"""Python packages that tie a project to CUDA: the rows of ``rules/python``, and the look-ups by how one is seen."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from portgauge.model.base import value
from portgauge.rulebook.table import Table

IMPORT_KIND = "import"
PIN_KIND = "pin"
STATUSES = ("works", "separate-wheel", "transitive", "replace", "fork", "partial", "none", "unknown", "amd")
NOT_CUDA = "amd"
"""The status of a package that is AMD's, or of no vendor."""
STATUS_OF_LIBRARY: Mapping[str, str] = {
    "works": "twin",
    "separate-wheel": "twin",
    "transitive": "twin",
    "fork": "near-twin",
    "partial": "near-twin",
    "replace": "rewrite",
    "none": "none",
    "unknown": "unknown",
}
"""What the state of a package is among the libraries."""
_WILDCARD = re.compile(r"\.[*+]|\[[^\]]*\][*+]")


@value
class Package:
    """One row: a package, or several that are asked for under like names."""

    name: str
    table: str
    kind: str
    """``pip``, ``conda``, ``import`` (only an import shows it) or ``pin`` (a part of a text, not a name)."""
    pattern: str
    """Regular expression: full match on a normalised name, for a pin search in a text; empty for an import."""
    imports: tuple[str, ...]
    counts_alone: bool
    """An import shows it without a requirement beside it."""

    @property
    def rule_id(self) -> str:
        """The id of the rule that the row is."""
        return f"{self.table}/{self.name}"


class Packages:
    """All packages, by requirement, by import, and by what pins look like."""

    def __init__(self, packages: Iterable[Package]) -> None:
        self.every: tuple[Package, ...] = tuple(packages)
        self.pins = tuple(
            (package, re.compile(package.pattern.encode())) for package in self.every if package.kind == PIN_KIND
        )
        named = [package for package in self.every if package.kind not in (PIN_KIND, IMPORT_KIND)]
        # The row that says most of a name goes first: one without a wildcard, then the longer one.
        named.sort(key=lambda package: (_WILDCARD.search(package.pattern) is not None, -len(package.pattern)))
        self._named = tuple((package, re.compile(package.pattern)) for package in named)
        self._imports = {module: package for package in self.every for module in package.imports}
        self.of_name = lru_cache(maxsize=4096)(self._of_name)

    def _of_name(self, name: str) -> Package | None:
        """Return the package of a normalised name, with or without an extra in brackets; None when none is known."""
        return next((package for package, pattern in self._named if pattern.fullmatch(name)), None)

    def of_requirement(self, names: Sequence[str], extras: Sequence[str]) -> Package | None:
        """Return the package that is asked for; one that is known by an extra goes first."""
        wanted = [f"{name}[{extra}]" for name in names for extra in extras] + list(names)
        return next((package for name in wanted if (package := self.of_name(name)) is not None), None)

    def of_import(self, modules: Sequence[str]) -> Package | None:
        """Return the package of a module; the names of the module go from the most to the least exact."""
        return next((package for module in modules if (package := self._imports.get(module)) is not None), None)


def read_packages(tables: Mapping[str, Table]) -> Packages:
    """Return the packages of the tables of that kind."""
    return Packages(
        Package(
            name=row["package"],
            table=table.name,
            kind=row["kind"],
            pattern=row["pattern"],
            imports=tuple(module for module in row["imports"].split(";") if module),
            counts_alone=row["import_alone"] == "yes",
        )
        for table in tables.values()
        if table.kind == "python"
        for number in range(len(table.rows))
        for row in [table.row(number)]
    )
