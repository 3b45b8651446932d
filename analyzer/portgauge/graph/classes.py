"""Of which class an object is when another file declares it, and what else a class is: an alias, or derived."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from portgauge.graph.includes import Reach
from portgauge.graph.inputs import DeclaredObject, Kinship
from portgauge.model.base import value


@value
class Declared:
    """What the files of a codebase say of objects and classes."""

    objects: Mapping[PurePosixPath, Sequence[DeclaredObject]]
    kin: Mapping[PurePosixPath, Sequence[Kinship]]


NOTHING_DECLARED = Declared(objects={}, kin={})


class Classes:
    """The classes of a codebase and its objects, by name."""

    def __init__(self, declared: Declared, *, reach: Reach) -> None:
        self._reach = reach
        self._objects: dict[str, list[tuple[PurePosixPath, DeclaredObject]]] = defaultdict(list)
        for path in sorted(declared.objects):
            for each in declared.objects[path]:
                self._objects[each.name].append((path, each))
        self._kin: dict[str, set[str]] = defaultdict(set)
        for listed in declared.kin.values():
            for kin in listed:
                self._kin[kin.name].add(kin.other)

    def of_object(self, name: str, source: PurePosixPath, *, is_held: bool) -> frozenset[str]:
        """Return the classes that an object of the name can be of, by the headers that a file includes."""
        known = self._objects.get(name)
        if not known:
            return frozenset()
        reached = self._reach.of(source)
        able = [each for path, each in known if path in reached or path == source]
        return frozenset(one for each in able for one in ((is_held and each.held) or each.classes))

    def generations(self, names: frozenset[str]) -> Iterator[frozenset[str]]:
        """Yield the classes themselves, then what they are aliases of or derived from, then what those are."""
        seen: set[str] = set()
        while names:
            yield names
            seen |= names
            names = frozenset(other for name in names for other in self._kin.get(name, ()) if other not in seen)
