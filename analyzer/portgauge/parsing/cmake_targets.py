"""The targets of CMake files while they are collected, and as values.

Knows what the arguments of target commands mean; ``cmake_build`` says which commands run.
"""

import posixpath
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from portgauge.model.analysis import Problem, Stage
from portgauge.model.base import value
from portgauge.parsing.cmake_conditions import all_asked_for
from portgauge.parsing.cmake_trail import Behind
from portgauge.parsing.cmake_variables import BUILD_ROOT, SOURCE_ROOT, as_written, is_followed

_NAMED_AT_MOST = 5
_NAMED_LENGTH = 80

_TARGET_WORDS = frozenset(
    (
        *("STATIC", "SHARED", "MODULE", "OBJECT", "INTERFACE", "UNKNOWN", "EXCLUDE_FROM_ALL", "WIN32"),
        *("MACOSX_BUNDLE", "NO_EXTRAS", "SYSTEM", "THIN_LTO", "OPT_SIZE", "NB_STATIC", "NB_SHARED"),
        *("STABLE_ABI", "LTO", "WITH_SOABI"),
    )
)
_LINK_WORDS = frozenset(
    (
        *("PUBLIC", "PRIVATE", "INTERFACE", "LINK_PUBLIC", "LINK_PRIVATE", "LINK_INTERFACE_LIBRARIES"),
        *("debug", "optimized", "general"),
    )
)
_CONDITIONAL = re.compile(r"^\$<\$<.*>:(?P<inner>[^<>]*)>$|^\$<BUILD_INTERFACE:(?P<build>[^<>]*)>$")
_OBJECTS = re.compile(r"^\$<TARGET_OBJECTS:(?P<target>[^<>]+)>$")


@value
class CMakeLink:
    """One thing that a target is linked with."""

    target: str
    """Name of a target of the codebase, or ``library:NAME`` as written."""
    path: PurePosixPath
    line: int


@value
class CMakeTarget:
    """One library, executable or Python module."""

    name: str
    kind: str
    """``library``, ``executable`` or ``module``."""
    project: PurePosixPath
    """Folder of the outermost CMakeLists.txt; names are unique inside it."""
    path: PurePosixPath
    """The CMake file that asks for the target; for a function of the codebase, the one that calls it."""
    line: int
    sources: tuple[PurePosixPath, ...]
    """Files of the codebase, in any configuration, sorted."""
    links: tuple[CMakeLink, ...]
    conditions: tuple[str, ...]
    """Texts of the conditions around the target, outermost first, also those around its folder."""
    unresolved: tuple[str, ...]
    """Sources that could not be followed, as written, and files that the build makes."""
    behind: tuple[tuple[PurePosixPath, tuple[str, ...]], ...] = ()
    """Sources that are compiled only when some names are set, with those names, sorted."""


@value
class Statement:
    """Where a target command stands."""

    project: PurePosixPath
    path: PurePosixPath
    line: int
    folder: str
    """``CMAKE_CURRENT_SOURCE_DIR``, below ``SOURCE_ROOT``."""
    conditions: tuple[str, ...]


@dataclass(slots=True)
class _Target:
    """A target while its commands are still being found."""

    name: str
    kind: str
    project: PurePosixPath
    path: PurePosixPath
    line: int
    conditions: tuple[str, ...]
    sources: dict[PurePosixPath, frozenset[str]] = field(default_factory=dict)
    """Each with the names that must be set for it to be compiled."""
    links: dict[tuple[str, PurePosixPath, int], None] = field(default_factory=dict)
    unresolved: dict[str, None] = field(default_factory=dict)


