"""One file: bytes in, everything that a rule can say about it out."""

import hashlib
import re
from pathlib import PurePosixPath

from portgauge.matchers import shapes as shape_matchers
from portgauge.matchers.asm import asm_matches
from portgauge.matchers.compiled import CompiledRules, NameEntry
from portgauge.matchers.dataflow import LocalFlow
from portgauge.matchers.directives import alias_matches, condition_matches, vendor_defines
from portgauge.matchers.facts import FileFacts, Include, Launch, PlainKind, PlainName
from portgauge.matchers.functions import Function, FunctionTable, kernels_of
from portgauge.matchers.guards import GuardTable
from portgauge.matchers.libraries import header_match
from portgauge.matchers.names import (
    NAME_NODES,
    ScopeNames,
    choose,
    is_definition,
    is_function_with_body,
    is_inside,
    looks_like_a_call,
    rule_for_unknown,
    scope_of,
)
from portgauge.matchers.sites import RawSite, finish_sites
from portgauge.matchers.statements import statement_matches
from portgauge.matchers.text_match import TextMatch
from portgauge.model.analysis import Problem, Stage
from portgauge.model.component import Kernel, Reading
from portgauge.model.rule import Confidence
from portgauge.parsing.cuda import ParsedFile, SourceText, TooDifficultError, parse
from portgauge.parsing.lexer import count_code_lines, names_only
from portgauge.parsing.tree import Node

_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")
_INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)
_LAUNCH = b"<<<"
_AFTER_SCOPE = (b"::", b"->", b".")
_LOOK_BACK_BYTES = 40
C_FAMILY = frozenset({"cuda", "c", "c++", "hip"})


