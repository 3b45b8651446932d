"""Integer literals, and the macros and constants of one file that stand for one."""

import re
from collections.abc import Iterator

from portgauge.model.base import value

_NUMBER = re.compile(r"^(0[xX][0-9a-fA-F']+|0[bB][01']+|[0-9][0-9']*)([uUlLzZ]*)$")
_FULL_32 = 0xFFFFFFFF
_CAST = re.compile(r"^\(\s*[a-z_][\w ]*\)\s*")
_PRODUCT = re.compile(r"\s*([*/+]|<<|>>)\s*")
_MAX_FACTORS = 6
_MAX_SHIFT = 40


_ALL_ONES = re.compile(rb"0[xX][fF]{8}|~\s*0")


def may_define_masks(data: bytes) -> bool:
    """Return whether a text shows all ones at all, so that reading its constants for them is worth while."""
    return _ALL_ONES.search(data) is not None


def number_of(text: str) -> tuple[int, str] | None:
    """Return the value and the suffix of an integer literal; None when it is none."""
    found = _NUMBER.match(text)
    if not found:
        return None
    digits = found.group(1).replace("'", "")
    try:
        return int(digits, 8 if len(digits) > 1 and digits.isdigit() and digits[0] == "0" else 0), found.group(2)
    except ValueError:
        return None


def _bare(text: str) -> str:
    bare = text.strip()
    while bare.startswith("(") and bare.endswith(")"):
        bare = bare[1:-1].strip()
    return bare


def literal_bits(text: str) -> int | None:
    """Return how wide an integer literal is, 32 or 64; also for ``~0u`` and ``-1``; None for anything else."""
    bare = _bare(text)
    while bare[:1] in ("~", "-", "+"):
        bare = bare[1:].strip()
    number = number_of(bare)
    if number is None:
        return None
    amount, suffix = number
    return 64 if "l" in suffix.lower() or amount > _FULL_32 else 32


@value
class NamedConstant:
    """A macro or constant whose value is one integer literal, and where its definition stands."""

    name: str
    literal: int
    start: int
    end: int
    """Byte offsets; the end is exclusive."""


class FileConstants:
    """Macros and constants of one file whose value is one integer literal."""

    _DEFINE = re.compile(
        rb"^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+([^\n/]+?)[ \t\r]*(?://[^\n]*|/\*[^\n]*)?$", re.MULTILINE
    )
    _CONSTANT = re.compile(rb"\b(?:const|constexpr)\b([^;={}()\n]*?)\b(\w+)\s*(?:=\s*|\{\s*)([^;{}\n]+?)\s*\}?\s*;")
    _NARROW = frozenset({b"int", b"unsigned", b"uint32_t", b"int32_t", b"uint", b"auto"})
    _WIDE = frozenset({b"long", b"uint64_t", b"int64_t", b"size_t", b"short", b"char"})

    def __init__(self, data: bytes) -> None:
        self._bits: dict[str, int] = {}
        self._named: dict[str, NamedConstant] = {}
        self.masks: set[tuple[str, int]] = set()
        """Names that stand for all ones or a complement, with the width in bits; several where definitions differ."""
        self._products: dict[str, str] = {}
        """Names that stand for a product of other names and literals, as written; empty when two definitions differ."""
        self._open: set[str] = set()
        for match in self._DEFINE.finditer(data):
            self._note(match.group(1), match.group(2), match.start(1), match.end(2), has_bits=True)
        for match in self._CONSTANT.finditer(data):
            kind = set(re.findall(rb"\w+", match.group(1)))
            is_narrow = bool(kind & self._NARROW and not kind & self._WIDE)
            self._note(match.group(2), match.group(3), match.start(2), match.end(3), has_bits=is_narrow)

    def _note(self, name: bytes, text: bytes, start: int, end: int, *, has_bits: bool) -> None:
        word, written = name.decode("utf-8", "replace"), text.decode("utf-8", "replace")
        bits = literal_bits(written) if has_bits else None
        if bits is not None:
            self._bits[word] = bits
        number = number_of(_bare(written))
        if bits is not None and (written.lstrip("( ")[:1] in ("~", "-") or (number and number[0] >= _FULL_32)):
            self.masks.add((word, bits))
        if number is not None:
            self._named.setdefault(word, NamedConstant(name=word, literal=number[0], start=start, end=end))
        elif _PRODUCT.search(written):
            known = self._products.setdefault(word, written)
            self._products[word] = written if known == written else ""

    def bits(self, text: str) -> int | None:
        """Return the width of a mask as written: a literal, or a name that this file makes a literal."""
        return self._bits.get(text.strip()) or literal_bits(text)

    def named(self) -> Iterator[NamedConstant]:
        """Yield the names that stand for one literal, in no promised order; of several definitions the first."""
        yield from self._named.values()

    def amount(self, text: str) -> int | None:
        """Return the value of a literal, of a name for one or for a product, or of a few of them multiplied."""
        bare = _bare(_CAST.sub("", _bare(text)))
        number = number_of(bare)
        if number is not None:
            return number[0]
        if bare in self._named:
            return self._named[bare].literal
        if self._products.get(bare) and bare not in self._open:
            self._open.add(bare)  # a name that is defined by itself has no value
            found = self.amount(self._products[bare])
            self._open.discard(bare)
            return found
        parts = _PRODUCT.split(bare)
        if len(parts) < 3 or len(parts) > 2 * _MAX_FACTORS or "(" in bare or ")" in bare:
            return None
        total = self.amount(parts[0])
        for operator, factor_text in zip(parts[1::2], parts[2::2], strict=True):
            factor = self.amount(factor_text)
            if total is None or factor is None:
                return None
            total = _applied(total, operator, factor)
        return total


def _applied(left: int, operator: str, right: int) -> int | None:
    match operator:
        case "*":
            return left * right
        case "/":
            return left // right if right else None
        case "<<":
            return left << right if right < _MAX_SHIFT else None
        case ">>":
            return left >> right if right < _MAX_SHIFT else None
    # A sum among products would need precedence; nobody writes a size so that it matters here.
    return None
