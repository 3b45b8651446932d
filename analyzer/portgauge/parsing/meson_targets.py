"""The targets of Meson files while they are collected, and as values; ``meson_build`` says which statements run."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from portgauge.model.analysis import Problem, Stage
from portgauge.model.base import value
from portgauge.parsing.meson_values import Held, Kind, Part

COMPILED = frozenset((".c", ".cc", ".cpp", ".cxx", ".cu", ".hip"))
"""Suffixes of files that a compiler is given."""
_NAMED_AT_MOST = 5


@value
class MesonTarget:
    """One library, executable or module."""

    key: str
    """The file and the name."""
    name: str
    path: PurePosixPath
    line: int
    is_library: bool
    sources: tuple[PurePosixPath, ...]
    """Files of the codebase, in any configuration, sorted."""
    behind: tuple[tuple[PurePosixPath, tuple[str, ...]], ...]
    """Sources that are compiled only with some options, with those, sorted."""
    links: tuple[str, ...]
    """Keys of targets, and ``library:NAME`` for others."""
    options: tuple[str, ...]
    """Options that must be set for it."""


@value
class MesonBuild:
    """Everything that the Meson files of a codebase build."""

    targets: tuple[MesonTarget, ...]
    options: Mapping[str, int]
    """Options that are on or off, each with the 1-based line of its declaration."""
    macros: Mapping[str, frozenset[str]]
    """Macros that the build defines for the compiler, each with the options that must be set for that."""
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Target:
    """A target while its sources are still being found."""

    name: str
    path: PurePosixPath
    line: int
    is_library: bool
    options: frozenset[str]
    sources: dict[PurePosixPath, frozenset[str]] = field(default_factory=dict)
    links: dict[str, None] = field(default_factory=dict)


class TargetTable:
    """All targets found so far, and what could not be followed."""

    def __init__(self, known: frozenset[PurePosixPath]) -> None:
        self._known = known
        self._targets: dict[str, _Target] = {}
        self._unfollowed: dict[PurePosixPath, dict[str, None]] = {}

    def declare(
        self,
        name: str,
        sources: Held,
        needed: Held,
        *,
        path: PurePosixPath,
        line: int,
        is_library: bool,
        behind: frozenset[str],
    ) -> str:
        """Add a target, or what another branch declares for the same name; return its key."""
        key = f"{path}#{name}"
        target = self._targets.get(key)
        if target is None:
            target = self._targets[key] = _Target(
                name=name, path=path, line=line, is_library=is_library, options=behind
            )
        target.options &= behind
        for part in (*sources.parts, *needed.behind(behind).parts):
            self._add(target, part)
        return key

    def _add(self, target: _Target, part: Part) -> None:
        match part.kind:
            case Kind.TARGET:
                target.links[part.text] = None
            case Kind.LIBRARY:
                target.links[f"library:{part.text}"] = None
            case Kind.UNKNOWN:
                self.note(target.path, f"sources of {target.name}: {part.text}")
            case Kind.TEXT | Kind.FILE:
                path = PurePosixPath(part.text)
                if path in self._known:
                    old = target.sources.get(path)
                    target.sources[path] = part.behind if old is None else old & part.behind
                elif path.suffix in COMPILED:
                    self.note(target.path, f"{path}, which is not in the codebase")

    def note(self, path: PurePosixPath, text: str) -> None:
        """Note what could not be followed in a file."""
        self._unfollowed.setdefault(path, {})[text] = None

    def targets(self, options: Collection[str]) -> tuple[MesonTarget, ...]:
        """Return every target, sorted; of what is asked for, only options count."""
        return tuple(
            MesonTarget(
                key=key,
                name=target.name,
                path=target.path,
                line=target.line,
                is_library=target.is_library,
                sources=tuple(sorted(target.sources)),
                behind=tuple(
                    (path, names)
                    for path, behind in sorted(target.sources.items())
                    if (names := tuple(sorted(behind.intersection(options))))
                ),
                links=tuple(sorted(target.links)),
                options=tuple(sorted(target.options.intersection(options))),
            )
            for key, target in sorted(self._targets.items())
        )

    def problems(self) -> Iterator[Problem]:
        """Yield one problem for each file in which something could not be followed."""
        for path, texts in sorted(self._unfollowed.items()):
            shown = list(texts)[:_NAMED_AT_MOST]
            more = f" and {len(texts) - len(shown)} more" if len(texts) > len(shown) else ""
            reason = (
                f"could not be followed: {', '.join(shown)}{more}; targets or sources may be missing, and their files "
                "are grouped by folder"
            )
            yield Problem(path=path, stage=Stage.PARSING, reason=reason)