class FileScan:
    """The work on one C-family file; holds what the matchers share and collects what they find."""

    def __init__(self, path: PurePosixPath, data: bytes, rules: CompiledRules, *, language: str) -> None:
        self.rules = rules
        self.language = language
        self.source = SourceText(path, data)
        # Elsewhere "# if" is a comment.
        self.guards = GuardTable(self.source if language in C_FAMILY else SourceText(path, b""))
        self.raw: list[RawSite] = []
        self.defined: set[str] = set()
        self.defined_inside: set[str] = set()
        self.kernels: tuple[Kernel, ...] = ()
        self.launches: list[Launch] = []
        self.problems: list[Problem] = []
        self.degraded_bytes = 0
        self.reading = Reading.SEARCHED
        self.has_cuda_word = False
        self.includes = self._read_includes()
        self.included = frozenset(include.text for include in self.includes)

    def problem(self, stage: Stage, reason: str) -> None:
        """Note something that may be missing because of what was found."""
        self.problems.append(Problem(path=self.source.path, stage=stage, reason=reason))

    def add(
        self,
        rule_id: str,
        start: int,
        end: int,
        *,
        confidence: Confidence,
        function: Function | None = None,
        facts: dict[str, str | int] | None = None,
        plain_name: str = "",
        plain_kind: PlainKind = PlainKind.UNKNOWN,
    ) -> None:
        """Note one site."""
        self.raw.append(
            RawSite(
                rule_id=rule_id,
                start=start,
                end=end,
                confidence=confidence,
                function=function.name if function else None,
                facts=tuple(sorted((facts or {}).items())),
                plain=PlainName(name=plain_name, kind=plain_kind) if plain_name else None,
            )
        )

    def add_text_match(self, match: TextMatch) -> None:
        """Note one site outside of C code."""
        self.add(match.rule_id, match.start, match.end, confidence=match.confidence, facts=dict(match.facts))

    def _read_includes(self) -> tuple[Include, ...]:
        found = []
        for match in _INCLUDE.finditer(self.source.data):
            path = match.group(2).decode("utf-8", "replace").strip()
            found.append(
                Include(
                    text=path,
                    is_quoted=match.group(1) == b'"',
                    line=self.source.line_of(match.start()),
                )
            )
            own_rules = self.rules.include_rules(path)
            for rule_id in own_rules:
                self.has_cuda_word = True
                self.add(rule_id, match.start(2), match.end(2), confidence=Confidence.HIGH, facts={"name": path})
            header = None if own_rules else header_match(self.rules.libraries, path, match.start(2), match.end(2))
            if header is not None:
                self.add_text_match(header)
        return tuple(found)

    def forget_code(self) -> None:
        """Drop what was read as C: the file is of another language, and only words are searched in it."""
        self.raw.clear()
        self.includes = ()
        self.has_cuda_word = False

    # Words ---------------------------------------------------------------------------------------

    def words(self) -> tuple[list[tuple[int, bytes]], bool]:
        """Return the words that a rule may be about, with their offsets, and whether the file needs a parse."""
        interesting = self.rules.words_of_interest
        triggers = self.rules.triggers
        looks_like_cuda = self.rules.looks_like_cuda
        found = []
        needs_parse = _LAUNCH in self.source.data
        for match in _WORD.finditer(self.source.data):
            word = match.group()
            if word in interesting:
                found.append((match.start(), word))
                needs_parse = needs_parse or word in triggers
            elif word[:1] in b"cCnN" and looks_like_cuda(word):
                found.append((match.start(), word))
                needs_parse = True
        return found, needs_parse

    def read_with_tree(self, found: list[tuple[int, bytes]]) -> None:
        """Match every rule against the parsed file.

        Raises:
            TooDifficultError: If the grammar should not read this text.
        """
        parsed = parse(self.source, self.rules.query)
        self.reading = Reading.PARSED
        self.degraded_bytes = parsed.error_bytes()
        first_error, error_places = parsed.error_lines()
        if self.degraded_bytes:
            self.problem(
                Stage.PARSING,
                f"{self.degraded_bytes:,} of {len(self.source.data):,} bytes stand in {error_places} places that "
                f"could not be parsed (first at line {first_error}); findings there are less certain",
            )
        _TreeMatcher(self, parsed, found).run()

    def read_with_lexer(self, reason: str) -> None:
        """Match what needs no tree, and say why there is none."""
        self.reading = Reading.LEXED
        self.degraded_bytes = len(self.source.data)
        self.problem(
            Stage.PARSING,
            f"read word by word only ({reason}); rules that need structure did not look here",
        )
        self.match_text(self.source.data, base=0, in_macro=None)
        self.has_cuda_word = self.has_cuda_word or _LAUNCH in names_only(self.source.data)

    def match_text(self, text: bytes, *, base: int, in_macro: str | None) -> None:
        """Match names and calls in text without a tree: macro bodies and degraded files."""
        facts: dict[str, str | int] = {"in_macro": in_macro} if in_macro else {}
        plain = names_only(text)
        for found in _WORD.finditer(plain):
            word = found.group()
            before = plain[max(0, found.start() - _LOOK_BACK_BYTES) : found.start()].rstrip()
            if before.endswith(_AFTER_SCOPE):
                continue
            start, end = base + found.start(), base + found.end()
            name = word.decode()
            for entry in self.rules.names.get(word, ()):
                if entry.is_plain or entry.qualifiers:
                    continue
                if entry.needs_include and entry.needs_include not in self.included:
                    continue
                self.has_cuda_word = True
                self.add(entry.rule_id, start, end, confidence=Confidence.MEDIUM, facts={"name": name, **facts})
            unknown = rule_for_unknown(self.rules, word)
            if unknown is not None:
                self.add(
                    unknown,
                    start,
                    end,
                    confidence=Confidence.LOW,
                    facts={"name": name, **facts},
                    plain_name=name,
                )
            if word in self.rules.anchors:
                for match in shape_matchers.call_match_in_text(
                    plain, found.start(), word, self.rules.shapes, self.constants
                ):
                    self.add_shape(match, base=base, function=None, extra=facts, confidence=Confidence.MEDIUM)

    @property
    def constants(self) -> shape_matchers.FileConstants:
        """The integer macros and constants of the file, read at first use."""
        if not hasattr(self, "_constants"):
            self._constants = shape_matchers.FileConstants(self.source.data)
        return self._constants

    def add_shape(
        self,
        match: shape_matchers.ShapeMatch,
        *,
        base: int,
        function: Function | None,
        extra: dict[str, str | int],
        confidence: Confidence,
    ) -> None:
        """Note a site for each rule whose tests the parts of a shape pass."""
        for entry in self.rules.shape_rules.get(match.shape, ()):
            if shape_matchers.fits(entry, match.parts):
                self.add(
                    entry.rule.id,
                    base + match.start,
                    base + match.end,
                    confidence=confidence,
                    function=function,
                    facts={**match.parts, **extra},
                )

    def match_directives(self) -> None:
        """Match the conditions and aliases that preprocessor directives hold."""
        vendors = self.rules.vendors
        for matches in (condition_matches, alias_matches):
            for match in matches(self.guards, self.source.data, vendors):
                self.add_shape(match, base=0, function=None, extra={}, confidence=Confidence.HIGH)


