"""Whether a function exchanges values within a wave, and whether that can cross between groups of 32 lanes.

Looks at the function, at the functions and macros of its file that it uses, and no further. Groups of 32 threads that
exchange nothing, or stay within 32 lanes whatever they exchange, are right on every wave size.
"""

import re
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from enum import IntEnum
from functools import cached_property

from portgauge.matchers.constants import FileConstants
from portgauge.matchers.forms import CallForm
from portgauge.matchers.functions import Function, FunctionTable, last_name
from portgauge.matchers.word_tests import word_test
from portgauge.model.kernel import WaveDependence
from portgauge.parsing.asm_text import ASM_WORDS
from portgauge.parsing.cuda import ParsedFile
from portgauge.rulebook.rulebook import Shapes

_WORD = re.compile(rb"[A-Za-z_]\w*")
_GROUP_LANES = 32
_LOOK_AHEAD_BYTES = 40


class Wave(IntEnum):
    """What a function does with its wave, from nothing to the most; the names are the values of the part ``wave``."""

    NONE = 0
    BOUNDED = 1
    """It exchanges values and stays within groups of 32 lanes."""
    UNKNOWN = 2
    """It calls a function of another file that speaks of warps or lanes."""
    MIXED = 3
    """What it does sees the whole wave."""


_DEPENDENCE = {
    Wave.NONE: WaveDependence.NONE,
    Wave.BOUNDED: WaveDependence.WITHIN_32_LANES,
    Wave.UNKNOWN: WaveDependence.UNKNOWN,
    Wave.MIXED: WaveDependence.WHOLE_WAVE,
}


