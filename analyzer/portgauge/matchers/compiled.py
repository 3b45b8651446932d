"""A rulebook made ready to run on files: names indexed, queries compiled, words to trigger on collected."""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from portgauge.errors import RuleError
from portgauge.matchers.asm import PtxIndex
from portgauge.matchers.counting_words import CountingWords
from portgauge.matchers.parts import PRESENT, is_literal
from portgauge.matchers.shape_index import ShapeIndex
from portgauge.matchers.signals import signals_by_format
from portgauge.matchers.word_tests import word_test
from portgauge.matchers.written import compiled_forms
from portgauge.model.base import value
from portgauge.model.rule import Confidence, Names, Rule, Shape, TextMarker, TreeQuery
from portgauge.parsing.cuda import compile_structure
from portgauge.parsing.tree import CompiledQuery
from portgauge.rulebook.packages import read_packages
from portgauge.rulebook.rulebook import Rulebook, Shapes
from portgauge.rulebook.table import Table
from portgauge.rulebook.vendors import VendorWords

_IDENTIFIER = re.compile(r"^[A-Za-z_]\w*$")


class NameEntry(NamedTuple):
    """One rule that a name may belong to; there are tens of thousands, which a tuple makes faster than a value."""

    rule_id: str
    qualifiers: tuple[str, ...]
    """Namespaces and classes before the name, outermost first."""
    kind: str
    """``function``, ``kernel-builtin``, ``type``, ``enum``, ``constant``, ``macro``, or ``any`` for a pattern rule."""
    is_plain: bool
    """An ordinary C++ name too; counts only where CUDA can be meant."""
    is_variable: bool
    """A builtin that is read, not called, such as ``threadIdx``."""
    confidence: Confidence
    needs_include: str = ""
    """The header that a file must include for the name to count; empty for none."""

    @property
    def is_callable(self) -> bool:
        """Whether the name is called (or read as a builtin), so that a variable of that name elsewhere is another."""
        return self.kind in ("function", "kernel-builtin")

    @property
    def is_distinct(self) -> bool:
        """Whether the name alone shows that a file is about CUDA."""
        return not (self.is_plain or self.needs_include)


@value
class ShapeEntry:
    """One pattern rule with a shape."""

    rule: Rule
    shape: Shape


@value
class MarkerEntry:
    """One rule that greps whole files."""

    rule: Rule
    literals: tuple[bytes, ...]
    languages: frozenset[str]
    pattern: "re.Pattern[bytes]"


