"""What the classes of a file do when an object of them is made."""

import re

from portgauge.parsing.cuda import ParsedFile
from portgauge.parsing.lexer import names_only
from portgauge.parsing.tree import Node

_CLASSES = frozenset({"struct_specifier", "class_specifier"})
_STORAGE = "storage_class_specifier"


class ClassTable:
    """The classes that one file defines, looked up by name."""

    def __init__(self, parsed: ParsedFile) -> None:
        self._parsed = parsed
        self._code: bytes | None = None
        self._known: dict[str, bool] = {}

    def initialises(self, name: str) -> bool:
        """Return whether making an object without arguments writes to it; False for a class of another file."""
        if name not in self._known:
            self._known[name] = any(self._writes(node, name) for node in self._definitions(name))
        return self._known[name]

    def _definitions(self, name: str) -> list[Node]:
        if self._code is None:
            self._code = names_only(self._parsed.source.data)
        found = []
        for match in re.finditer(
            rb"\b(?:struct|class)\s+(?:\w+\s*\([^)]*\)\s*)?(%s)\b" % re.escape(name.encode()), self._code
        ):
            leaf = self._parsed.leaf_at(match.start(1), match.end(1))
            node = leaf.parent if leaf is not None else None
            if node is not None and node.type in _CLASSES and node.child_by_field_name("body") is not None:
                found.append(node)
        return found

    def _writes(self, node: Node, name: str) -> bool:
        body = node.child_by_field_name("body")
        members = body.named_children if body is not None else []
        return any(self._member_writes(member, name) for member in members)

    def _member_writes(self, member: Node, name: str) -> bool:
        if member.type == "field_declaration":
            is_static = any(child.type == _STORAGE for child in member.children)
            return member.child_by_field_name("default_value") is not None and not is_static
        if member.type != "function_definition":
            return False
        declarator = member.child_by_field_name("declarator")
        called = declarator.child_by_field_name("declarator") if declarator is not None else None
        parameters = declarator.child_by_field_name("parameters") if declarator is not None else None
        if called is None or parameters is None or self._parsed.node_text(called) != name:
            return False
        if any(child.type == "parameter_declaration" for child in parameters.named_children):
            return False
        statements = member.child_by_field_name("body")
        has_list = any(child.type == "field_initializer_list" for child in member.children)
        does = statements is not None and any(child.type != "comment" for child in statements.named_children)
        return has_list or does
