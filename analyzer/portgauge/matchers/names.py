"""Names: calls, types and constants that a table or rule lists, exactly and with their scope.

Looks names up, nothing more. Code inside macros is seen only where the macro is written, not where it is used.
"""

import re
from collections.abc import Mapping

from portgauge.matchers.compiled import CompiledRules, NameEntry
from portgauge.parsing.cuda import ParsedFile
from portgauge.parsing.tree import Node

NAME_NODES = frozenset({"identifier", "type_identifier", "namespace_identifier", "statement_identifier"})
"""Leaves that are names. A field (``object.name``) is none: an API name is never a member."""
_WRAPPERS = frozenset({"template_type", "template_function", "dependent_name"})
_TYPES = frozenset({"struct_specifier", "class_specifier", "union_specifier", "enum_specifier"})
_NAMED = frozenset(
    {
        "preproc_def",
        "preproc_function_def",
        "namespace_definition",
        "namespace_alias_definition",
        "alias_declaration",
        "enumerator",
        "type_parameter_declaration",
        "optional_type_parameter_declaration",
        "concept_definition",
    }
)
_DECLARING = frozenset(
    {
        "declaration",
        "parameter_declaration",
        "optional_parameter_declaration",
        "function_definition",
        "field_declaration",
        "type_definition",
        "init_declarator",
        "function_declarator",
        "pointer_declarator",
        "reference_declarator",
        "array_declarator",
        "parenthesized_declarator",
        "for_range_loop",
    }
)
_INNER = frozenset({"compound_statement", "parameter_list", "template_parameter_list", "field_declaration_list"})


def is_definition(node: Node) -> bool:
    """Return whether the name is being defined here: a variable, function, type, macro or parameter."""
    parent = node.parent
    if parent is None:
        return False
    if parent.type in _NAMED:
        return parent.child_by_field_name("name") == node or parent.named_children[:1] == [node]
    if parent.type in _TYPES:
        return parent.child_by_field_name("name") == node and parent.child_by_field_name("body") is not None
    if parent.type in ("preproc_params", "lambda_capture_specifier", "structured_binding_declarator"):
        return True
    if parent.type in _DECLARING:
        if parent.type == "reference_declarator":
            return True
        return node in parent.children_by_field_name("declarator")
    return False


def is_inside(node: Node) -> bool:
    """Return whether a definition is one of a function's body, a parameter list or a class: no name for others."""
    around = node.parent
    while around is not None:
        if around.type in _INNER:
            return True
        if around.type == "function_definition":
            return False
        around = around.parent
    return False


def is_function_with_body(node: Node) -> bool:
    """Return whether a defined name is that of a function whose body stands here."""
    parent = node.parent
    while parent is not None and parent.type in ("function_declarator", "pointer_declarator", "reference_declarator"):
        parent = parent.parent
    return parent is not None and parent.type == "function_definition"


def looks_like_a_call(node: Node, name: str) -> bool:
    """Return whether a definition may be a call that the grammar took for a declaration: ``MACRO call(x);``.

    Outside of functions only for names that begin with two underscores: attributes that take arguments.
    """
    parent = node.parent
    if parent is None or not (is_inside(node) or name.startswith("__")):
        return False
    if parent.type == "init_declarator":
        value = parent.child_by_field_name("value")
        return value is not None and value.type == "argument_list"
    return parent.type == "function_declarator"


def scope_of(node: Node, parsed: ParsedFile) -> tuple[tuple[str, ...], int]:
    """Return the scopes written before a name, outermost first, and the byte where the first one starts."""
    scopes: list[str] = []
    start = node.start_byte
    current = node
    parent = current.parent
    while parent is not None:
        if parent.type in _WRAPPERS and parent.child_by_field_name("arguments") != current:
            current, parent = parent, parent.parent
            continue
        if parent.type != "qualified_identifier" or parent.child_by_field_name("name") != current:
            break
        scope = parent.child_by_field_name("scope")
        if scope is not None:
            scopes.insert(0, parsed.node_text(scope).split("<")[0].strip())
            start = parent.start_byte
        current, parent = parent, parent.parent
    return tuple(scopes), start


def qualified_name(scope: Node, parsed: ParsedFile) -> tuple[tuple[str, ...], int] | None:
    """Return all parts of ``scope::...::name``, and where it ends; None when ``scope`` is not the first of them."""
    node = scope.parent
    if node is None or node.type != "qualified_identifier" or node.child_by_field_name("scope") != scope:
        return None
    if node.parent is not None and node.parent.type == "qualified_identifier":
        return None
    parts: list[str] = []
    last: Node | None = node
    while last is not None and last.type == "qualified_identifier":
        before = last.child_by_field_name("scope")
        if before is None:
            return None
        parts.append(parsed.node_text(before).split("<")[0].strip())
        last = last.child_by_field_name("name")
    while last is not None and last.type in _WRAPPERS:
        last = last.child_by_field_name("name") or next(iter(last.named_children), None)
    if last is None or last.type not in NAME_NODES:
        return None
    return (*parts, parsed.node_text(last)), last.end_byte


