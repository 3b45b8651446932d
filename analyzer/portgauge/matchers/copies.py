"""What the copies of one function say: whose row pitch a copy uses, and whether a buffer holds what a kernel made."""

import re
from collections.abc import Mapping
from functools import cached_property

from portgauge.parsing.cuda import ParsedFile
from portgauge.parsing.tree import Node

_BUFFER = re.compile(r"(?:\([^()]*\)\s*|(?:reinterpret|static)_cast\s*<[^<>]*>\s*\(\s*)?&?\s*([A-Za-z_]\w*)")
_PLAIN_NAME = re.compile(r"[A-Za-z_][\w.]*")
_POINTERS = (0, 2)
"""Where a copy of rows, ``(to, to_pitch, from, from_pitch, ...)``, has its pointers; each is followed by its pitch."""


class Copies:
    """The allocations and copies in the text of one function; ``patterns`` are those of ``shapes.yaml``."""

    def __init__(self, text: str, patterns: Mapping[str, "re.Pattern[str]"]) -> None:
        self._text = text
        self._patterns = patterns

    @cached_property
    def _pitches(self) -> dict[str, str]:
        return dict(self._patterns["pitched_allocation"].findall(self._text))

    @cached_property
    def _from_device(self) -> frozenset[str]:
        copies = self._patterns["copy"].findall(self._text)
        return frozenset(name for name, rest in copies if self._patterns["to_host"].search(name + rest))

    def pitch_of(self, call: Node, parsed: ParsedFile) -> str | None:
        """Return whose pitch a two-dimensional copy or fill gives to a pitched allocation of the function.

        ``taken`` from the allocation, ``own`` when it is a number or worked out, or None when no pitched allocation of
        the function is an argument or its pitch is another name, which may hold the one that was returned.
        """
        given = [parsed.node_text(node).strip() for node in _given(call)] if self._pitches else []
        found: str | None = None
        for place in _POINTERS:
            if place + 1 >= len(given) or given[place] not in self._pitches:
                continue
            returned, used = self._pitches[given[place]], given[place + 1]
            if re.search(rf"(?<!\w){re.escape(returned)}(?!\w)", used):
                found = found or "taken"
            elif not _PLAIN_NAME.fullmatch(used):
                found = "own"
        return found

    def comes_from_device(self, call: Node, parsed: ParsedFile) -> bool:
        """Return whether the first argument of a call lies in a buffer that the function copies from the device."""
        first = next(iter(_given(call)), None)
        named = _BUFFER.match(parsed.node_text(first)) if first is not None else None
        return named is not None and named.group(1) in self._from_device


def _given(call: Node) -> list[Node]:
    arguments = call.child_by_field_name("arguments")
    return [child for child in arguments.named_children if child.type != "comment"] if arguments is not None else []
