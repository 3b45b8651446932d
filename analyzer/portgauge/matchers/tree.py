"""One parsed file against all rules: names first, since most shapes start at them, then what the query captured."""

import re
from collections.abc import Iterator

from portgauge.matchers.bodies import body_matches
from portgauge.matchers.calls import callees_of, definitions_of, uses_of
from portgauge.matchers.compiled import NameEntry
from portgauge.matchers.facts import PlainKind
from portgauge.matchers.file_scan import WORD, FileScan
from portgauge.matchers.finder import ShapeFinder
from portgauge.matchers.functions import Function, FunctionTable
from portgauge.matchers.kernels import kernels_of
from portgauge.matchers.names import (
    NAME_NODES,
    ScopeNames,
    choose,
    is_definition,
    is_function_with_body,
    is_inside,
    looks_like_a_call,
    qualified_name,
    rule_for_unknown,
    scope_of,
)
from portgauge.matchers.shapes import ShapeMatch
from portgauge.matchers.storages import storage_matches
from portgauge.matchers.written import written_matches
from portgauge.model.rule import Confidence
from portgauge.parsing.asm_text import ASM_WORDS
from portgauge.parsing.cuda import ParsedFile
from portgauge.parsing.tree import Node

_STRING_CONTENTS = frozenset({"string_content", "raw_string_content"})
_LITERALS = frozenset({"string_literal", "raw_string_literal", "concatenated_string"})
_MARKS_OF_CODE = frozenset({b"__global__", b"__device__"})
_NO_STATEMENTS = frozenset({"comment", "string_content", "raw_string_content", "string_literal", "preproc_arg"})
"""Nodes in which ``asm`` is no keyword, and the bodies of macros, which are read one by one."""


