"""Which bits of the keys a radix sort of CUB is asked to look at."""

import re
from collections.abc import Sequence

from portgauge.matchers.constants import FileConstants
from portgauge.parsing.cuda import ParsedFile
from portgauge.parsing.tree import Node
from portgauge.rulebook.rulebook import RadixSort

_DECOMPOSER = re.compile(r"(?i)decompos|\{")
_DOUBLE = b"DoubleBuffer"


def first_bit(
    sort: RadixSort, arguments: Sequence[Node], *, parsed: ParsedFile, constants: FileConstants, keys_type: str
) -> int | str | None:
    """Return the first bit as a number, ``computed`` for an expression, None when none is given or the form is unclear.

    ``keys_type`` is the type of the third argument as its function declares it; empty when it is declared elsewhere.
    """
    place = _place(sort, parsed=parsed, keys_type=keys_type)
    if place is None or len(arguments) <= place:
        return None
    text = parsed.node_text(arguments[place]).strip()
    amount = constants.amount(text)
    if amount is not None:
        return amount
    # What takes keys apart stands here, and the bits stand behind it.
    return None if _DECOMPOSER.search(text) else "computed"


def _place(sort: RadixSort, *, parsed: ParsedFile, keys_type: str) -> int | None:
    if _DOUBLE.decode() in keys_type:
        return sort.double_buffer
    # Where the file knows double buffers and the type is not seen here, either form can be meant.
    return sort.separate if keys_type or _DOUBLE not in parsed.source.data else None
