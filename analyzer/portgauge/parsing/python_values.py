"""What the texts and lists of texts in a Python build file come to, without running it.

A variable stands for everything that is assigned or appended to it in its scope, whatever the
conditions: a source list is then the union of its variants, which is what a port has to touch.
"""

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Mapping

from tree_sitter import Node

from portgauge.model.base import value

_MAX_DEPTH = 100
_MAX_TEXTS = 10_000
_LIST_WRAPPERS = frozenset(("list", "sorted", "tuple", "set"))
_PATH_WRAPPERS = frozenset(("str", "Path", "PurePath", "abspath", "realpath", "normpath", "fspath"))
_SAME_PATH_METHODS = frozenset(("resolve", "absolute", "as_posix", "expanduser"))


class UnfollowedError(Exception):
    """An expression that needs more than literals and simple variables; the text is the expression."""


@value
class FoundTexts:
    """The texts of a list, and the parts of it that could not be followed."""

    texts: tuple[str, ...]
    unresolved: tuple[str, ...]


class Variables:
    """The assignments of one file, by function and name."""

    def __init__(self, root: Node, *, file_name: str) -> None:
        self.file_name = file_name
        self._assigned: dict[tuple[int, str], list[Node]] = defaultdict(list)
        self._elements: dict[tuple[int, str], list[Node]] = defaultdict(list)
        self._removed: dict[tuple[int, str], list[Node]] = defaultdict(list)
        waiting: list[tuple[Node, int]] = [(root, root.id)]
        while waiting:
            node, scope = waiting.pop()
            self._note(node, scope)
            below = node.id if node.type == "function_definition" else scope
            waiting.extend((child, below) for child in reversed(node.children))

    def assigned(self, name: str, *, at: Node) -> tuple[Node, ...]:
        """Return the expressions that a name stands for at a place, from the innermost scope that has any."""
        return self._look_up(self._assigned, name, at)

    def elements(self, name: str, *, at: Node) -> tuple[Node, ...]:
        """Return the expressions that are appended to a name as one element."""
        return self._look_up(self._elements, name, at)

    def removed(self, name: str, *, at: Node) -> tuple[Node, ...]:
        """Return the calls that take something out of a list again."""
        return self._look_up(self._removed, name, at)

    def _look_up(self, table: Mapping[tuple[int, str], list[Node]], name: str, at: Node) -> tuple[Node, ...]:
        for scope in _scopes(at):
            # An inner scope hides the outer one as soon as it assigns, whatever it appends.
            if (scope, name) in self._assigned:
                return tuple(table.get((scope, name), ()))
        return ()

    def _note(self, node: Node, scope: int) -> None:
        if node.type in ("assignment", "augmented_assignment"):
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is not None and right is not None and left.type == "identifier":
                self._assigned[scope, text_at(left)].append(right)
        elif node.type == "call":
            self._note_call(node, scope)

    def _note_call(self, call: Node, scope: int) -> None:
        function = call.child_by_field_name("function")
        arguments = call.child_by_field_name("arguments")
        if function is None or arguments is None or function.type != "attribute":
            return
        owner, method = function.child_by_field_name("object"), function.child_by_field_name("attribute")
        if owner is None or method is None or owner.type != "identifier":
            return
        key = (scope, text_at(owner))
        match text_at(method):
            case "append":
                self._elements[key].extend(arguments.named_children)
            case "extend":
                self._assigned[key].extend(arguments.named_children)
            case "remove":
                self._removed[key].append(call)


def text_at(node: Node) -> str:
    """Return the source text of a node."""
    return (node.text or b"").decode("utf-8", errors="replace")


def called_name(function: Node) -> str:
    """Return the last part of a dotted name; empty for any other expression."""
    if function.type == "attribute":
        attribute = function.child_by_field_name("attribute")
        return text_at(attribute) if attribute is not None else ""
    return text_at(function) if function.type == "identifier" else ""


def text_of(node: Node, variables: Variables) -> str:
    """Return the one text that an expression comes to.

    Raises:
        UnfollowedError: If it has several values, or needs more than literals and simple variables.
    """
    texts = set(_texts(node, variables, _Place(depth=0, names=frozenset(), bound={})))
    if len(texts) != 1:
        raise UnfollowedError(text_at(node))
    return texts.pop()


def paths_of(node: Node, variables: Variables) -> FoundTexts:
    """Return every path and pattern that a list expression holds in any of its variants."""
    texts: list[str] = []
    unresolved: list[str] = []
    _gather(node, variables, _Place(depth=0, names=frozenset(), bound={}), texts, unresolved)
    return FoundTexts(texts=tuple(texts[:_MAX_TEXTS]), unresolved=tuple(_shortened(t) for t in unresolved))