class ScopeNames:
    """Namespace aliases and ``using`` lines of one file."""

    def __init__(self, parsed: ParsedFile) -> None:
        self._aliases: dict[str, tuple[str, ...]] = {}
        self._opened: set[tuple[str, ...]] = set()
        self._imported: dict[str, tuple[str, ...]] = {}
        for node in parsed.captures.get("namespace_alias", ()):
            parts = [child for child in node.named_children if child.type != "comment"]
            if len(parts) >= 2:
                self._aliases[parsed.node_text(parts[0])] = self._split(parsed.node_text(parts[-1]))
        for node in parsed.captures.get("using", ()):
            named = [child for child in node.named_children if child.type != "comment"]
            if not named:
                continue
            path = self._split(parsed.node_text(named[-1]))
            if any(child.type == "namespace" for child in node.children):
                self._opened.add(self.expand(path))
            elif len(path) > 1:
                self._imported[path[-1]] = self.expand(path[:-1])

    @property
    def aliases(self) -> Mapping[str, tuple[str, ...]]:
        """Names that the file gives to namespaces."""
        return self._aliases

    @staticmethod
    def _split(text: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in text.split("::") if part.strip())

    def expand(self, scopes: tuple[str, ...]) -> tuple[str, ...]:
        """Return scopes with a leading alias or imported name replaced by what it stands for."""
        if scopes and scopes[0] in self._aliases:
            return self._aliases[scopes[0]] + scopes[1:]
        if scopes and scopes[0] in self._imported:
            return self._imported[scopes[0]] + scopes
        return scopes

    def reaches(self, scopes: tuple[str, ...], name: str, wanted: tuple[str, ...]) -> bool:
        """Return whether ``scopes::name`` as written can mean ``wanted::name``."""
        if not wanted:
            return not scopes
        written = self.expand(scopes)
        if not written and name in self._imported:
            written = self._imported[name]
        if written == wanted:
            return True
        missing = wanted[: len(wanted) - len(written)]
        return len(written) < len(wanted) and wanted[len(missing) :] == written and missing in self._opened


def choose(
    entries: tuple[NameEntry, ...],
    *,
    node: Node,
    name: str,
    scopes: tuple[str, ...],
    scope_names: ScopeNames,
    in_device_code: bool,
    file_is_cuda: bool,
    included: frozenset[str],
) -> list[NameEntry]:
    """Return the rules that a name in the tree belongs to, given where it stands."""
    chosen = []
    for entry in entries:
        if not scope_names.reaches(scopes, name, entry.qualifiers):
            continue
        if entry.needs_include and entry.needs_include not in included:
            continue
        if entry.is_plain and not _can_be_meant(entry, node, in_device_code=in_device_code, file_is_cuda=file_is_cuda):
            continue
        chosen.append(entry)
    tables = [entry for entry in chosen if entry.kind != "any"]
    # Two libraries share a dozen names (cudaUUID and the like): one site, the first table in name order.
    return tables[:1] + [entry for entry in chosen if entry.kind == "any"]


def _can_be_meant(entry: NameEntry, node: Node, *, in_device_code: bool, file_is_cuda: bool) -> bool:
    if entry.kind in ("type", "enum"):
        return file_is_cuda
    if entry.kind not in ("function", "kernel-builtin"):
        return file_is_cuda
    if not in_device_code:
        return False
    user: Node = node
    while user.parent is not None and user.parent.type in _WRAPPERS:
        user = user.parent
    parent = user.parent
    if parent is not None and parent.type == "call_expression":
        return parent.child_by_field_name("function") == user
    # threadIdx.x and warpSize are builtins that nobody calls.
    return node.type == "identifier" and entry.is_variable


_DECLARED = re.compile(
    rb"\b(?!(?:return|else|case|new|delete|throw|goto|typename|sizeof)\b)[A-Za-z_]\w*(?:\s+|\s*[*&]+\s*)"
    rb"([A-Za-z_]\w*)\s*(?:=(?!=)|;|\[|\{)"
)


def declared_in_text(plain: bytes) -> frozenset[bytes]:
    """Return the variables that a text without a tree declares: a name behind a type, and its value or the end."""
    return frozenset(found.group(1) for found in _DECLARED.finditer(plain))


def rule_for_unknown(rules: CompiledRules, name: bytes) -> str | None:
    """Return the rule for a name that is in no table but looks like one of CUDA's."""
    if rules.unlisted_rule is not None and name not in rules.names and rules.looks_like_cuda(name):
        return rules.unlisted_rule
    return None
