"""Which file's function a call means: by name, with the scopes written and the files that are included.

Of types only that is known which a declaration of the object says. So overloaded operators are not followed, a member
that is called on an object of unknown class is followed only when one file alone can be meant, and of several functions
with one name that fit equally well none is taken: a wrong dependency is worse than a missing one.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePosixPath

from portgauge.graph.assignment import COMPILED_SUFFIXES
from portgauge.graph.classes import NOTHING_DECLARED, Classes, Declared
from portgauge.graph.edges import edges_from
from portgauge.graph.includes import Reach, nearest
from portgauge.graph.inputs import CalledName, Function, WrittenName
from portgauge.graph.memory import LastAnswer, LastAnswers
from portgauge.model.component import Edge, EdgeKind

_Home = tuple[PurePosixPath, Function]
"""Where a function is defined, and which."""


class Homes:
    """Where the functions of a codebase are defined, by name."""

    def __init__(
        self,
        functions: Mapping[PurePosixPath, Sequence[Function]],
        *,
        reach: Reach,
        declared: Declared = NOTHING_DECLARED,
    ) -> None:
        self._reach = reach
        self._classes = Classes(declared, reach=reach)
        self._by_name: dict[str, list[_Home]] = defaultdict(list)
        for path in sorted(functions):
            for function in functions[path]:
                self._by_name[function.name].append((path, function))

    def meant_by(self, call: CalledName, source: PurePosixPath) -> PurePosixPath | None:
        """Return the file that a name means in the way it is written: called, called on an object, or passed."""
        if call.is_passed:
            return self.passed_meant(call, source)
        if call.is_on_object:
            return self.member_meant(call, source)
        # In a member function the members of its own class come first.
        is_own, meant = self._of_classes(call.name, frozenset(call.classes), source)
        return meant if is_own else self.meant(call, source)

    def meant(self, call: WrittenName, source: PurePosixPath) -> PurePosixPath | None:
        """Return the file that a call means; None when no file fits or several fit equally well.

        A function of the file itself is meant first, then one of the files that it includes (the fewest includes
        away), then one that other files can link: of several, that of the nearest folder.
        """
        fitting = self._fitting(call)
        if not fitting:
            return None
        paths = {path for path, _ in fitting}
        if source in paths:
            return source
        reached = self._reach.of(source)
        distances = sorted((reached[path], path) for path in paths if path in reached)
        if distances:
            return nearest([path for distance, path in distances if distance == distances[0][0]], source.parent)
        linked = sorted({path for path, function in fitting if not function.is_hidden})
        # Who defines the name in a header that this file does not include is another thing of that name.
        return nearest([path for path in linked if path.suffix.lower() in COMPILED_SUFFIXES], source.parent)

    def _fitting(self, call: WrittenName) -> list[_Home]:
        """Return the functions that a name fits as it is written; else those that it fits by its class's other names.

        A class is what it is an alias of, and what it is derived from where it has no function of its own.
        """
        fitting = [(path, each) for path, each in self._by_name.get(call.name, ()) if _fits(call, each)]
        if fitting:
            return fitting
        scope = call.scopes[-1] if call.scopes else call.name
        for generation in self._classes.generations(frozenset((scope,))):
            # A constructor is called as its class is.
            names = sorted(generation) if scope == call.name else (call.name,)
            for name in names:
                classes = frozenset((name,)) if scope == call.name else generation
                fitting += [(path, each) for path, each in self._by_name.get(name, ()) if _is_of(each, classes)]
            if fitting:
                break
        return fitting

    def member_meant(self, call: CalledName, source: PurePosixPath) -> PurePosixPath | None:
        """Return the file that defines a member which is called on an object.

        Where the class of the object is not known, it is the one file that defines a member of the name, of a class
        whose header the calling file includes.
        """
        members = [path for path, each in self._by_name.get(call.name, ()) if each.is_member]
        if not members:
            return None
        classes = frozenset(call.classes)
        if not classes and call.object_name:
            classes = self._classes.of_object(call.object_name, source, is_held=call.is_held)
        is_known, meant = self._of_classes(call.name, classes, source)
        if is_known or call.needs_class:
            return meant
        return self._one_included(set(members), source)

    def _of_classes(
        self, name: str, classes: frozenset[str], source: PurePosixPath
    ) -> tuple[bool, PurePosixPath | None]:
        """Return whether one of the classes has a member of the name, and the one file that can be meant, if any."""
        known = self._by_name.get(name, ()) if classes else ()
        for generation in self._classes.generations(classes) if known else ():
            paths = {path for path, each in known if _is_of(each, generation)}
            if paths:
                return True, next(iter(paths)) if len(paths) == 1 else self._one_included(paths, source)
        return False, None

    def passed_meant(self, call: WrittenName, source: PurePosixPath) -> PurePosixPath | None:
        """Return the one file that defines a function of the name, whose header the passing file includes.

        The name may be that of a constant or a member, so a function that only could be linked is not meant.
        """
        return self._one_included(
            {path for path, each in self._by_name.get(call.name, ()) if _fits(call, each)}, source
        )

    def _one_included(self, paths: Collection[PurePosixPath], source: PurePosixPath) -> PurePosixPath | None:
        if source in paths:
            return source
        reached = self._reach.of(source)
        able = [path for path in paths if path in reached or self._reach.own_header(path) in reached]
        return able[0] if len(able) == 1 else None

    def fitting(self, call: WrittenName, path: PurePosixPath) -> list[Function]:
        """Return the functions of one file that a call can mean."""
        return [
            function for home, function in self._by_name.get(call.name, ()) if home == path and _fits(call, function)
        ]


class Callers:
    """Who calls whom in a codebase whose files define, declare and include the same.

    Most revisions do as the one before.
    """

    def __init__(self, homes: Homes) -> None:
        self._homes = homes
        self._edges: LastAnswers[PurePosixPath, Sequence[CalledName], tuple[Edge, ...]] = LastAnswers()

    def edges(self, calls: Mapping[PurePosixPath, Sequence[CalledName]]) -> tuple[Edge, ...]:
        """Return one edge for each pair of files of which one calls a function that the other defines, sorted."""
        found = self._edges.to(calls, self._edges_of)
        return tuple(edge for source in sorted(found) for edge in found[source])

    def _edges_of(self, source: PurePosixPath, calls: Sequence[CalledName]) -> tuple[Edge, ...]:
        evidence: dict[PurePosixPath, set[int]] = defaultdict(set)
        for call in calls:
            target = self._homes.meant_by(call, source)
            if target is not None and target != source:
                evidence[target].update(call.lines)
        return edges_from(source, evidence, kind=EdgeKind.CALL)


_signatures: LastAnswers[PurePosixPath, Sequence[Function], tuple[object, ...]] = LastAnswers()
_last_callers: LastAnswer[tuple[object, object, Declared], Callers] = LastAnswer()


def call_edges(
    functions: Mapping[PurePosixPath, Sequence[Function]],
    calls: Mapping[PurePosixPath, Sequence[CalledName]],
    *,
    reach: Reach,
    declared: Declared = NOTHING_DECLARED,
) -> tuple[Edge, ...]:
    """Return one edge for each pair of files of which one calls a function that the other defines, sorted."""
    shape = (_signatures.to(functions, _signature), reach.shape, declared)
    return _last_callers.to(shape, lambda: Callers(Homes(functions, reach=reach, declared=declared))).edges(calls)


def _signature(path: PurePosixPath, functions: Sequence[Function]) -> tuple[object, ...]:
    """Return all of a file's functions that decides whether a call means one of them."""
    return tuple((each.name, each.scopes, each.is_member, each.is_hidden) for each in functions)


def _fits(call: WrittenName, function: Function) -> bool:
    """Return whether the scopes as written can mean a function: its scopes end in them.

    A class that is called is its constructor, in whose scopes the class stands again.
    """
    if not call.scopes:
        return not function.is_member or function.scopes[-1:] == (function.name,)
    count = len(call.scopes)
    return function.scopes[-count:] == call.scopes


def _is_of(function: Function, classes: Collection[str]) -> bool:
    """Return whether a function is a member of one of the classes."""
    return function.is_member and bool(function.scopes) and function.scopes[-1] in classes