class CompiledRules:
    """What a worker needs to match files. Holds compiled queries, so it does not travel between processes."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.shapes: Shapes = rulebook.shapes
        self.names: dict[bytes, tuple[NameEntry, ...]] = {}
        self.includes: dict[str, tuple[str, ...]] = {}
        self.include_folders: list[tuple[str, str]] = []
        self.namespaces: dict[str, str] = {}
        self.shape_rules: ShapeIndex[ShapeEntry] = ShapeIndex()
        self.markers: list[MarkerEntry] = []
        self.keywords: set[bytes] = set()
        self.tables: Mapping[str, Table] = rulebook.tables
        self.vendors: VendorWords = rulebook.vendors
        self.libraries = rulebook.libraries
        self.packages = read_packages(rulebook.tables)
        self.signals = signals_by_format(rulebook.tables.values())
        self.unlisted_rule = rulebook.unlisted.rule_id if rulebook.unlisted else None
        self.open_namespaces = frozenset(
            name.encode() for name in (rulebook.unlisted.namespaces if rulebook.unlisted else ())
        )
        self._unlisted = word_test(rulebook.unlisted.pattern) if rulebook.unlisted else None
        for table in rulebook.tables.values():
            if table.kind == "api":
                self._add_table(table)
        own_queries = {}
        for rule in rulebook.patterns.values():
            match rule.look_for:
                case Names():
                    self._add_names(rule, rule.look_for)
                case Shape():
                    self.shape_rules.setdefault(rule.look_for.name, []).append(
                        ShapeEntry(rule=rule, shape=rule.look_for)
                    )
                case TextMarker():
                    self._add_marker(rule, rule.look_for)
                case TreeQuery():
                    own_queries[rule.id] = rule.look_for.text
                case _:
                    raise RuleError([f"{rule.origin}: a pattern rule cannot look for PTX; use the table"])
        if own_queries:
            raise RuleError(
                [f"{rulebook.patterns[rule_id].origin}: `query` is not supported yet" for rule_id in own_queries]
            )
        self.device_macro = re.compile(rulebook.shapes.device_macro)
        self.kernel_features = {
            name: re.compile(pattern.encode()) for name, pattern in rulebook.shapes.kernel_features.items()
        }
        self.text_features = {
            name: re.compile(pattern.encode()) for name, pattern in rulebook.shapes.text_features.items()
        }
        self.text_forms = compiled_forms(rulebook.shapes.text_forms)
        telling = rulebook.shapes.telling_names
        self.telling_marks = tuple(mark.encode() for mark in telling.marks)
        self.size_marks = tuple(mark.encode() for mark in telling.sizes)
        self.deciders = {name: re.compile(text) for name, text in telling.deciders.items()}
        self.copies = {name: re.compile(text) for name, text in telling.copies.items()}
        self.ptx = next((PtxIndex(table) for table in rulebook.tables.values() if table.kind == "ptx"), None)
        self.groups_of: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {}
        """Name to the groups that hold it, each with the scopes that must stand before the name."""
        self.shapes_of_group: dict[str, frozenset[str]] = {}
        self.call_words: set[bytes] = set()
        """Names at which the shape ``call`` starts, also where there is no tree."""
        self.constant_names: set[str] = set()
        self.launch_calls = rulebook.shapes.launch_calls
        self.member_anchors: set[bytes] = set()
        self.keyword_anchors: set[bytes] = set()
        self.anchors = self._anchors()
        quiet = frozenset(word.encode() for word in rulebook.shapes.quiet_words) | self.member_anchors
        self.quiet_words = quiet
        starts = self.keywords | self.anchors | self.keyword_anchors | {name.encode() for name in self.namespaces}
        self.words = CountingWords(
            self.names,
            alone=(starts - quiet) | self.open_namespaces,
            quiet=quiet | {name.encode() for name in self.launch_calls},
            unlisted=self._unlisted,
            device_macros=word_test(rulebook.shapes.device_macro),
        )
        self._condition_names_known: dict[str, bool] = {}
        self._include_rules: dict[str, tuple[str, ...]] = {}

    @cached_property
    def query(self) -> CompiledQuery:
        """The one query over each file.

        Raises:
            RuleError: If a shape's query does not compile.
        """
        queries = {
            name: definition.query
            for name, definition in self.shapes.definitions.items()
            if definition.anchor == "query"
        }
        try:
            return compile_structure(queries)
        except ValueError as error:
            raise RuleError([f"rules/shapes.yaml:1: a query does not compile: {error}"]) from error

    @cached_property
    def condition_names(self) -> frozenset[str]:
        """The macros that pattern rules look for in conditions, where the tables' rows for them say less."""
        return frozenset(
            str(name)
            for entry in self.shape_rules.get("preprocessor-condition", ())
            for alternative in entry.shape.where
            for name in alternative.get("name", ())
        )

    def is_condition_name(self, name: str) -> bool:
        """Return whether a rule may look for a name in conditions: for itself, or for whose it is."""
        known = self._condition_names_known.get(name)
        if known is None:
            names, vendors = self._asked_in_conditions
            known = names is None or name in names or self.vendors.vendor_of(name) in vendors
            self._condition_names_known[name] = known
        return known

    @cached_property
    def _asked_in_conditions(self) -> tuple[frozenset[str] | None, frozenset[str]]:
        """The names and the vendors that rules about conditions list; no names when one takes what it does not list."""
        asked: dict[str, set[str]] = {"name": set(), "vendor": set()}
        for entry in self.shape_rules.get("preprocessor-condition", ()):
            for alternative in entry.shape.where:
                part = next((part for part in asked if is_literal(alternative.get(part, (PRESENT,)))), None)
                if part is None:
                    return None, frozenset()
                asked[part].update(map(str, alternative[part]))
        return frozenset(asked["name"]), frozenset(asked["vendor"])

    def literals_of(self, shape: str) -> frozenset[int]:
        """Return the numbers that the rules of a shape ask for."""
        return frozenset(
            literal
            for entry in self.shape_rules.get(shape, ())
            for alternative in entry.shape.where
            for literal in alternative.get("literal", ())
            if isinstance(literal, int)
        )

    def looks_like_cuda(self, name: bytes) -> bool:
        """Return whether an unlisted name looks like one of CUDA's."""
        return self._unlisted is not None and self._unlisted.fits(name)

    def is_listed(self, path: tuple[str, ...]) -> bool:
        """Return whether a table lists a qualified name, or the class that it is a member of."""
        return any(
            entry.qualifiers == path[:depth]
            for depth in range(1, len(path))
            for entry in self.names.get(path[depth].encode(), ())
        )

    def include_rules(self, path: str) -> tuple[str, ...]:
        """Return the rules that an include path belongs to."""
        known = self._include_rules.get(path)
        if known is None:
            below = tuple(rule_id for folder, rule_id in self.include_folders if path.startswith(folder))
            known = self._include_rules[path] = self.includes.get(path, ()) + below
        return known

    def _add_name(self, name: str, entry: NameEntry) -> None:
        key = name.encode()
        self.names[key] = (*self.names.get(key, ()), entry)

    def _add_include(self, path: str, rule_id: str) -> None:
        self.includes[path] = (*self.includes.get(path, ()), rule_id)

    def _add_table(self, table: Table) -> None:
        self.keywords |= {word.encode() for word in table.language_keywords if _IDENTIFIER.match(word)}
        symbol_column, kind_column = 0, table.columns.index("kind")
        for row in table.rows:
            symbol, kind = row[symbol_column], row[kind_column]
            rule_id = f"{table.name}/{symbol}"
            if kind == "include":
                self._add_include(symbol, rule_id)
                continue
            *qualifiers, name = symbol.split("::")
            if symbol in table.language_keywords or not _IDENTIFIER.match(name):
                continue
            if symbol in table.not_matched:
                continue
            include = table.include_needed_for(name)
            is_plain = (
                table.plain_names_need_context
                and not qualifiers
                and not name.startswith(("__", "cu", "CU", "nv", "NV", "nccl", "npp"))
                and not self.looks_like_cuda(name.encode())
                and not table.is_distinct(name)
                and not include
            )
            self._add_name(
                name,
                NameEntry(
                    rule_id=rule_id,
                    qualifiers=tuple(qualifiers),
                    kind=kind,
                    is_plain=is_plain,
                    is_variable=symbol in table.builtin_variables,
                    confidence=Confidence.HIGH,
                    needs_include=include,
                ),
            )

    def _add_names(self, rule: Rule, names: Names) -> None:
        for name in names.identifiers:
            *qualifiers, last = name.split("::")
            self._add_name(
                last,
                NameEntry(
                    rule_id=rule.id,
                    qualifiers=tuple(qualifiers),
                    kind="any",
                    is_plain=False,
                    is_variable=False,
                    confidence=rule.confidence,
                ),
            )
        for path in names.includes:
            if path.endswith("/"):
                self.include_folders.append((path, rule.id))
            else:
                self._add_include(path, rule.id)
        for namespace in names.namespaces:
            self.namespaces[namespace] = rule.id

    def _add_marker(self, rule: Rule, marker: TextMarker) -> None:
        try:
            pattern = re.compile("|".join(f"(?:{part})" for part in marker.patterns).encode())
        except re.error as error:
            raise RuleError([f"{rule.origin}: the patterns do not compile: {error}"]) from error
        self.markers.append(
            MarkerEntry(
                rule=rule,
                literals=tuple(text.encode() for text in marker.literals),
                languages=frozenset(marker.languages),
                pattern=pattern,
            )
        )

    def _anchors(self) -> frozenset[bytes]:
        """Return the names at which shape rules start, and the seeds of data flow; sort them by kind on the way."""
        anchors: set[str] = set()
        for shape_name, entries in self.shape_rules.items():
            anchor = self.shapes.definitions[shape_name].anchor
            for entry in entries:
                for alternative in entry.shape.where:
                    for group in alternative.get("group", ()):
                        anchors |= self._add_group(str(group), shape_name)
                    names = {str(name) for name in alternative.get("name", ()) if not str(name).startswith("re:")}
                    match anchor:
                        case "members":
                            self.member_anchors |= {name.encode() for name in names}
                        case "keywords":
                            self.keyword_anchors |= {name.encode() for name in names}
                        case "constants" | "comments" | "text" | "functions" | "marks":
                            pass
                        case _:
                            anchors |= names
                    if shape_name == "constant-expression":
                        self.constant_names |= names
                for seeds in entry.shape.flow.values():
                    for seed in seeds:
                        identifiers, calls = self.shapes.seeds[seed]
                        anchors |= identifiers | calls
        return frozenset(name.encode() for name in anchors)

    def _add_group(self, group: str, shape_name: str) -> set[str]:
        """Index a group that a rule names, and return the last words of its members."""
        words = set()
        is_new = group not in self.shapes_of_group
        self.shapes_of_group[group] = self.shapes_of_group.get(group, frozenset()) | {shape_name}
        for member in self.shapes.groups.get(group, frozenset()):
            *qualifiers, last = member.split("::")
            words.add(last)
            if shape_name == "call":
                self.call_words.add(last.encode())
            if is_new:
                self.groups_of[last] = (*self.groups_of.get(last, ()), (group, tuple(qualifiers)))
        return words
