"""The kernels of one file: what each uses, how involved it is, and what it does with its wave."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from portgauge.matchers.constants import FileConstants
from portgauge.matchers.forms import CallForm
from portgauge.matchers.functions import Function, FunctionTable
from portgauge.matchers.shapes import LocalTypes
from portgauge.matchers.waves import WaveTable
from portgauge.model.kernel import AtomicUse, Kernel
from portgauge.parsing.cuda import ParsedFile
from portgauge.parsing.lexer import lines_with_code, names_only, without_comments

_BRANCH = re.compile(rb"\b(?:if|for|while|case)\b|&&|\|\||\?")
_ATOMICS = "atomics"
"""The feature of kernels that shows atomic calls; it matches from their name on."""


def kernels_of(
    parsed: ParsedFile,
    table: FunctionTable,
    *,
    features: Mapping[str, "re.Pattern[bytes]"],
    waves: WaveTable,
    local_types: Callable[[Function], LocalTypes | None],
    constants: Callable[[], FileConstants],
) -> tuple[Kernel, ...]:
    """Return the kernels that the file defines, with what their text shows."""
    kernels = []
    for function in table.functions:
        if not function.is_kernel:
            continue
        text = without_comments(parsed.source.data[function.start : function.end])
        kernels.append(
            Kernel(
                name=function.name or "(unnamed)",
                location=parsed.source.location(function.start, function.end),
                code_lines=lines_with_code(text),
                features=tuple(name for name, pattern in features.items() if pattern.search(text)),
                complexity=_complexity(text),
                wave=waves.dependence_of(function),
                atomics=tuple(
                    _atomics(parsed, function, features[_ATOMICS], partial(local_types, function), constants)
                ),
            )
        )
    return tuple(kernels)


def _complexity(text: bytes) -> int:
    _, _, body = names_only(text).partition(b"{")
    return 1 + len(_BRANCH.findall(body))


def _atomics(
    parsed: ParsedFile,
    function: Function,
    pattern: "re.Pattern[bytes]",
    local_types: Callable[[], LocalTypes | None],
    constants: Callable[[], FileConstants],
) -> Iterator[AtomicUse]:
    found: Counter[tuple[str, str, str]] = Counter()
    for match in pattern.finditer(parsed.source.data, function.start, function.end):
        leaf = parsed.leaf_at(match.start(), match.start() + 1)
        if leaf is None or leaf.type != "identifier":
            continue
        form = CallForm(leaf, parsed, constants=constants(), function=function, local_types=local_types)
        if form.node is not None:
            element, space = form.pointed_at()
            found[parsed.node_text(leaf), element, space or "other"] += 1
    for (operation, element, space), places in sorted(found.items()):
        yield AtomicUse(operation=operation, element=element, space=space, places=places)