class _TreeMatcher:
    """Matches one parsed file: names first, since shapes start at them, then captures."""

    def __init__(self, scan: FileScan, parsed: ParsedFile, found: list[tuple[int, bytes]]) -> None:
        self.scan = scan
        self.parsed = parsed
        self.found = found
        self.functions = FunctionTable(parsed)
        self.scope_names = ScopeNames(parsed)
        self.errors = [(node.start_byte, node.end_byte) for node in parsed.captures.get("error", ())]
        self.flows: dict[int, LocalFlow] = {}
        self.types: dict[int, shape_matchers.LocalTypes] = {}
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
            self._word(start, word)
        self._launches()
        self._binary()
        self._asm()
        self._macro_bodies()
        self.scan.kernels = kernels_of(self.parsed, self.functions, features=self.scan.rules.kernel_features)
        self.scan.has_cuda_word = self.scan.has_cuda_word or self.is_cuda

    def _is_in_error(self, offset: int) -> bool:
        return any(start <= offset < end for start, end in self.errors)

    def _confidence(self, offset: int, confidence: Confidence) -> Confidence:
        if self._is_in_error(offset):
            return Confidence.LOW if confidence is not Confidence.HIGH else Confidence.MEDIUM
        return confidence

    def _word(self, start: int, word: bytes) -> None:
        leaf = self.parsed.leaf_at(start, start + len(word))
        if leaf is None or leaf.start_byte != start or leaf.type not in NAME_NODES:
            self._keep_definition(leaf, word)
            return
        rules = self.scan.rules
        name = word.decode()
        function = self.functions.at(start)
        in_device = function is not None and function.is_device
        entries = rules.names.get(word, ())
        if is_definition(leaf) and not (_is_listed(entries) and (self._is_in_error(start) or looks_like_a_call(leaf))):
            (self.scan.defined_inside if is_inside(leaf) else self.scan.defined).add(name)
            if any(entry.is_distinct and entry.is_callable for entry in entries) and is_function_with_body(leaf):
                self._defined_api(leaf, name)
            return
        scopes, scope_start = scope_of(leaf, self.parsed)
        chosen = choose(
            entries,
            node=leaf,
            name=name,
            scopes=scopes,
            scope_names=self.scope_names,
            in_device_code=in_device,
            file_is_cuda=self.is_cuda,
            included=self.scan.included,
        )
        self._add_names(chosen, name, scope_start, start + len(word), function)
        if not entries and not scopes:
            unknown = rule_for_unknown(rules, word)
            if unknown is not None:
                self.scan.add(
                    unknown,
                    start,
                    start + len(word),
                    confidence=self._confidence(start, Confidence.LOW),
                    function=function,
                    facts={"name": name},
                    plain_name=name,
                )
        if word in rules.anchors:
            self._anchored(leaf, function)
        if leaf.type == "namespace_identifier" and name in rules.namespaces:
            self._namespace(leaf, name, function)

    def _defined_api(self, leaf: Node, name: str) -> None:
        match = shape_matchers.ShapeMatch(
            shape="api-definition", start=leaf.start_byte, end=leaf.end_byte, parts={"name": name}
        )
        self.scan.add_shape(match, base=0, function=None, extra={}, confidence=Confidence.HIGH)

    def _keep_definition(self, leaf: Node | None, word: bytes) -> None:
        # A member that is called like a CUDA name is the codebase's own.
        if leaf is not None and leaf.type == "field_identifier" and is_definition(leaf):
            self.scan.defined_inside.add(word.decode())

    def _add_names(self, chosen: list[NameEntry], name: str, start: int, end: int, function: Function | None) -> None:
        for entry in chosen:
            if not entry.is_plain:
                self.scan.has_cuda_word = True
            self.scan.add(
                entry.rule_id,
                start,
                end,
                confidence=self._confidence(start, entry.confidence),
                function=function,
                facts={"name": name},
                plain_name=name if entry.is_plain else "",
                plain_kind=PlainKind.CALLABLE if entry.is_callable else PlainKind.OTHER,
            )

    def _namespace(self, leaf: Node, name: str, function: Function | None) -> None:
        parent = leaf.parent
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
            confidence=self._confidence(leaf.start_byte, Confidence.HIGH),
            function=function,
            facts={"name": name},
        )

    def _anchored(self, leaf: Node, function: Function | None) -> None:
        shapes = self.scan.rules.shapes
        confidence = self._confidence(leaf.start_byte, Confidence.HIGH)
        matches = [
            *shape_matchers.call_match(leaf, self.parsed, shapes, self.scan.constants),
            *shape_matchers.kept_result_match(leaf, self.parsed, shapes, lambda: self._local_types(function)),
        ]
        constant = shape_matchers.constant_expression_match(leaf, self.parsed)
        if constant is not None:
            matches.append(constant)
        for match in matches:
            self.scan.add_shape(match, base=0, function=function, extra={}, confidence=confidence)

    def _launches(self) -> None:
        for node in self.parsed.captures.get("launch", ()):
            call = node.parent or node
            parts = shape_matchers.launch_parts(node, self.parsed)
            function = self.functions.at(call.start_byte)
            self.scan.add_shape(
                shape_matchers.ShapeMatch(shape="launch", start=call.start_byte, end=call.end_byte, parts=parts),
                base=0,
                function=function,
                extra={},
                confidence=self._confidence(call.start_byte, Confidence.HIGH),
            )
            self.scan.launches.append(
                Launch(
                    kernel=str(parts["kernel"]),
                    location=self.scan.source.location(call.start_byte, call.end_byte),
                )
            )

    def _binary(self) -> None:
        entries = self.scan.rules.shape_rules.get("binary-with-literal", ())
        for node in self.parsed.captures.get("binary-with-literal", ()):
            parts = shape_matchers.binary_parts(node, self.parsed)
            if parts is None:
                continue
            for entry in entries:
                left = node.child_by_field_name("left")
                function = self.functions.at(node.start_byte)
                if not shape_matchers.fits(entry, parts) or left is None or function is None:
                    continue
                reached = self._flow(function).seeds_of(left)
                if not reached.intersection(entry.shape.flow.get("left", ())):
                    continue
                over_grid = len(reached) > 1
                self.scan.add(
                    entry.rule.id,
                    node.start_byte,
                    node.end_byte,
                    confidence=self._confidence(
                        node.start_byte, Confidence.LOW if over_grid else entry.rule.confidence
                    ),
                    function=function,
                    facts={**parts, "flow": " ".join(sorted(reached))},
                )

    def _flow(self, function: Function) -> LocalFlow:
        if function.start not in self.flows:
            self.flows[function.start] = LocalFlow(function, self.parsed, self.scan.rules.shapes.seeds)
        return self.flows[function.start]

    def _local_types(self, function: Function | None) -> shape_matchers.LocalTypes | None:
        if function is None:
            return None
        if function.start not in self.types:
            self.types[function.start] = shape_matchers.LocalTypes(function.node, self.parsed)
        return self.types[function.start]

    def _asm(self) -> None:
        table = self.scan.rules.ptx
        if table is None:
            return
        for node in self.parsed.captures.get("asm", ()):
            function = self.functions.at(node.start_byte)
            for match in asm_matches(node, self.parsed, table):
                self.is_cuda = True
                self.scan.add(
                    match.rule_id,
                    match.start,
                    match.end,
                    confidence=self._confidence(match.start, Confidence.HIGH),
                    function=function,
                    facts={"opcode": match.opcode},
                )

    def _macro_bodies(self) -> None:
        interesting = self.scan.rules.words_of_interest
        for node in self.parsed.captures.get("macro_body", ()):
            body = self.scan.source.data[node.start_byte : node.end_byte]
            words = set(_WORD.findall(body))
            if not words & interesting and not any(self.scan.rules.looks_like_cuda(word) for word in words):
                continue
            definition = node.parent
            name = definition.child_by_field_name("name") if definition is not None else None
            self.scan.match_text(
                body,
                base=node.start_byte,
                in_macro=self.parsed.node_text(name) if name is not None else "",
            )


