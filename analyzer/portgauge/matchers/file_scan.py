"""What the matchers of one C-family file share: its text, and the sites that they note."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from itertools import accumulate

from portgauge.matchers import shapes as shape_matchers
from portgauge.matchers.aliases import MIN_ALIASES, own_alias_matches
from portgauge.matchers.asm import asm_matches, holds_ptx, template_matches
from portgauge.matchers.compiled import CompiledRules, ShapeEntry
from portgauge.matchers.constants import FileConstants
from portgauge.matchers.directives import alias_matches, condition_matches, takes_other_branch
from portgauge.matchers.facts import Definition, Forwarder, Include, Launch, Passed, PlainKind, PlainName, Uses
from portgauge.matchers.functions import Function
from portgauge.matchers.guards import GuardTable
from portgauge.matchers.ignores import MARK, ignore_matches
from portgauge.matchers.libraries import header_match
from portgauge.matchers.names import declared_in_text, rule_for_unknown
from portgauge.matchers.parts import Surroundings, fits
from portgauge.matchers.shapes import ShapeMatch
from portgauge.matchers.sites import RawSite
from portgauge.matchers.text_match import TextMatch
from portgauge.model.analysis import Problem, Stage
from portgauge.model.component import Reading
from portgauge.model.kernel import Kernel
from portgauge.model.location import Guard
from portgauge.model.rule import Confidence
from portgauge.parsing.asm_text import ASM_WORDS, StringMacros
from portgauge.parsing.cuda import SourceText
from portgauge.parsing.embedded import EmbeddedText
from portgauge.parsing.lexer import names_only

C_FAMILY = frozenset({"cuda", "c", "c++", "hip"})
WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")
_AT_WORDS = re.compile(rb"([A-Za-z_][A-Za-z0-9_]*)")
_INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)
_LAUNCH = b"<<<"
_AFTER_SCOPE = (b"::", b"->", b".")
_LOOK_BACK_BYTES = 40
_FALLING = (Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW)


def lowest(*confidences: Confidence) -> Confidence:
    """Return the lowest of several confidences."""
    return max(confidences, key=_FALLING.index)


class FileScan:
    """The work on one C-family file; holds what the matchers share and collects what they find."""

    def __init__(self, source: SourceText, rules: CompiledRules, *, language: str) -> None:
        self.rules = rules
        self.language = language
        self.source = source
        # Elsewhere "# if" is a comment.
        self.guards = GuardTable(source if language in C_FAMILY else SourceText(source.path, b""))
        self.raw: list[RawSite] = []
        self.defined: set[str] = set()
        self.defined_inside: set[str] = set()
        self.device_macros: frozenset[str] = frozenset()
        self.kernels: tuple[Kernel, ...] = ()
        self.launches: list[Launch] = []
        self.forwarders: list[Forwarder] = []
        self.passed: list[Passed] = []
        self.definitions: tuple[Definition, ...] = ()
        self.uses = Uses()
        self.problems: list[Problem] = []
        self.degraded_bytes = 0
        self.code_in_strings: list[tuple[int, int]] = []
        """Byte offsets of string literals that hold CUDA source."""
        self.reading = Reading.SEARCHED
        self.has_cuda_word = False
        self._other_branches: dict[tuple[Guard, ...], bool] = {}
        self.masks: set[str] = set()
        """What is passed as a lane mask, as written."""
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
        needs_mark: tuple[str, ...] = (),
        extent: int = 0,
    ) -> None:
        """Note one site; ``extent`` is where its place ends when that is behind the match."""
        found = dict(facts or {})
        if self._is_other_branch(self.guards.at(start)):
            found["compiled"] = "other-branch"
        self.raw.append(
            RawSite(
                rule_id=rule_id,
                start=start,
                end=end,
                confidence=confidence,
                function=function.name if function else None,
                facts=tuple(sorted(found.items())),
                plain=PlainName(name=plain_name, kind=plain_kind, needs_mark=needs_mark) if plain_name else None,
                extent=extent,
            )
        )

    def is_said_by_condition(self, name: str, start: int) -> bool:
        """Return whether a name stands in a condition that a pattern rule speaks about: one place, one finding."""
        if name not in self.rules.condition_names:
            return False
        index = bisect_right(self._directive_starts, start) - 1
        return index >= 0 and start < self.guards.directives[index].end

    @cached_property
    def _directive_starts(self) -> list[int]:
        return [directive.start for directive in self.guards.directives]

    def _is_other_branch(self, guards: tuple[Guard, ...]) -> bool:
        if not guards:
            return False
        if guards not in self._other_branches:
            self._other_branches[guards] = takes_other_branch(guards, self.guards.followed, self.rules.vendors)
        return self._other_branches[guards]

    def add_text_match(self, match: TextMatch) -> None:
        """Note one site outside of C code."""
        self.add(match.rule_id, match.start, match.end, confidence=match.confidence, facts=dict(match.facts))

    def add_ptx(self, text: EmbeddedText) -> None:
        """Note the instructions of PTX that is no asm statement: each rule once, with the number of its places."""
        if self.rules.ptx is None:
            return
        template = text.text.decode("latin-1")
        matches = list(template_matches(template, range(text.start, text.start + len(template)), index=self.rules.ptx))
        counts = Counter(match.rule_id for match in matches)
        for match in {match.rule_id: match for match in reversed(matches)}.values():
            self.add(
                match.rule_id,
                match.start,
                match.end,
                confidence=Confidence.LOW,
                facts={"opcode": match.opcode, "count": counts[match.rule_id], "in_string": "ptx"},
            )

    def take_embedded(self, inner: "FileScan") -> None:
        """Take over what CUDA source in strings holds, with less confidence: how it is compiled is not known."""
        self.raw += (
            replace(
                site,
                confidence=lowest(site.confidence, Confidence.MEDIUM),
                facts=tuple(sorted((*site.facts, ("in_string", "cuda")))),
            )
            for site in inner.raw
        )
        self.kernels += inner.kernels
        self.launches += inner.launches
        self.forwarders += inner.forwarders
        self.passed += inner.passed
        self.definitions += inner.definitions
        self.defined |= inner.defined
        self.defined_inside |= inner.defined_inside
        if inner.degraded_bytes:
            reason = "bytes of CUDA source in strings could not be parsed; findings there are less certain"
            self.problem(Stage.PARSING, f"{inner.degraded_bytes:,} {reason}")

    def _read_includes(self) -> tuple[Include, ...]:
        found = []
        for match in _INCLUDE.finditer(self.source.data):
            path = match.group(2).decode("utf-8", "replace").strip()
            found.append(
                Include(
                    text=path,
                    is_quoted=match.group(1) == b'"',
                    line=self.source.line_of(match.start()),
                    guards=self.guards.at(match.start()),
                )
            )
            own_rules = self.rules.include_rules(path)
            for rule_id in own_rules:
                self.has_cuda_word = True
                self.add(
                    rule_id,
                    match.start(2),
                    match.end(2),
                    confidence=Confidence.HIGH,
                    facts={"name": path, "seen_as": "include"},
                )
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

    @cached_property
    def distinct_words(self) -> set[bytes]:
        """The words of the file, each once."""
        return set(WORD.findall(self.source.data))

    def needs_parse(self) -> bool:
        """Return whether the words of the file are reason enough to parse it."""
        data = self.source.data
        if _LAUNCH in data or (self.language == "cuda" and self.distinct_words):
            return True
        return self.rules.words.need_parse(self.distinct_words, data, holds_ptx=self._holds_ptx)

    def _holds_ptx(self) -> bool:
        ptx = self.rules.ptx
        return ptx is not None and holds_ptx(self.source.data, index=ptx, macros=self.string_macros)

    def words(self) -> list[tuple[int, bytes]]:
        """Return the words that a rule may be about, with their offsets."""
        counting = self.rules.words.of(self.distinct_words)
        # Splitting at words costs half of what a match object for each of them does.
        pieces = _AT_WORDS.split(self.source.data)
        starts = accumulate(map(len, pieces), initial=0)
        return [(start, word) for start, word in zip(starts, pieces, strict=False) if word in counting]

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
        reached = 0
        declared: frozenset[bytes] | None = None
        for found in WORD.finditer(plain):
            word = found.group()
            before = plain[max(0, found.start() - _LOOK_BACK_BYTES) : found.start()].rstrip()
            if before.endswith(_AFTER_SCOPE):
                continue
            start, end = base + found.start(), base + found.end()
            name = word.decode()
            for entry in () if self.is_said_by_condition(name, start) else self.rules.names.get(word, ()):
                if entry.is_plain or entry.qualifiers:
                    continue
                if entry.needs_include and entry.needs_include not in self.included:
                    continue
                self.has_cuda_word = True
                self.add(entry.rule_id, start, end, confidence=Confidence.MEDIUM, facts={"name": name, **facts})
            unknown = rule_for_unknown(self.rules, word)
            if unknown is not None and declared is None:
                declared = declared_in_text(plain)
            if unknown is not None and declared is not None and word not in declared:
                self.add(unknown, start, end, confidence=Confidence.LOW, facts={"name": name, **facts}, plain_name=name)
            if word in ASM_WORDS and start >= reached:
                reached = base + self.match_asm(
                    text, found.start(), base=base, function=None, confidence=Confidence.MEDIUM, facts=facts
                )
            if word in self.rules.call_words:
                for match in shape_matchers.call_match_in_text(
                    plain, found.start(), word, self.rules.shapes, self.constants
                ):
                    self.add_shape(match, base=base, function=None, extra=facts, confidence=Confidence.MEDIUM)

    def match_asm(
        self,
        text: bytes,
        start: int,
        *,
        base: int,
        function: Function | None,
        confidence: Confidence,
        facts: dict[str, str | int],
    ) -> int:
        """Match the asm statement whose keyword stands at ``start`` of a text, and return where in it it ends."""
        if self.rules.ptx is None:
            return start
        matches, reached = asm_matches(text, start, index=self.rules.ptx, macros=self.string_macros)
        for match in matches:
            self.has_cuda_word = True
            self.add(
                match.rule_id,
                base + match.start,
                base + match.end,
                confidence=confidence,
                function=function,
                facts={"opcode": match.opcode, **facts},
            )
        return reached

    @cached_property
    def string_macros(self) -> StringMacros:
        """The macros of the file that stand for text, read at first use."""
        return StringMacros(self.source.data)

    @cached_property
    def constants(self) -> FileConstants:
        """The integer macros and constants of the file, read at first use."""
        return FileConstants(self.source.data)

    @cached_property
    def surroundings(self) -> Surroundings:
        """The text of the file, for tests on what stands elsewhere in it."""
        return Surroundings(self.rules.text_features, self.source.data)

    def add_shape(
        self,
        match: ShapeMatch,
        *,
        base: int,
        function: Function | None,
        extra: dict[str, str | int],
        confidence: Confidence,
        reached: Callable[[ShapeEntry], frozenset[str] | None] = lambda _: frozenset(),
    ) -> None:
        """Note a site for each rule whose tests the parts of a shape pass.

        ``confidence`` is the highest that the place allows. ``reached`` gives the seeds that reach the place, None
        when those that the rule asks for do not.
        """
        if match.shape == "call" and match.parts.get("mask_bits"):
            self.masks.add(self.source.text(base + match.start, base + match.end).strip())
        span = (function.start, function.end) if function else None
        for entry in self.rules.shape_rules.likely(match.shape, match.parts):
            if not fits(entry.shape, match.parts, surroundings=self.surroundings, span=span):
                continue
            seeds = reached(entry)
            if seeds is None:
                continue
            weak = bool(seeds & self.rules.shapes.weakening_seeds)
            self.add(
                entry.rule.id,
                base + match.start,
                base + match.end,
                confidence=lowest(confidence, Confidence.LOW if weak else entry.rule.confidence),
                function=function,
                facts={**match.parts, **extra, **({"flow": " ".join(sorted(seeds))} if seeds else {})},
                extent=base + match.extent if match.extent else 0,
                plain_name=str(match.parts.get("mask_name", "")) if match.shape == "call" else "",
                plain_kind=PlainKind.MASK,
            )

    def match_constants(self) -> None:
        """Match the names that stand for one integer literal."""
        for constant in self.constants.named() if "named-constant" in self.rules.shape_rules else ():
            match = ShapeMatch(
                shape="named-constant",
                start=constant.start,
                end=constant.end,
                parts={
                    "name": constant.name,
                    "value": constant.literal,
                    **({"used_as": "mask"} if constant.name in self.masks else {}),
                },
            )
            self.add_shape(match, base=0, function=None, extra={}, confidence=Confidence.HIGH)

    def match_ignores(self) -> None:
        """Match the comments that ask for a finding to be ignored."""
        if MARK in self.source.data:
            for match in ignore_matches(self.source, is_c_family=self.language in C_FAMILY):
                self.add_shape(match, base=0, function=None, extra={}, confidence=Confidence.HIGH)

    def match_directives(self) -> None:
        """Match the conditions and aliases that preprocessor directives hold."""
        vendors, data = self.rules.vendors, self.source.data
        conditions = condition_matches(self.guards, data, vendors, is_asked_for=self.rules.is_condition_name)
        aliases = list(alias_matches(self.guards, data, vendors))
        named = {(match.start, match.parts["name"]) for match in aliases}
        if len(aliases) >= MIN_ALIASES:
            own = own_alias_matches(data, is_cuda_name=self._may_have_alias)
            aliases += [match for match in own if (match.start, match.parts["name"]) not in named]
        for match in (*conditions, *aliases):
            self.add_shape(match, base=0, function=None, extra={}, confidence=Confidence.HIGH)

    def _may_have_alias(self, word: bytes) -> bool:
        # NVIDIA's own macros count: a header for AMD that defines __CUDA_ARCH__ decides what conditions on it take.
        vendor = self.rules.vendors.vendor_of(word.decode())
        return vendor == "nvidia" or (word in self.rules.names and not vendor)