class WaveTable:
    """What each function of one file does with its wave, worked out at the first question."""

    def __init__(
        self,
        functions: FunctionTable,
        parsed: ParsedFile,
        shapes: Shapes,
        constants: Callable[[], FileConstants],
        *,
        words: AbstractSet[bytes],
    ) -> None:
        self._parsed = parsed
        self._shapes = shapes
        self._constants = constants
        self._data = parsed.source.data
        self._assembly = re.compile(shapes.wave_uses.assembly.encode())
        self._helpers = word_test(shapes.wave_uses.helpers)
        """Names of helpers for warps."""
        self._functions: dict[bytes, list[Function]] = {}
        for function in functions.functions:
            self._functions.setdefault(last_name(function.name), []).append(function)
        self._known: dict[int, tuple[Wave, frozenset[bytes]]] = {}
        self._words = words
        self._is_waveless = not self._shows_a_sign(words)

    @cached_property
    def _macros(self) -> dict[bytes, Wave]:
        """Return the macros whose text uses the wave; a text has no arguments to look at, so shuffles count as near."""
        macros: dict[bytes, Wave] = {}
        for node in self._parsed.captures.get("macro_body", ()):
            body = self._data[node.start_byte : node.end_byte]
            found = max((self._word(word) or Wave.NONE for word in _WORD.findall(body)), default=Wave.NONE)
            name = node.prev_named_sibling
            if name is not None and name.type == "preproc_params":
                name = name.prev_named_sibling
            if found is not Wave.NONE and name is not None:
                macros[self._data[name.start_byte : name.end_byte]] = found
        return macros

    def _word(self, word: bytes) -> Wave | None:
        """Return what a name does by itself; None when that hangs on the arguments or it does nothing."""
        uses = self._shapes.wave_uses
        name = word.decode()
        if name in uses.whole:
            return Wave.MIXED
        return Wave.BOUNDED if name in uses.near or name in uses.by_lane else None

    def _shows_a_sign(self, words: AbstractSet[bytes]) -> bool:
        """Return whether any word of the file, or assembly in it, can do something with waves."""
        if not ASM_WORDS.isdisjoint(words) or not self._names.isdisjoint(words):
            return True
        return bool(self._helpers.fitting(words))

    @cached_property
    def _names(self) -> frozenset[bytes]:
        uses = self._shapes.wave_uses
        return frozenset(name.encode() for name in (*uses.whole, *uses.near, *uses.by_lane))

    @cached_property
    def _telling(self) -> AbstractSet[bytes]:
        """The words of the file that say something: functions and macros of its own, and what uses the wave."""
        helpers = self._helpers.fitting(self._words)
        return self._functions.keys() | self._macros.keys() | self._names | helpers

    def of(self, function: Function) -> Wave:
        """Return the most that a function does, with all functions of the file that it reaches."""
        if self._is_waveless:
            return Wave.NONE
        found = Wave.NONE
        for reached in self.reached(function):
            found = max(found, self._own(reached)[0])
            if found is Wave.MIXED:
                break
        return found

    def reached(self, function: Function) -> Iterator[Function]:
        """Yield a function and all of its file that it names, directly or through others; a launch names a kernel."""
        seen = {function.start}
        waiting = [function]
        while waiting:
            current = waiting.pop()
            yield current
            for name in self._own(current)[1]:
                for other in self._functions.get(name, ()):
                    if other.start not in seen:
                        seen.add(other.start)
                        waiting.append(other)

    def dependence_of(self, function: Function) -> WaveDependence:
        """Return ``of`` in the words of the model."""
        return _DEPENDENCE[self.of(function)]

    def around(self, function: Function) -> Wave:
        """Return what is done with the wave where a value of this function may go: here, or in what calls it.

        A kernel is called by nobody. Of another function that nobody in the file calls, who calls it is unknown.
        """
        found = self.of(function)
        if found is not Wave.NONE or function.is_kernel or not function.is_device:
            return found
        callers = self._callers.get(last_name(function.name), ())
        return max((self.of(caller) for caller in callers), default=Wave.UNKNOWN)

    @cached_property
    def _callers(self) -> dict[bytes, list[Function]]:
        callers: dict[bytes, list[Function]] = {}
        for functions in self._functions.values():
            for function in functions:
                for name in self._own(function)[1]:
                    if name != last_name(function.name):
                        callers.setdefault(name, []).append(function)
        return callers

    def _own(self, function: Function) -> tuple[Wave, frozenset[bytes]]:
        """Return what the text of one function does, and the functions of the file that it names."""
        if function.start not in self._known:
            self._known[function.start] = self._read(function)
        return self._known[function.start]

    def _read(self, function: Function) -> tuple[Wave, frozenset[bytes]]:
        uses = self._shapes.wave_uses
        if self._assembly.search(self._data, function.start, function.end):
            return Wave.MIXED, frozenset()
        found = Wave.NONE
        called: set[bytes] = set()
        telling = self._telling
        for match in _WORD.finditer(self._data, function.start, function.end):
            word = match.group()
            if word not in telling:
                continue
            if word in self._functions:
                called.add(word)
                continue
            direct = self._macros.get(word)
            if direct is None:
                direct = self._word(word)
            if direct is not None and word.decode() in uses.by_lane:
                direct = self._by_lane(match.start(), match.end(), function)
            if direct is None and self._helpers.fits(word) and self._is_called(match.end(), function):
                direct = Wave.UNKNOWN
            found = max(found, direct or Wave.NONE)
        return found, frozenset(called)

    def _is_called(self, end: int, function: Function) -> bool:
        return self._data[end : min(end + _LOOK_AHEAD_BYTES, function.end)].lstrip().startswith((b"(", b"<"))

    def _by_lane(self, start: int, end: int, function: Function) -> Wave | None:
        """Return what a shuffle from a named lane does: without a width of 32 or less it reads the whole wave."""
        leaf = self._parsed.leaf_at(start, end)
        if leaf is None or leaf.type != "identifier":
            return None
        form = CallForm(leaf, self._parsed, constants=self._constants(), function=function, local_types=lambda: None)
        if form.node is None:
            return None
        masked = self._parsed.node_text(leaf) in self._shapes.groups.get("masked-shuffle", frozenset())
        width = form.argument("fourth" if masked else "third")
        lanes = self._constants().amount(self._parsed.node_text(width)) if width is not None else None
        return Wave.BOUNDED if width is not None and (lanes is None or lanes <= _GROUP_LANES) else Wave.MIXED