@value
class _Place:
    """Where in the evaluation we are."""

    depth: int
    names: frozenset[tuple[str, bool]]
    """Variables that are being followed: ``x = x + [...]`` must not be followed for ever."""
    bound: Mapping[str, tuple[str, ...]]
    """Variables of the comprehensions around."""

    def below(self, node: Node) -> "_Place":
        if self.depth >= _MAX_DEPTH:
            raise UnfollowedError(text_at(node))
        return _Place(depth=self.depth + 1, names=self.names, bound=self.bound)


def _scopes(at: Node) -> Iterator[int]:
    node: Node | None = at
    while node is not None:
        if node.type == "function_definition" or node.parent is None:
            yield node.id
        node = node.parent


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:77]}..."


def _gather(node: Node, variables: Variables, place: _Place, texts: list[str], unresolved: list[str]) -> None:
    """Add the texts of a list expression, and the parts of it that cannot be followed."""
    try:
        place = place.below(node)
        for part, as_list in _parts(node, variables, place):
            if as_list:
                _gather(part, variables, place, texts, unresolved)
            else:
                texts.extend(_texts(part, variables, place))
        if node.type == "identifier":
            _gather_variable(node, variables, place, texts, unresolved)
        elif node.type in ("list_comprehension", "generator_expression"):
            _gather_comprehension(node, variables, place, texts, unresolved)
    except UnfollowedError as error:
        unresolved.append(str(error))


def _parts(node: Node, variables: Variables, place: _Place) -> Iterator[tuple[Node, bool]]:
    """Yield the expressions that a list is made of, and whether each of them is a list itself."""
    match node.type:
        case "list" | "tuple" | "set":
            for child in node.named_children:
                if child.type == "list_splat":
                    yield child.named_children[0], True
                elif child.type != "comment":
                    yield child, child.type in ("conditional_expression", "list", "tuple")
        case "parenthesized_expression":
            yield from ((child, True) for child in node.named_children if child.type != "comment")
        case "binary_operator" if text_at(node.children[1]) == "+":
            yield node.children[0], True
            yield node.children[-1], True
        case "conditional_expression":
            yield node.named_children[0], True
            yield node.named_children[-1], True
        case "call" if _is_list_wrapper(node):
            yield from ((child, True) for child in _arguments(node)[:1])
        case "identifier" | "list_comprehension" | "generator_expression":
            return
        case _:
            yield node, False


def _is_list_wrapper(call: Node) -> bool:
    function = call.child_by_field_name("function")
    return function is not None and text_at(function) in _LIST_WRAPPERS


def _gather_variable(node: Node, variables: Variables, place: _Place, texts: list[str], unresolved: list[str]) -> None:
    name = text_at(node)
    if name in place.bound:
        texts.extend(place.bound[name])
        return
    if (name, True) in place.names:
        return
    assigned = variables.assigned(name, at=node)
    elements = variables.elements(name, at=node)
    if not assigned and not elements:
        raise UnfollowedError(name)
    followed = _Place(depth=place.depth, names=place.names | {(name, True)}, bound=place.bound)
    for expression in assigned:
        _gather(expression, variables, followed, texts, unresolved)
    for element in elements:
        try:
            texts.extend(_texts(element, variables, followed))
        except UnfollowedError as error:
            unresolved.append(str(error))
    unresolved.extend(text_at(call) for call in variables.removed(name, at=node))


def _gather_comprehension(
    node: Node, variables: Variables, place: _Place, texts: list[str], unresolved: list[str]
) -> None:
    body = node.child_by_field_name("body")
    clauses = [child for child in node.named_children if child.type == "for_in_clause"]
    if body is None or len(clauses) != 1:
        raise UnfollowedError(text_at(node))
    left, right = clauses[0].child_by_field_name("left"), clauses[0].child_by_field_name("right")
    if left is None or right is None or left.type != "identifier":
        raise UnfollowedError(text_at(node))
    looped: list[str] = []
    _gather(right, variables, place, looped, unresolved)
    for text in looped[:_MAX_TEXTS]:
        bound = _Place(depth=place.depth, names=place.names, bound={**place.bound, text_at(left): (text,)})
        texts.extend(_texts(body, variables, bound))


