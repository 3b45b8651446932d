"""Python packages: what imports, requirements, installing commands and pins say about CUDA."""

from collections.abc import Collection, Iterable, Iterator
from pathlib import PurePosixPath

from portgauge.matchers.libraries import PACKAGE_FACT
from portgauge.matchers.text_match import TextMatch
from portgauge.model.finding import Site
from portgauge.model.rule import Confidence
from portgauge.parsing.python_text import Import
from portgauge.parsing.requirements import normalised
from portgauge.parsing.statements import ReadStatements
from portgauge.rulebook.packages import Package, Packages

IMPORT = "import"
REQUIREMENT = "requirement"
_NOT_SEARCHED = frozenset({"cmake"})
_PARENTS_OF_CODE = ("src", "python", "lib")
_PROJECT_FILES = frozenset({"setup.py", "setup.cfg", "pyproject.toml"})


def package_matches(packages: Packages, read: ReadStatements, data: bytes) -> Iterator[TextMatch]:
    """Yield the packages that one file imports, each once, and those that it asks for, installs or pins in a line."""
    seen: set[tuple[str, int]] = set()
    for match in _imported(packages, read):
        if (match.rule_id, 0) not in seen:
            seen.add((match.rule_id, 0))
            yield match
    for match in (*_required(packages, read), *_pinned(packages, read, data)):
        place = (match.rule_id, data.rfind(b"\n", 0, match.start) + 2)
        if place not in seen:
            seen.add(place)
            yield match


def _imported(packages: Packages, read: ReadStatements) -> Iterator[TextMatch]:
    known = [(found, package) for found in read.imports if (package := packages.of_import(found.modules)) is not None]
    exact = {found.statement for found, _ in known if _is_name_of_module(found)}
    for found, package in known:
        # `from cuda import pathfinder` names a package that says more than `cuda`.
        if found.statement not in exact or _is_name_of_module(found):
            yield _match(
                package,
                found.start,
                found.end,
                seen_as=IMPORT,
                name=found.modules[0],
                own_name=found.modules[-1].partition(".")[0],
                has_fallback=found.has_fallback,
            )


def _is_name_of_module(found: Import) -> bool:
    return len(found.modules) == 1 and "." in found.modules[0]


def _required(packages: Packages, read: ReadStatements) -> Iterator[TextMatch]:
    for found in read.requirements:
        package = packages.of_requirement(found.names, found.extras)
        if package is not None:
            yield _match(package, found.start, found.end, seen_as=REQUIREMENT, name=found.text, own_name=found.names[0])


def _pinned(packages: Packages, read: ReadStatements, data: bytes) -> Iterator[TextMatch]:
    for statement in read.statements:
        if statement.kind in _NOT_SEARCHED or b"cu" not in statement.text:
            continue
        for package, pattern in packages.pins:
            for found in pattern.finditer(statement.text):
                start, end = statement.place_of(found.start(), found.end(), data)
                text = found.group().decode("utf-8", "replace")
                yield _match(package, start, end, seen_as=REQUIREMENT, name=text, own_name="")


def _match(
    package: Package, start: int, end: int, *, seen_as: str, name: str, own_name: str, has_fallback: bool = False
) -> TextMatch:
    facts = {"name": name, "seen_as": seen_as, PACKAGE_FACT: own_name.lower()}
    if has_fallback:
        facts["fallback"] = "yes"
    return TextMatch(
        rule_id=package.rule_id, start=start, end=end, confidence=Confidence.HIGH, facts=tuple(facts.items())
    )


class OwnModules:
    """The Python modules that a codebase holds itself, so that an import of one is no use of a package."""

    def __init__(self, paths: Iterable[PurePosixPath]) -> None:
        self._packages: set[PurePosixPath] = set()
        self._modules: set[PurePosixPath] = set()
        projects: set[PurePosixPath] = set()
        for path in paths:
            if path.name in _PROJECT_FILES:
                projects |= {path.parent, *(path.parent / name for name in _PARENTS_OF_CODE)}
            if path.suffix in (".py", ".pyi", ".pyx"):
                self._modules.add(path.with_suffix(""))
                self._modules.add(path.parent)
                if path.stem == "__init__":
                    self._packages.add(path.parent)
        self._modules = {PurePosixPath(str(path).lower()) for path in self._modules}
        self.tops = frozenset(
            normalised(folder.name) for folder in self._packages if folder.parent not in self._packages
        )

        self._installed = frozenset(folder.name.lower() for folder in self._packages if folder.parent in projects)
        """Packages that a project of the codebase installs; any other of its files may import them."""

    def has(self, module: str, *, importing: PurePosixPath) -> bool:
        """Return whether the first part of a module's name is found where Python would look for it.

        That is in the folders above the importing file that are no packages, in their usual folders of code, and
        among what the codebase installs.
        """
        if module in self._installed:
            return True
        for folder in importing.parents:
            if folder in self._packages:
                continue
            for below in (folder, *(folder / name for name in _PARENTS_OF_CODE)):
                found = PurePosixPath(str(below / module).lower())
                if found in self._modules and found != PurePosixPath(str(importing.with_suffix("")).lower()):
                    return True
        return False


def confirmed(sites: Iterable[Site], packages: Packages) -> tuple[Site, ...]:
    """Return the sites without imports that need a requirement beside them, in a codebase that has none such."""
    kept = tuple(sites)
    asked = {site.rule_id for site in kept if site.fact("seen_as") == REQUIREMENT}
    unsure = {package.rule_id for package in packages.every if not package.counts_alone} - asked
    return tuple(site for site in kept if site.rule_id not in unsure or site.fact("seen_as") != IMPORT)


def is_own_package(site: Site, own: OwnModules, names: Collection[str]) -> bool:
    """Return whether a site of a package names the codebase itself: a module of it, or its own name."""
    package = str(site.fact(PACKAGE_FACT) or "")
    if site.fact("seen_as") == IMPORT:
        return own.has(package, importing=site.path)
    return package in names