def _is_listed(entries: tuple[NameEntry, ...]) -> bool:
    """Return whether a name is CUDA's own beyond doubt: inside broken code a call can look like a declaration."""
    return any(entry.is_distinct for entry in entries)


def _markers(scan: FileScan) -> None:
    data = scan.source.data
    for entry in scan.rules.markers:
        if entry.languages and scan.language not in entry.languages:
            continue
        if not any(literal in data for literal in entry.literals):
            continue
        hits = list(entry.pattern.finditer(data))
        if hits:
            scan.add(
                entry.rule.id,
                hits[0].start(),
                hits[0].end(),
                confidence=entry.rule.confidence,
                facts={"count": len(hits)},
            )


def scan_file(
    path: PurePosixPath,
    data: bytes,
    *,
    language: str,
    rules: CompiledRules,
    is_generated: bool = False,
    with_tree: bool = True,
) -> FileFacts:
    """Return what one file holds. ``data`` is UTF-8, as ``discovery.encoding`` gives it.

    Files outside the C family are only searched for the words of ``grep`` rules.
    """
    scan = FileScan(path, data, rules, language=language)
    if language not in C_FAMILY:
        scan.forget_code()
        _match_statements(scan)
    if language in C_FAMILY:
        found, needs_parse = scan.words()
        if needs_parse or scan.raw:
            scan.match_directives()
            if with_tree:
                try:
                    scan.read_with_tree(found)
                except TooDifficultError as difficulty:
                    scan.read_with_lexer(str(difficulty))
            else:
                scan.read_with_lexer("it stopped the parser")
        if scan.guards.unclosed:
            scan.problem(
                Stage.PARSING,
                f"{scan.guards.unclosed} #if without #endif; conditions around sites may be wrong",
            )
    _markers(scan)
    sites, plain = finish_sites(scan.raw, scan.source, scan.guards)
    return FileFacts(
        path=path,
        reading=scan.reading,
        is_cuda=language in C_FAMILY and scan.has_cuda_word,
        is_generated=is_generated,
        code_lines=count_code_lines(data) if language in C_FAMILY else _lines(data),
        degraded_bytes=scan.degraded_bytes,
        sha256=hashlib.sha256(data).hexdigest(),
        sites=sites,
        plain_sites=plain,
        kernels=scan.kernels,
        launches=tuple(scan.launches),
        includes=scan.includes,
        defined=frozenset(scan.defined),
        defined_inside=frozenset(scan.defined_inside),
        defines=vendor_defines(scan.guards, rules.vendors) if language in C_FAMILY else (),
        problems=tuple(scan.problems),
    )


def _match_statements(scan: FileScan) -> None:
    """Match what build files, scripts and packaging say."""
    matches, problems = statement_matches(scan.source.path, scan.source.data, language=scan.language, rules=scan.rules)
    for reason in problems:
        scan.problem(Stage.PARSING, reason)
    for match in matches:
        scan.add_text_match(match)


def _lines(data: bytes) -> int:
    return sum(1 for line in data.split(b"\n") if line.strip() and not line.lstrip().startswith(b"#"))