def _texts(node: Node, variables: Variables, place: _Place) -> tuple[str, ...]:
    """Return the variants of a text expression.

    Raises:
        UnfollowedError: If a part of it cannot be followed.
    """
    place = place.below(node)
    match node.type:
        case "string":
            return _string(node, variables, place)
        case "concatenated_string":
            return _joined(list(node.named_children), "", variables, place)
        case "identifier":
            return _variable(node, variables, place)
        case "parenthesized_expression" if len(node.named_children) == 1:
            return _texts(node.named_children[0], variables, place)
        case "conditional_expression":
            first, last = node.named_children[0], node.named_children[-1]
            return _texts(first, variables, place) + _texts(last, variables, place)
        case "binary_operator" if text_at(node.children[1]) in ("+", "/"):
            separator = "/" if text_at(node.children[1]) == "/" else ""
            return _joined([node.children[0], node.children[-1]], separator, variables, place)
        case "attribute" if called_name(node) == "parent" and (owner := _owner(node)):
            return tuple(posixpath.dirname(text) for text in _texts(owner, variables, place))
        case "call":
            return _call(node, variables, place)
    raise UnfollowedError(text_at(node))


def _string(node: Node, variables: Variables, place: _Place) -> tuple[str, ...]:
    variants: tuple[str, ...] = ("",)
    for child in node.named_children:
        if child.type == "string_content":
            variants = tuple(text + text_at(child) for text in variants)
        elif child.type == "interpolation":
            inner = child.child_by_field_name("expression")
            if inner is None or len(child.named_children) != 1:
                raise UnfollowedError(text_at(node))
            variants = _product(variants, _texts(inner, variables, place), "", node)
    return variants


def _variable(node: Node, variables: Variables, place: _Place) -> tuple[str, ...]:
    name = text_at(node)
    if name == "__file__":
        return (variables.file_name,)
    if name in place.bound:
        return place.bound[name]
    assigned = variables.assigned(name, at=node)
    if not assigned or (name, False) in place.names:
        raise UnfollowedError(name)
    followed = _Place(depth=place.depth, names=place.names | {(name, False)}, bound=place.bound)
    return tuple(text for expression in assigned for text in _texts(expression, variables, followed))


def _call(node: Node, variables: Variables, place: _Place) -> tuple[str, ...]:
    function = node.child_by_field_name("function")
    arguments = _arguments(node)
    if function is None:
        raise UnfollowedError(text_at(node))
    name = called_name(function)
    owner = _owner(function) if function.type == "attribute" else None
    if name in _SAME_PATH_METHODS and owner is not None and not arguments:
        return _texts(owner, variables, place)
    if name in ("glob", "rglob") and owner is not None and text_at(owner) != "glob" and len(arguments) == 1:
        inner = "/**/" if name == "rglob" else "/"
        return _joined([owner, arguments[0]], inner, variables, place)
    if name in ("joinpath",) and owner is not None:
        return _joined([owner, *arguments], "/", variables, place)
    if name == "join" and owner is not None and owner.type != "string":
        return _joined(arguments, "/", variables, place)
    if name == "dirname" and len(arguments) == 1:
        return tuple(posixpath.dirname(text) for text in _texts(arguments[0], variables, place))
    if name in _PATH_WRAPPERS and len(arguments) == 1:
        return _texts(arguments[0], variables, place)
    if name in ("relpath", "glob", "iglob") and arguments:
        return _texts(arguments[0], variables, place)
    if name in ("getcwd", "cwd") and not arguments:
        return ("",)
    raise UnfollowedError(text_at(node))


def _joined(nodes: list[Node], separator: str, variables: Variables, place: _Place) -> tuple[str, ...]:
    if not nodes:
        raise UnfollowedError("join()")
    variants = _texts(nodes[0], variables, place)
    for node in nodes[1:]:
        variants = _product(variants, _texts(node, variables, place), separator, node)
    return variants


def _product(left: tuple[str, ...], right: tuple[str, ...], separator: str, node: Node) -> tuple[str, ...]:
    if len(left) * len(right) > _MAX_TEXTS:
        raise UnfollowedError(text_at(node))
    if separator == "/":
        # As os.path.join: an empty first part adds no slash, an absolute second part replaces the first.
        return tuple(posixpath.join(a, b) for a in left for b in right)
    return tuple(f"{a}{separator}{b}" for a in left for b in right)


def _owner(attribute: Node) -> Node | None:
    return attribute.child_by_field_name("object")


def _arguments(call: Node) -> list[Node]:
    arguments = call.child_by_field_name("arguments")
    if arguments is None:
        return []
    return [node for node in arguments.named_children if node.type not in ("comment", "keyword_argument")]
