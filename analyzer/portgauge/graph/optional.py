"""Which files are compiled only with a build option, so that a port can leave them out.

A file is behind an option when every target that compiles it compiles it only with the option, and every file that
includes it is behind the option or includes it under a macro that only the option defines. What no build names is
behind none. An option behind which nearly all CUDA code stands switches CUDA itself: leaving that out is no port, so
it is not counted.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import PurePosixPath

from portgauge.graph.assignment import COMPILED_SUFFIXES
from portgauge.graph.inputs import BuildUnit
from portgauge.graph.leaving_out import is_off
from portgauge.graph.memory import LastAnswer
from portgauge.model.base import value
from portgauge.model.component import Edge, SourceFile, Standing
from portgauge.model.finding import Site
from portgauge.model.location import Guard, path_of

_WHOLE_SHARE = 0.9
"""An option behind which a larger share of the built CUDA lines stands switches CUDA as a whole; judgement."""
_WORD = re.compile(r"[A-Za-z_]\w*")
_C_FAMILY = frozenset(("cuda", "hip", "c", "c++"))
_NONE: frozenset[str] = frozenset()

IncludeGuards = Mapping[tuple[PurePosixPath, int], tuple[Guard, ...]]
"""File and 1-based line of an ``#include`` to the conditions around it."""


@value
class Switches:
    """What a build can switch."""

    options: Mapping[str, int]
    """Each option of the build with the 1-based line of its declaration."""
    macros: Mapping[str, frozenset[str]]
    """Macros that are defined only when some options are set, with those."""

    def behind(self, guards: tuple[Guard, ...]) -> frozenset[str]:
        """Return the options without which conditions of the source do not hold."""
        found = _NONE
        for guard in guards:
            for name in set(_WORD.findall(" ".join((guard.text, *guard.tried)))):
                options = self.macros.get(name, _NONE) | ({name} & self.options.keys())
                if not options <= found and is_off(guard, (name,)):
                    found |= options
        return found


@value
class OptionalCode:
    """What of the code is compiled only with some build options."""

    files: Mapping[PurePosixPath, tuple[str, ...]]
    """Each such file with its options, sorted."""
    switches: Switches
    """Without those that switch CUDA as a whole."""


def optional_code(
    files: Iterable[SourceFile],
    units: Sequence[BuildUnit],
    include_edges: Iterable[Edge],
    include_guards: IncludeGuards,
    *,
    switches: Switches,
    is_whole: Callable[[str], bool],
) -> OptionalCode:
    """Return what of the code is compiled only with some build options.

    ``is_whole`` tells by its name that an option switches CUDA as a whole.
    """
    if not switches.options:
        return OptionalCode(files={}, switches=switches)
    files = tuple(files)
    inclusion = _Inclusion(include_edges, include_guards, switches)
    compiled = _compiled(units)
    question = (compiled, [(file.path, file.language) for file in files], inclusion.ways)
    behind = _last_behind.to(question, lambda: _with_included(compiled, files, inclusion))
    whole = _switches_of_all(behind, files) | frozenset(filter(is_whole, switches.options))
    found = {path: tuple(sorted(options - whole)) for path, options in sorted(behind.items())}
    return OptionalCode(
        files={path: options for path, options in found.items() if options},
        switches=Switches(
            options={option: line for option, line in switches.options.items() if option not in whole},
            macros={macro: options - whole for macro, options in switches.macros.items()},
        ),
    )


def _compiled(units: Sequence[BuildUnit]) -> dict[PurePosixPath, frozenset[str]]:
    """Return what the targets say: for each file that one lists, the options that all of them ask for."""
    found: dict[PurePosixPath, frozenset[str]] = {}
    for unit in units:
        behind = {path: frozenset(options) for path, options in unit.behind}
        for path in unit.sources:
            options = behind.get(path, _NONE)
            found[path] = found[path] & options if path in found else options
    return found


_last_behind: LastAnswer[tuple[object, ...], Mapping[PurePosixPath, frozenset[str]]] = LastAnswer()


