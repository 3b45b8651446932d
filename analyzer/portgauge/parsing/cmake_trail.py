"""On what conditions each element came into a CMake list.

``list(APPEND SOURCES fast.cu)`` inside ``if(WITH_FAST)`` makes ``fast.cu`` an element that is there only with that
option, also where ``${SOURCES}`` is used outside of the ``if``. Where an element came in twice, only what both ways
ask for counts; what cannot be followed asks for nothing, so that nothing is called optional that is not.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from portgauge.parsing.cmake_lists import Surroundings, run_file
from portgauge.parsing.cmake_variables import Scope

_WHOLE = re.compile(r"\$\{([A-Za-z0-9_./+\-]+)\}")
_DEFINED = re.compile(r"-D\s*([A-Za-z_]\w*)")
_BARE = re.compile(r"([A-Za-z_]\w*)(?:=.*)?")
_NO_MACROS = frozenset(("PUBLIC", "PRIVATE", "INTERFACE"))
_LISTS_OF_MACROS = frozenset(("add_compile_definitions", "target_compile_definitions"))
_LISTS_OF_FLAGS = frozenset(
    ("add_definitions", "add_compile_options", "target_compile_options", "set", "list", "string")
)

Behind = Mapping[str, frozenset[str]]
"""An element of a list to the names that must be set for it to be there."""


class Trail:
    """The conditions of the elements of all variables."""

    def __init__(self) -> None:
        self._behind: dict[tuple[str, str], frozenset[str]] = {}
        self.macros: dict[str, frozenset[str]] = {}
        """Macros that the build gives the compiler, each with the names that must be set for that."""

    def of(self, words: Iterable[str], scope: Scope, *, behind: frozenset[str] = frozenset()) -> Behind:
        """Return the elements that words come to, as ``Scope.elements``; ``behind`` stands around the command."""
        found: dict[str, frozenset[str]] = {}
        for word in words:
            variable = _WHOLE.fullmatch(word)
            for element in scope.elements((word,)):
                earlier = self._behind.get((variable[1], element), frozenset()) if variable else frozenset()
                names = earlier | behind
                found[element] = found[element] & names if element in found else names
        return found

    def give(self, name: str, elements: Behind) -> None:
        """Note what a parameter or loop variable holds from here on."""
        self._behind.update({(name, element): names for element, names in elements.items()})

    def add(self, name: str, elements: Behind) -> None:
        """Note what a variable may hold beside what it held before."""
        for element, names in elements.items():
            key = (name, element)
            self._behind[key] = self._behind[key] & names if key in self._behind else names

    def follow(self, command: str, arguments: Sequence[str], scope: Scope, behind: frozenset[str]) -> None:
        """Note what ``set``, ``list`` and ``cmake_parse_arguments`` do; called after they have run."""
        match command:
            case "set" if len(arguments) > 1:
                added = self.of(arguments[1:], scope, behind=behind)
                for name in scope.expand(arguments[0]):
                    self.add(name, added)
            case "list" if len(arguments) > 2 and arguments[0].upper() in ("APPEND", "PREPEND", "INSERT"):
                added = self.of(arguments[2:], scope, behind=behind)
                for name in scope.expand(arguments[1]):
                    self.add(name, added)
            case "cmake_parse_arguments" if len(arguments) > 3:
                is_short = arguments[0] == "PARSE_ARGV"
                prefix, given = arguments[0], self.of(arguments[4:], scope)
                keywords = scope.elements(arguments[3:6] if is_short else arguments[1:4])
                if is_short:
                    prefix, given = "".join(arguments[2:3]), self.of(("${ARGN}",), scope)
                for keyword in ("UNPARSED_ARGUMENTS", *keywords):
                    name = f"{prefix}_{keyword}"
                    held = scope.elements((f"${{{name}}}",)) if scope.values(name) else ()
                    self.give(name, {element: given.get(element, frozenset()) for element in held})

    def run_glob(self, arguments: Sequence[str], around: Surroundings, behind: frozenset[str]) -> None:
        """Run ``file(GLOB NAME pattern...)``, and note what it found."""
        name = "".join(arguments[1:2])
        # Beside the scope, so that what this pattern finds is told from what the variable held before.
        apart = replace(around, scope=around.scope.below())
        apart.scope.unset(name)
        run_file(arguments, apart)
        if found := apart.scope.values(name):
            around.scope.set(name, *found)
            self.add(name, dict.fromkeys(around.scope.elements(found), behind))

    def note_macros(self, command: str, arguments: Collection[str], behind: frozenset[str]) -> None:
        """Note the macros that a command has the compiler define."""
        for word in arguments:
            names: Iterable[str] = ()
            if command in _LISTS_OF_MACROS:
                bare = _BARE.fullmatch(word.removeprefix("-D"))
                names = (bare[1],) if bare and bare[1] not in _NO_MACROS else ()
            elif command in _LISTS_OF_FLAGS and "-D" in word:
                names = _DEFINED.findall(word)
            for name in names:
                self.macros[name] = self.macros[name] & behind if name in self.macros else behind
