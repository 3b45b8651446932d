"""Names that a file passes as arguments and that may be functions: callbacks, work of a thread, kernels to be launched.

A name that the file declares as a variable or parameter is left out. What is left may still be a constant or a member
of a class; only a function of that name in a file that is included makes a call of it (``graph.calls``).
"""

import re
from collections import Counter
from collections.abc import Iterator

from portgauge.parsing.cuda import ParsedFile
from portgauge.parsing.tree import Node

_PASSED = (
    re.compile(rb"[(,][\s&]*+([A-Za-z_][\w:]*+)(?=\s*+(?:<[^<>(){};]*+>\s*+)?[,)])", re.ASCII),
    re.compile(rb"void\s*\*\s*\)\s*&?\s*([A-Za-z_][\w:]*+)(?=\s*+[,)])", re.ASCII),
)
"""A name alone between commas or brackets, and one behind a cast to a pointer; each quantifier keeps what it took, so
that the search never goes back."""
_DECLARED = re.compile(rb"[\w>*&.][\s*&]++([A-Za-z_]\w*+)(?=\s*+[;,=)\[{:])", re.ASCII)
_ARGUMENTS = "argument_list"
_AROUND = frozenset({"pointer_expression", "cast_expression", "template_function", "qualified_identifier"})
"""What may stand between a name and the arguments that it is one of."""
_NAMES = frozenset({"identifier", "qualified_identifier", "type_identifier"})
_AS_PROTOTYPE = ("parameter_declaration", "parameter_list", "function_declarator", "declaration", "compound_statement")
_OF_TYPES = frozenset({"alignof", "decltype", "sizeof", "typeid"})
"""Look like calls; what they are given is a type."""
_CLASSES = frozenset({"type_identifier", "qualified_identifier", "template_type"})


def names_passed(parsed: ParsedFile, *, at_most: int) -> Iterator[tuple[str, int]]:
    """Yield each name that may be a passed function, with its scopes as written, and where it stands, in bytes.

    ``at_most`` is the number of places of one name that are looked for.
    """
    data = parsed.source.data
    declared = set(_DECLARED.findall(data))
    found: Counter[bytes] = Counter()
    for pattern in _PASSED:
        for match in pattern.finditer(data):
            name = match[1]
            if name in declared or name.isupper() or found[name] >= at_most:
                continue
            if _is_argument(parsed, match.start(1), match.end(1)):
                found[name] += 1
                yield name.decode("ascii"), match.start(1)


def _is_argument(parsed: ParsedFile, start: int, end: int) -> bool:
    """Return whether a name is an argument by itself; in a comment, a string or a declaration it is none."""
    node = parsed.leaf_at(start, end)
    if node is None or node.type not in _NAMES:
        return False
    around = node.parent
    while around is not None and around.type in _AROUND:
        around = around.parent
    if around is None:
        return False
    if around.type != _ARGUMENTS:
        return _is_argument_of_object(around)
    callee = around.parent.child_by_field_name("function") if around.parent is not None else None
    name = parsed.node_text(callee) if callee is not None else ""
    # What a macro makes of a name is not known.
    return name not in _OF_TYPES and not name.isupper()


def _is_argument_of_object(parameter: Node) -> bool:
    """Return whether a parameter is the argument of an object: ``std::thread worker(crunch);`` reads as a prototype.

    It is taken for an object where it stands in a body and what it would return is a class.
    """
    above: list[Node] = []
    node: Node | None = parameter
    for _ in _AS_PROTOTYPE:
        if node is None:
            return False
        above.append(node)
        node = node.parent
    if tuple(each.type for each in above) != _AS_PROTOTYPE or parameter.child_count != 1:
        return False
    made = above[-2].child_by_field_name("type")
    return made is not None and made.type in _CLASSES