class _Inclusion:
    """Who includes which file, and under which options."""

    def __init__(self, edges: Iterable[Edge], guards: IncludeGuards, switches: Switches) -> None:
        behind = lru_cache(maxsize=None)(switches.behind)
        self.ways: dict[PurePosixPath, list[tuple[PurePosixPath, frozenset[str]]]] = defaultdict(list)
        """Each included file with its includers, and the options that those lines ask for."""
        self.uses: dict[PurePosixPath, list[PurePosixPath]] = defaultdict(list)
        for edge in edges:
            source, target = path_of(edge.source), path_of(edge.target)
            asked = [behind(guards.get(place, ())) for place in edge.evidence]
            self.ways[target].append((source, frozenset.intersection(*asked) if asked else _NONE))
            self.uses[source].append(target)

    def spread(self, given: Mapping[PurePosixPath, frozenset[str]]) -> dict[PurePosixPath, frozenset[str]]:
        """Return the options of the given files and of all that these include, as far as every way asks for them.

        Options only fall away from a file, so that the rounds come to an end.
        """
        found = dict(given)
        waiting = dict.fromkeys(sorted(target for path in given for target in self.uses.get(path, ())))
        while waiting:
            path, _ = waiting.popitem()
            # A way from a file that has no options yet tells nothing; it comes back when it has.
            ways = [found[source] | asked for source, asked in self.ways[path] if source in found]
            new = frozenset.intersection(*ways, given.get(path, ways[0]))
            if new != found.get(path):
                found[path] = new
                waiting.update(dict.fromkeys(self.uses.get(path, ())))
        return found


def _with_included(
    compiled: Mapping[PurePosixPath, frozenset[str]], files: Iterable[SourceFile], inclusion: _Inclusion
) -> Mapping[PurePosixPath, frozenset[str]]:
    """Return the options of all files that a target compiles or includes, and of headers that nobody includes.

    Such a header goes with its folder: it may be what users of a library include, and then it asks for nothing.
    """
    # A header in a target's list is not compiled by it: only who includes it decides.
    # Files are looked up by path so often that equal paths should be one object.
    listed = ((path_of(str(path)), options) for path, options in compiled.items())
    given = {p: o for p, o in listed if _is_compiled(p) or p not in inclusion.ways}
    # What no target names and nobody includes may be compiled all the same.
    unlisted = {p: _NONE for p in inclusion.uses if p not in compiled and p not in inclusion.ways and _is_compiled(p)}
    first = inclusion.spread({**given, **unlisted})
    around: dict[PurePosixPath, list[frozenset[str]]] = defaultdict(list)
    for path, options in first.items():
        around[path.parent].append(options)
    alone = {
        file.path: frozenset.intersection(*beside)
        for file in files
        if file.path not in first
        and file.path not in inclusion.ways
        and not _is_compiled(file.path)
        and file.language in _C_FAMILY
        and (beside := around.get(file.path.parent))
    }
    others = {p: _NONE for p in inclusion.uses if p not in first and p not in inclusion.ways and p not in alone}
    return inclusion.spread({**given, **unlisted, **others, **alone})


def _is_compiled(path: PurePosixPath) -> bool:
    return path.suffix.lower() in COMPILED_SUFFIXES


def _switches_of_all(behind: Mapping[PurePosixPath, frozenset[str]], files: Iterable[SourceFile]) -> frozenset[str]:
    """Return the options behind which nearly all CUDA lines stand that a build compiles."""
    counted: Counter[str] = Counter()
    total = 0
    for file in files:
        if file.is_cuda and file.standing in (Standing.OWN, Standing.GENERATED) and file.path in behind:
            total += file.code_lines
            counted.update(dict.fromkeys(behind[file.path], file.code_lines))
    return frozenset(option for option, lines in counted.items() if lines > _WHOLE_SHARE * total)


def with_options(files: Iterable[SourceFile], optional: OptionalCode) -> tuple[SourceFile, ...]:
    """Return the files, each with the options without which it is not compiled."""
    return tuple(replace(f, options=optional.files[f.path]) if f.path in optional.files else f for f in files)


def with_build_guards(sites: Iterable[Site], optional: OptionalCode) -> tuple[Site, ...]:
    """Return the sites with the build options that they need as conditions around them, outermost.

    Those are the options of the site's file, and those that alone define a macro that a condition around it asks for.
    """
    lines = optional.switches.options

    @cache
    def around(path: PurePosixPath, guards: tuple[Guard, ...]) -> tuple[Guard, ...]:
        options = {*optional.files.get(path, ()), *optional.switches.behind(guards)}
        named = {word for guard in guards for word in _WORD.findall(guard.text)}
        added = (Guard(kind="build-option", text=name, line=lines[name]) for name in sorted(options - named))
        return (*added, *guards)

    return tuple(
        replace(site, guards=guards) if (guards := around(site.path, site.guards)) != site.guards else site
        for site in sites
    )
