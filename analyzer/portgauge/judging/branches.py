"""For whom a branch is compiled: the conditions around a site, evaluated for each vendor."""

import re
from collections.abc import Iterable, Sequence
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

    def __init__(self, words: VendorWords, defines: Sequence[Define]) -> None:
        self._words = words
        self._derived: dict[str, str] = {}
        self._serves = lru_cache(maxsize=None)(self._evaluate)
        for _ in range(_ROUNDS):
            found = self._derive(defines)
            if found == self._derived:
                break
            self._derived = found
            self._serves.cache_clear()

    def _derive(self, defines: Iterable[Define]) -> dict[str, str]:
        branches: dict[str, list[Serves]] = {}
        for define in defines:
            branches.setdefault(define.name, []).append(self._serves(define.guards))
        derived = {}
        for name, found in branches.items():
            if all(branch.nvidia is False and branch.amd is not False for branch in found):
                derived[name] = AMD
            elif all(branch.amd is False and branch.nvidia is not False for branch in found):
                derived[name] = NVIDIA
        return derived

    def vendor_of(self, macro: str) -> str:
        """Return whose macro a name is; empty when it is nobody's."""
        return self._words.vendor_of(macro) or self._derived.get(macro, "")

    def _lookup(self, vendor: str, *, only_amd_known: bool = False) -> Lookup:
        def look_up(name: str) -> tuple[bool | None, Number]:
            owner = self.vendor_of(name)
            if not owner or (only_amd_known and owner != AMD):
                return None, None
            if owner != vendor:
                return False, 0
            if self._words.depends_on_pass(name):
                return None, None
            return True, None if self._words.number_macros.fullmatch(name) else 1

        return look_up

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
        names = (name for guard in guards for text in (guard.text, *guard.tried) for name in _WORD.findall(text))
        return tuple(dict.fromkeys(name for name in names if name != "defined" and not self.vendor_of(name)))


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