class TreeMatcher:
    """Matches one parsed file."""

    def __init__(self, scan: FileScan, parsed: ParsedFile, found: list[tuple[int, bytes]]) -> None:
        self.scan = scan
        self.parsed = parsed
        self.found = found
        self.functions = FunctionTable(parsed, device_macro=scan.rules.device_macro)
        scan.device_macros = frozenset(
            name for name, marks in self.functions.side_macros.items() if marks - {"__host__"}
        )
        self.scope_names = ScopeNames(parsed)
        self.finder = ShapeFinder(scan, parsed, self.functions, self.scope_names)
        self.is_cuda = (
            scan.has_cuda_word
            or scan.language == "cuda"
            or bool(parsed.captures.get("launch"))
            or any(function.is_device for function in self.functions.functions)
        )

    def run(self) -> None:
        """Match everything."""
        pending: list[tuple[int, bytes]] = []
        for start, word in self.found:
            if any(entry.is_distinct for entry in self.scan.rules.names.get(word, ())):
                self._word(start, word)
            else:
                pending.append((start, word))
        self.is_cuda = self.is_cuda or self.scan.has_cuda_word
        for start, word in pending:
            if self.is_cuda or word not in self.scan.rules.quiet_words:
                self._word(start, word)
        for start, word in self._aliases_of_namespaces():
            leaf = self.parsed.leaf_at(start, start + len(word))
            if leaf is not None:
                self._unlisted_member(leaf, self.functions.at(start))
        self.finder.captured()
        self._asm()
        self.is_cuda = self.is_cuda or self.scan.has_cuda_word
        self._macro_bodies()
        callees = callees_of(self.parsed)
        self.scan.definitions = definitions_of(self.parsed, self.functions, self.finder.waves, callees)
        self.scan.uses = uses_of(self.parsed, self.functions, callees)
        self._kernels_and_launches()
        self.scan.has_cuda_word = self.scan.has_cuda_word or self.is_cuda
        if self.is_cuda:
            self.finder.telling_names()
            self.scan.match_constants()
            self._whole_text()

    def _whole_text(self) -> None:
        """Match what no name anchors: the bodies of functions, and code that the grammar takes for something else."""
        storing = frozenset(
            name.rsplit("::", 1)[-1] for name in self.scan.rules.shapes.groups.get("storage-collective", ())
        )
        for function in self.functions.functions:
            matches = [*body_matches(function, self.parsed)]
            matches += storage_matches(function, self.parsed, collectives=storing, has_barrier=self._has_barrier)
            for match in matches:
                self.finder.add(match, function=function)
        for match in written_matches(self.scan.source.data, self.scan.rules.text_forms):
            around = self.functions.at(match.start)
            self.scan.add_shape(match, base=0, function=around, extra={}, confidence=Confidence.HIGH)

    def _has_barrier(self, start: int, end: int) -> bool:
        return self.scan.surroundings.has("some-barrier", start, end)

    def _kernels_and_launches(self) -> None:
        launches = self.finder.launches
        launches.read_macros()
        self.scan.launches += launches.launches
        self.scan.forwarders += launches.forwarders
        self.scan.passed += launches.passed()
        self.scan.kernels = kernels_of(
            self.parsed,
            self.functions,
            features=self.scan.rules.kernel_features,
            waves=self.finder.waves,
            local_types=self.finder.local_types,
            constants=lambda: self.scan.constants,
        )

    def _word(self, start: int, word: bytes) -> None:
        leaf = self.parsed.leaf_at(start, start + len(word))
        rules = self.scan.rules
        function = self.functions.at(start)
        if leaf is None or leaf.start_byte != start or leaf.type not in NAME_NODES:
            self._other_leaf(leaf, word, function)
            return
        name = word.decode()
        if self.scan.is_said_by_condition(name, start):
            self.scan.has_cuda_word = self.scan.has_cuda_word or word in rules.names
            return
        entries = rules.names.get(word, ())
        if is_definition(leaf) and not self._is_a_call_after_all(leaf, start, entries):
            (self.scan.defined_inside if is_inside(leaf) else self.scan.defined).add(name)
            is_of_cuda = any(entry.is_distinct and entry.is_callable and not entry.qualifiers for entry in entries)
            if is_of_cuda and is_function_with_body(leaf):
                self._defined_api(leaf, name)
            return
        scopes, scope_start = scope_of(leaf, self.parsed)

        def chosen_if(*, in_device: bool) -> list[NameEntry]:
            return choose(
                entries,
                node=leaf,
                name=name,
                scopes=scopes,
                scope_names=self.scope_names,
                in_device_code=in_device,
                file_is_cuda=self.is_cuda,
                included=self.scan.included,
            )

        chosen = chosen_if(in_device=function is not None and function.is_device)
        self._add_names(chosen, name, scope_start, start + len(word), function, scopes=scopes)
        if not chosen and function is not None and function.macros and any(entry.is_plain for entry in entries):
            marked = chosen_if(in_device=True)
            self._add_names(
                marked, name, scope_start, start + len(word), function, scopes=scopes, needs_mark=function.macros
            )
        if not entries and not scopes:
            self._unknown(name, start, function)
        if word in rules.anchors:
            self.finder.at_name(leaf, name, scopes=scopes, function=function)
        if name in rules.launch_calls:
            self.finder.at_launch_call(leaf, places=rules.launch_calls[name])
        if leaf.type == "namespace_identifier" and name in rules.namespaces:
            self._namespace(leaf, name, function)
        if word in rules.open_namespaces:
            self._unlisted_member(leaf, function)

    def _is_a_call_after_all(self, leaf: Node, start: int, entries: tuple[NameEntry, ...]) -> bool:
        """Return whether a listed name that looks defined is used: inside broken code the grammar takes calls so."""
        if not any(entry.is_distinct for entry in entries):
            return False
        return self.finder.is_in_error(start) or looks_like_a_call(leaf, self.parsed.node_text(leaf))

    def _other_leaf(self, leaf: Node | None, word: bytes, function: Function | None) -> None:
        """Match what is no name: a member of an object, or a word of the language."""
        if leaf is None:
            return
        if leaf.type in _STRING_CONTENTS:
            if word in _MARKS_OF_CODE:
                self.scan.code_in_strings.append(_whole_string(leaf))
        elif leaf.type == "field_identifier":
            # A member that is called like a CUDA name is the codebase's own.
            if is_definition(leaf):
                self.scan.defined_inside.add(word.decode())
            elif word in self.scan.rules.member_anchors:
                self.finder.at_member(leaf, function=function)
        elif leaf.type == word.decode():
            listed = [entry for entry in self.scan.rules.names.get(word, ()) if entry.kind == "any"]
            self._add_names(listed, word.decode(), leaf.start_byte, leaf.end_byte, function)
            if word in self.scan.rules.keyword_anchors:
                self.finder.at_keyword(leaf, function=function)

    def _aliases_of_namespaces(self) -> Iterator[tuple[int, bytes]]:
        """Yield where this file uses a name of its own for a namespace whose every member counts."""
        for alias, path in self.scope_names.aliases.items():
            if path[0].encode() in self.scan.rules.open_namespaces:
                for found in re.finditer(rb"\b%s(?=\s*::)" % re.escape(alias.encode()), self.scan.source.data):
                    yield found.start(), found.group()

    def _unlisted_member(self, leaf: Node, function: Function | None) -> None:
        """Note a member of a CUDA namespace that no table lists: unknown is not the same as absent."""
        rule_id = self.scan.rules.unlisted_rule
        written = qualified_name(leaf, self.parsed)
        if rule_id is None or written is None:
            return
        path, end = self.scope_names.expand(written[0]), written[1]
        if not self.scan.rules.is_listed(path):
            name = "::".join(path)
            self.scan.add(
                rule_id,
                leaf.start_byte,
                end,
                confidence=self.finder.confidence(leaf.start_byte, Confidence.LOW),
                function=function,
                facts={"name": name},
                plain_name=name,
            )

    def _unknown(self, name: str, start: int, function: Function | None) -> None:
        unknown = rule_for_unknown(self.scan.rules, name.encode())
        if unknown is not None:
            self.scan.add(
                unknown,
                start,
                start + len(name),
                confidence=self.finder.confidence(start, Confidence.LOW),
                function=function,
                facts={"name": name},
                plain_name=name,
            )

    def _defined_api(self, leaf: Node, name: str) -> None:
        match = ShapeMatch(shape="api-definition", start=leaf.start_byte, end=leaf.end_byte, parts={"name": name})
        self.scan.add_shape(match, base=0, function=None, extra={}, confidence=Confidence.HIGH)

    def _add_names(
        self,
        chosen: list[NameEntry],
        name: str,
        start: int,
        end: int,
        function: Function | None,
        *,
        scopes: tuple[str, ...] = (),
        needs_mark: tuple[str, ...] = (),
    ) -> None:
        for entry in chosen:
            if not entry.is_plain:
                self.scan.has_cuda_word = True
            facts: dict[str, str | int] = {"name": name}
            if entry.qualifiers and scopes[:1] != entry.qualifiers[:1]:
                facts["scope"] = "opened"
            self.scan.add(
                entry.rule_id,
                start,
                end,
                confidence=self.finder.confidence(start, entry.confidence),
                function=function,
                facts=facts,
                plain_name=name if entry.is_plain else "",
                plain_kind=PlainKind.CALLABLE if entry.is_callable else PlainKind.OTHER,
                needs_mark=needs_mark,
            )

    def _namespace(self, leaf: Node, name: str, function: Function | None) -> None:
        parent = leaf.parent
        if parent is not None and parent.type == "namespace_definition":
            self.scan.defined.add(name)
        if parent is None or parent.type not in ("qualified_identifier", "using_declaration"):
            return
        if parent.type == "qualified_identifier" and parent.child_by_field_name("scope") != leaf:
            return
        rule_id = self.scan.rules.namespaces[name]
        self.scan.has_cuda_word = True
        self.scan.add(
            rule_id,
            parent.start_byte,
            parent.end_byte,
            confidence=self.finder.confidence(leaf.start_byte, Confidence.HIGH),
            function=function,
            facts={"name": name},
            plain_name=name,
            plain_kind=PlainKind.NAMESPACE,
        )

    def _asm(self) -> None:
        """Match every asm statement, also those of code that the grammar could not read."""
        reached = 0
        for start, word in self.found:
            if word not in ASM_WORDS or start < reached:
                continue
            leaf = self.parsed.leaf_at(start, start + len(word))
            if leaf is None or leaf.type in _NO_STATEMENTS:
                continue
            is_tree = leaf.parent is not None and leaf.parent.type == "gnu_asm_expression"
            reached = self.scan.match_asm(
                self.scan.source.data,
                start,
                base=0,
                function=self.functions.at(start),
                confidence=self.finder.confidence(start, Confidence.HIGH if is_tree else Confidence.MEDIUM),
                facts={},
            )

    def _macro_bodies(self) -> None:
        interesting = self.scan.rules.words.all
        for node in self.parsed.captures.get("macro_body", ()):
            body = self.scan.source.data[node.start_byte : _end_of_directive(self.scan.source.data, node.start_byte)]
            words = set(WORD.findall(body))
            if not words & interesting and not any(self.scan.rules.looks_like_cuda(word) for word in words):
                continue
            name = node.prev_named_sibling
            if name is not None and name.type == "preproc_params":
                name = name.prev_named_sibling
            self.scan.match_text(
                body,
                base=node.start_byte,
                in_macro=self.parsed.node_text(name) if name is not None else "",
            )


def _whole_string(content: Node) -> tuple[int, int]:
    """Return the byte offsets of the literal around a content, or of all the literals that it is joined with."""
    node = content
    while node.parent is not None and node.parent.type in _LITERALS:
        node = node.parent
    return node.start_byte, node.end_byte


def _end_of_directive(data: bytes, start: int) -> int:
    """Return where the directive ends in which ``start`` lies: the grammar ends a macro's body at a comment."""
    end = data.find(b"\n", start)
    while end >= 0 and data[start:end].rstrip(b"\r").endswith(b"\\"):
        end = data.find(b"\n", end + 1)
    return len(data) if end < 0 else end
