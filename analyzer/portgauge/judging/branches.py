"""For whom a branch is compiled: the conditions around a site, evaluated for each vendor."""

import re
from collections.abc import Iterable
from functools import lru_cache

from portgauge.model.base import value
from portgauge.model.location import Define, Guard
from portgauge.parsing.conditions import Lookup, Number, truth
from portgauge.rulebook.vendors import VendorWords

AMD = "amd"
NVIDIA = "nvidia"
_WORD = re.compile(r"[A-Za-z_]\w*")
_ROUNDS = 3
"""How often macros derived from derived macros are looked for."""


@value
class Serves:
    """Whether a branch is compiled for each vendor; None when the conditions do not tell."""

    nvidia: bool | None
    amd: bool | None
    amd_by_name: bool | None
    """The same for AMD when only AMD's own macros are known: False means that AMD was thought of and left out."""
    nvidia_by_name: bool | None
    """The same for NVIDIA when only AMD's own macros are known: False means that the branch was written for AMD."""


class Branches:
    """Evaluates conditions with the vendors' macros and those that the codebase derives from them."""

    def __init__(self, words: VendorWords, defines: tuple[Define, ...]) -> None:
        self._words = words
        self._derived: dict[str, str] = {}
        self._defined: dict[str, Serves] = {}
        self._serves = lru_cache(maxsize=None)(self._evaluate)
        for _ in range(_ROUNDS):
            defined = self._where_defined(defines)
            if defined == self._defined:
                break
            self._defined = defined
            self._derived = {name: vendor for name, where in defined.items() if (vendor := _only_vendor(where))}
            self._serves.cache_clear()

    def _where_defined(self, defines: Iterable[Define]) -> dict[str, Serves]:
        """Return for whom each macro is defined, by the branches of all its ``#define`` lines."""
        branches: dict[str, list[Serves]] = {}
        given: set[str] = set()
        for define in defines:
            branches.setdefault(define.name, []).append(self._serves(define.guards))
            if define.name in _words_of(define.guards):
                given.add(define.name)  # a default: the build may define it before
        return {
            name: Serves(
                nvidia=_any_holds(branch.nvidia for branch in found),
                amd=_any_holds(branch.amd for branch in found),
                amd_by_name=_any_holds(branch.amd_by_name for branch in found),
                nvidia_by_name=_any_holds(branch.nvidia_by_name for branch in found),
            )
            for name, found in branches.items()
            if name not in given
        }

    def vendor_of(self, macro: str) -> str:
        """Return whose macro a name is; empty when it is nobody's."""
        return self._words.vendor_of(macro) or self._derived.get(macro, "")

    def _lookup(self, vendor: str, *, only_amd_known: bool = False) -> Lookup:
        def look_up(name: str) -> tuple[bool | None, Number]:
            owner = self._words.vendor_of(name)
            if not owner:
                return self._look_up_derived(name, vendor, only_amd_known=only_amd_known)
            if only_amd_known and owner != AMD:
                return None, None
            if owner != vendor:
                return False, 0
            if self._words.depends_on_pass(name):
                return None, None
            return True, None if self._words.number_macros.fullmatch(name) else 1

        return look_up

    def _look_up_derived(self, name: str, vendor: str, *, only_amd_known: bool) -> tuple[bool | None, Number]:
        if name not in self._derived:
            return None, None
        where = self._defined[name]
        amd, nvidia = (where.amd_by_name, where.nvidia_by_name) if only_amd_known else (where.amd, where.nvidia)
        defined = amd if vendor == AMD else nvidia
        return defined, None if defined is None else int(defined)

    def serves(self, guards: tuple[Guard, ...]) -> Serves:
        """Return for whom the code inside these conditions is compiled."""
        return self._serves(guards)

    def _evaluate(self, guards: tuple[Guard, ...]) -> Serves:
        return Serves(
            nvidia=_all_hold(guards, self._lookup(NVIDIA)),
            amd=_all_hold(guards, self._lookup(AMD)),
            amd_by_name=_all_hold(guards, self._lookup(AMD, only_amd_known=True)),
            nvidia_by_name=_all_hold(guards, self._lookup(NVIDIA, only_amd_known=True)),
        )

    def options(self, guards: tuple[Guard, ...]) -> tuple[str, ...]:
        """Return the macros of the project's own that switch this branch on or off, in the order of the conditions."""
        return tuple(
            dict.fromkeys(name for name in _words_of(guards) if name != "defined" and not self.vendor_of(name))
        )


# Several stages ask about the same macros, and so does the next revision of a history.
branches_of = lru_cache(maxsize=4)(Branches)


def _words_of(guards: tuple[Guard, ...]) -> list[str]:
    return [name for guard in guards for text in (guard.text, *guard.tried) for name in _WORD.findall(text)]


def _only_vendor(where: Serves) -> str:
    """Return the vendor that alone has a macro; empty when both may have it, or none."""
    if where.nvidia is False and where.amd is not False:
        return AMD
    return NVIDIA if where.amd is False and where.nvidia is not False else ""


def _any_holds(answers: Iterable[bool | None]) -> bool | None:
    found = list(answers)
    if True in found:
        return True
    return None if None in found else False


def _all_hold(guards: tuple[Guard, ...], lookup: Lookup) -> bool | None:
    found: list[bool | None] = []
    for guard in guards:
        found += [_negated(truth(text, lookup)) for text in guard.tried]
        if guard.condition:
            found.append(truth(guard.condition, lookup))
    if False in found:
        return False
    return None if None in found else True


def _negated(answer: bool | None) -> bool | None:
    return None if answer is None else not answer