class TargetTable:
    """All targets found so far."""

    def __init__(self, known_paths: Collection[PurePosixPath]) -> None:
        self._known = frozenset(known_paths)
        self._suffixes = frozenset(path.suffix.lower() for path in known_paths)
        self._targets: dict[tuple[PurePosixPath, str], _Target] = {}
        self._aliases: dict[tuple[PurePosixPath, str], str] = {}
        self.twice: dict[PurePosixPath, dict[str, None]] = {}
        """For each file the targets that it declares once more under the same conditions, with both places."""

    def declare(self, name: str, kind: str, words: Behind, at: Statement) -> None:
        """Add a target, or what another branch declares for the same name."""
        if next(iter(words), "") == "ALIAS":
            self._aliases[at.project, name] = "".join(tuple(words)[1:2])
            return
        key = (at.project, name)
        target = self._targets.get(key)
        if target is None:
            target = self._targets[key] = _Target(
                name=name, kind=kind, project=at.project, path=at.path, line=at.line, conditions=at.conditions
            )
        else:
            if (at.path, at.line) != (target.path, target.line) and at.conditions == target.conditions:
                self._note_twice(target, at)
            shared = zip(target.conditions, at.conditions, strict=False)
            count = next((n for n, (ours, theirs) in enumerate(shared) if ours != theirs), None)
            shortest = min(len(target.conditions), len(at.conditions))
            target.conditions = target.conditions[: shortest if count is None else count]
        self._add_sources(target, words, at)

    def _note_twice(self, target: _Target, at: Statement) -> None:
        # Behind a question for a target, the second declaration is never reached.
        if is_followed(target.name) and not any("TARGET" in condition for condition in at.conditions):
            self.twice.setdefault(at.path, {})[f"{target.name} (line {at.line}, first {target.path}:{target.line})"] = (
                None
            )

    def extend(self, name: str, words: Behind, at: Statement, *, is_link: bool) -> bool:
        """Add sources or links to a target; returns False when no target has that name."""
        target = self._targets.get((at.project, self._aliases.get((at.project, name), name)))
        if target is None:
            return False
        if is_link:
            self._add_links(target, words, at)
        else:
            self._add_sources(target, words, at)
        return True

    def lift(self, folder: PurePosixPath, first: Iterable[str], again: Iterable[str]) -> None:
        """Take back what the first way into a folder asked for and another way does not."""
        names = all_asked_for(first) - all_asked_for(again)
        for target in self._targets.values() if names else ():
            if target.path.is_relative_to(folder):
                target.sources = {path: behind - names for path, behind in target.sources.items()}

    def targets(self) -> tuple[CMakeTarget, ...]:
        """Return every target, sorted by project and name."""
        projects_by_name: dict[str, set[PurePosixPath]] = {}
        for project, name in self._targets:
            projects_by_name.setdefault(name, set()).add(project)
        finished = [self._finished(target, projects_by_name) for target in self._targets.values()]
        return tuple(sorted(finished, key=lambda target: (target.project, target.name)))

    def _finished(self, target: _Target, projects_by_name: dict[str, set[PurePosixPath]]) -> CMakeTarget:
        links = set()
        for linked, path, line in target.links:
            name = self._aliases.get((target.project, linked), linked)
            is_ours = (target.project, name) in self._targets or len(projects_by_name.get(name, ())) == 1
            links.add(CMakeLink(target=name if is_ours else f"library:{linked}", path=path, line=line))
        return CMakeTarget(
            name=target.name,
            kind=target.kind,
            project=target.project,
            path=target.path,
            line=target.line,
            sources=tuple(sorted(target.sources)),
            links=tuple(sorted(links, key=lambda link: (link.target, link.path, link.line))),
            conditions=target.conditions,
            unresolved=tuple(target.unresolved),
            behind=tuple((path, tuple(sorted(names))) for path, names in sorted(target.sources.items()) if names),
        )

    def _add_sources(self, target: _Target, words: Behind, at: Statement) -> None:
        is_listing = True
        for word, behind in words.items():
            if word in ("OPTIONS", "FILE_SET", "BASE_DIRS", "TYPE"):
                is_listing = False
            elif word == "FILES" or word in _LINK_WORDS:
                is_listing = True
            elif is_listing and word not in _TARGET_WORDS:
                self._add_source(target, word, at, behind)

    def _add_source(self, target: _Target, word: str, at: Statement, behind: frozenset[str]) -> None:
        if objects := _OBJECTS.match(word):
            target.links[objects["target"], at.path, at.line] = None
            return
        word = _unwrapped(word)
        whole = posixpath.normpath(posixpath.join(at.folder, word))
        if not is_followed(word) or whole.startswith(BUILD_ROOT):
            target.unresolved[as_written(word)] = None
            return
        path = known_file(whole, self._known)
        if path is not None:
            target.sources[path] = target.sources[path] & behind if path in target.sources else behind
        elif posixpath.splitext(word)[1].lower() in self._suffixes:
            target.unresolved[as_written(word)] = None

    def _add_links(self, target: _Target, words: Iterable[str], at: Statement) -> None:
        for word in words:
            linked = as_written(_unwrapped(word))
            if linked.startswith("-l"):
                linked = linked[2:]
            if linked in _LINK_WORDS or linked.startswith(("-", "$<")) or linked == target.name:
                continue
            target.links[linked, at.path, at.line] = None


def source_problems(targets: Iterable[CMakeTarget]) -> tuple[Problem, ...]:
    """Return one problem for each CMake file that names sources which could not be followed."""
    by_path: dict[PurePosixPath, list[CMakeTarget]] = {}
    for target in targets:
        if target.unresolved:
            by_path.setdefault(target.path, []).append(target)
    problems = []
    for path, affected in by_path.items():
        texts = dict.fromkeys(text for target in affected for text in target.unresolved)
        first = affected[0]
        more = f" and {len(affected) - 1} more" if len(affected) > 1 else ""
        reason = (
            f"sources of target `{first.name}` (line {first.line}){more} are not in the codebase or could not "
            f"be followed: {named(texts)}"
        )
        problems.append(Problem(path=path, stage=Stage.PARSING, reason=reason))
    return tuple(problems)


def named(texts: Collection[str]) -> str:
    """Return the first few texts for a sentence, marked as text of the source, and how many more there are."""
    shown = [f"`{text if len(text) <= _NAMED_LENGTH else f'...{text[3 - _NAMED_LENGTH :]}'}`" for text in texts]
    more = len(shown) - _NAMED_AT_MOST
    return ", ".join(shown[:_NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")


def known_file(whole: str, known: Collection[PurePosixPath]) -> PurePosixPath | None:
    """Return the file of the codebase that an absolute CMake path means; None when there is none."""
    if not whole.startswith(f"{SOURCE_ROOT}/"):
        return None
    path = PurePosixPath(whole[len(SOURCE_ROOT) + 1 :])
    return path if path in known else None


def _unwrapped(word: str) -> str:
    """Return what a conditional generator expression adds when it adds anything: every branch counts."""
    found = _CONDITIONAL.match(word)
    return word if found is None else (found["inner"] or found["build"] or word)
