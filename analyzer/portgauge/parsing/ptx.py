"""The text of an ``asm`` statement, read as PTX instructions.

Reads the grammar of PTX and nothing more: what an instruction is worth stands in ``rules/ptx/``.
The text is the concatenated template string. A matcher puts ``GAP`` where a piece is no literal
(a macro name, say), so that what stands around it is still read.
"""

import re
from collections.abc import Iterator
from enum import StrEnum

from portgauge.model.base import value

GAP = "…"
"""Stands for a piece of the template whose text is not known: a macro, a printf or template field."""


class StatementKind(StrEnum):
    """What a statement of an asm text is."""

    INSTRUCTION = "instruction"
    DIRECTIVE = "directive"
    LABEL = "label"


@value
class PtxStatement:
    """One statement of an asm text."""

    kind: StatementKind
    opcode: str
    """As written, without blanks, ``lop3.b32``; for a directive its name, ``.reg``; for a label the label."""
    parts: tuple[str, ...]
    """The opcode, split at its dots; a gap is a part of its own."""
    operands: str
    """Without comments, blanks squeezed; empty for a label."""
    registers: tuple[str, ...]
    """Registers named in the operands that no ``.reg`` of the same text declares, with one ``%``:
    ``%laneid``, ``%tid.x``. Placeholders (``%0``, ``%[out]``) are not among them."""
    predicate: str
    """``p`` or ``!p``, with one ``%`` where the name has any; empty without a predicate."""
    offset: int
    """Where the opcode starts in the text, in characters."""


# A field of a template language inside an opcode or label: {shape} or {{ shape }}. A vector operand that
# follows without a blank, as in mov.b64{%0, %1}, has a comma or a percent sign and is left alone.
_FIELD = r"\{\{?[^{}%,;\n]{1,80}\}\}?"
_LABEL = re.compile(rf"(?:[\w$…]|%=|\$\{{:uid\}}|{_FIELD}(?=[\w:$]))++[ \t]*+:(?!:)")
_HEAD = re.compile(r"[A-Za-z_…][\w…]*+")
# PTX allows blanks before a modifier: "xor .b32". What follows must not be a directive: ".reg .b32".
_MODIFIER_AFTER_BLANK = re.compile(r"\s++(?=\.[A-Za-z])(?!\.\w++\s++\.)")
_MODIFIERS = re.compile(rf"(?:(?:\.|::)(?:[\w…]|%[sd]\b|{_FIELD})(?:[\w…]|%[sd]\b|{_FIELD}(?=[\w.:]))*+)++")
# A gap is taken for the head of an opcode, unless what follows it is a statement of its own.
_GAP_BEFORE_STATEMENT = re.compile(rf"{GAP}\s*+(?=[@;}}{GAP}]|[A-Za-z_]\w*+\s*+[.;:]|\.\w++\s++\.|$)")
_GAP_IN_OPCODE = re.compile(rf"{_FIELD}|%[sd]\b")
_DIRECTIVE = re.compile(r"\.[A-Za-z_]\w*+")
_PREDICATE = re.compile(r"@(!?)%{0,2}([\w$…]+|\[\w+\])")
_BLANK = re.compile(r"(?:\s++|//[^\n]*+|/\*(?:[^*]|\*(?!/))*+(?:\*/)?)++")
_OPERAND = re.compile(r'"[^"\n]*+"?|[^\s;{}()\[\]/",]++|.', re.DOTALL)
_REST_OF_LINE = re.compile(r"[^;\n}]*+")
_STARTS_STATEMENT = re.compile(r"[A-Za-z_@$….]")
_STARTS_DOTTED_OPCODE = re.compile(r"@|[a-z]\w*\.[a-z]")
_PLAIN_REGISTER = re.compile(r"%{1,2}([A-Za-z_]\w+(?:\.[xyzw]\b)?)")
_DECLARED = re.compile(r"%{1,2}([A-Za-z_]\w*)(<\d*>?)?")


def read_asm(text: str) -> tuple[PtxStatement, ...]:
    """Return the statements of an asm text in their order.

    Never fails: what is no statement of PTX is passed over up to the next ``;`` or line. Takes time
    proportional to the length of the text. A line break ends a statement only where the next line
    cannot continue it, because ``;`` is what PTX ends statements with.

    Args:
        text: The template string, literals concatenated and C escapes resolved (``unescape``).
    """
    return tuple(_Reader(text).statements())


class _Reader:
    """Goes through one text from left to right, once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.declared: set[str] = set()
        self.declared_prefixes: set[str] = set()

    def statements(self) -> Iterator[PtxStatement]:
        """Give the statements as they come, so that a caller can stop early."""
        while self.skip_to_statement():
            if label := _LABEL.match(self.text, self.position):
                yield self.label(label)
            elif self.text[self.position] == ".":
                yield from self.directive()
            else:
                yield from self.instruction()

    def skip_to_statement(self) -> bool:
        """Pass blanks, comments, scopes, gaps and stray semicolons; False at the end of the text."""
        while self.position < len(self.text):
            if blank := _BLANK.match(self.text, self.position):
                self.position = blank.end()
            elif self.text[self.position] in ";{}":
                self.position += 1
            elif gap := _GAP_BEFORE_STATEMENT.match(self.text, self.position):
                self.position = gap.end()
            else:
                return True
        return False

    def label(self, found: re.Match[str]) -> PtxStatement:
        """Return the label just matched."""
        name = found.group().rstrip(": \t")
        self.position = found.end()
        return _statement(StatementKind.LABEL, name, found.start())

    def directive(self) -> Iterator[PtxStatement]:
        """Give the directive at the position, if it is one."""
        start = self.position
        name = _DIRECTIVE.match(self.text, start)
        if name is None:
            self.skip_line()
            return
        self.position = name.end()
        operands = self.operands(is_directive=True)
        if name.group() == ".reg":
            self.declare(operands)
        yield _statement(StatementKind.DIRECTIVE, name.group(), start, operands=operands)

    def instruction(self) -> Iterator[PtxStatement]:
        """Give the instruction at the position, if it is one."""
        predicate = ""
        if guard := _PREDICATE.match(self.text, self.position):
            percent = "%" if "%" in guard.group() else ""
            predicate = f"{guard.group(1)}{percent}{guard.group(2)}"
            self.position = guard.end()
            if blank := _BLANK.match(self.text, self.position):
                self.position = blank.end()
        start = self.position
        opcode = self.opcode()
        if not opcode:
            self.skip_line()
            return
        operands = self.operands(is_directive=False)
        yield _statement(
            StatementKind.INSTRUCTION,
            opcode,
            start,
            operands=operands,
            registers=self.registers(operands),
            predicate=predicate,
        )

    def opcode(self) -> str:
        """Return the opcode at the position, and move behind it; empty if there is none."""
        head = _HEAD.match(self.text, self.position)
        if head is None:
            return ""
        pieces = [head.group()]
        self.position = head.end()
        while True:
            blank = _MODIFIER_AFTER_BLANK.match(self.text, self.position)
            modifiers = _MODIFIERS.match(self.text, blank.end() if blank else self.position)
            if modifiers is None:
                return "".join(pieces)
            pieces.append(modifiers.group())
            self.position = modifiers.end()

    def operands(self, *, is_directive: bool) -> str:
        """Return the text up to the end of the statement, and move there."""
        pieces: list[str] = []
        last = ""
        depth = 0
        initialised = False
        while self.position < len(self.text):
            blank = _BLANK.match(self.text, self.position)
            if blank:
                self.position = blank.end()
                if depth == 0 and self.line_ends_statement(blank.group(), last):
                    break
                pieces.append(" ")
                continue
            token = _OPERAND.match(self.text, self.position)
            if token is None:  # cannot happen: the last alternative takes any character
                break
            piece = token.group()
            if piece == ";" or (piece == "}" and depth == 0):
                break
            if piece == "{" and is_directive and not initialised:
                break  # the body of a function, not an initial value
            depth += (piece in ("{", "(", "[")) - (piece in ("}", ")", "]") and depth > 0)
            initialised = initialised or "=" in piece
            pieces.append(piece)
            last = piece
            self.position = token.end()
        return "".join(pieces).strip()

    def line_ends_statement(self, blank: str, last: str) -> bool:
        """Tell whether the line break in ``blank`` ends the statement: the next line cannot continue it."""
        if "\n" not in blank or last == ",":
            return False
        if not last:
            return _STARTS_DOTTED_OPCODE.match(self.text, self.position, self.position + 40) is not None
        return _STARTS_STATEMENT.match(self.text, self.position) is not None

    def skip_line(self) -> None:
        """Pass what is no statement: other assemblers, operands without an opcode, noise."""
        rest = _REST_OF_LINE.match(self.text, self.position)
        end = rest.end() if rest else self.position
        self.position = max(end, self.position + 1)

    def declare(self, operands: str) -> None:
        """Keep the names of a ``.reg`` directive, so that they are not taken for special registers."""
        for name, count in _DECLARED.findall(operands):
            (self.declared_prefixes if count else self.declared).add(name)

    def registers(self, operands: str) -> tuple[str, ...]:
        """Return the named registers of an operand text that were not declared."""
        if "%" not in operands:
            return ()
        found = dict.fromkeys(_PLAIN_REGISTER.findall(operands))
        return tuple(
            f"%{name}"
            for name in found
            if name not in self.declared and name.rstrip("0123456789") not in self.declared_prefixes
        )


def _statement(
    kind: StatementKind,
    opcode: str,
    offset: int,
    *,
    operands: str = "",
    registers: tuple[str, ...] = (),
    predicate: str = "",
) -> PtxStatement:
    parts: tuple[str, ...] = (opcode,)
    if kind is not StatementKind.LABEL:
        gaps_apart = _GAP_IN_OPCODE.sub(GAP, opcode).replace(GAP, f".{GAP}.")
        parts = tuple(part for part in gaps_apart.split(".") if part)
    return PtxStatement(
        kind=kind,
        opcode=opcode,
        parts=parts,
        operands=operands,
        registers=registers,
        predicate=predicate,
        offset=offset,
    )


# The language's own words, by which PTX is told from other assemblers. Other assemblers have dotted opcodes
# too (fcvt.ps.f16, mova.m.x, vadd.f32, ld8.acq), so one word is not enough where others are foreign.
_TYPE = re.compile(r"[busf](?:8|16|32|64|128)(?:x[24])?|b1|[us]4|bf16(?:x2)?|tf32|pred|b1024|u?e\dm\d(?:x\d)?")
_SHAPE = re.compile(r"m\d+n\d+(?:k\d+)?|[1-5]d|v[248]|\d+x\d+b|x(?:1|2|4|8|16|32|64|128)")
_WORDS = """
    sync aligned async bulk global shared local const param generic to cta gpu gl sys cluster warp cc
    acquire release relaxed acq_rel sc volatile weak mmio proxy alias tensormap mbarrier_init
    rn rz rm rp rs rna rni rzi rmi rpi approx full ftz noftz sat satfinite relu wide hi lo clamp wrap uni
    row col trans L1 L2 nc ca cg cs cv lu wb wt tensor tile im2col multicast fractional range
    arrive arrive_drop try_wait test_wait expect_tx complete_tx parity init inval wait pending_count
    commit_group wait_group wait_all launch_dependents try_cancel query_cancel mma_async ld_reduce
    ballot activemask bfly up down idx mode f4e b4e rc8 ecl ecr rc16 cas exch inc dec alloc dealloc
    relinquish_alloc_permit commit shift notanumber finite infinite normal subnormal number
"""
_NEUTRAL = """
    add sub min max and or xor not popc any all eq ne lt le gt ge ls hs equ neu ltu leu gtu geu num nan NaN
    a b c d l r p h0 h1 b0 b1 b2 b3 ld st mma cp red load store fence sp abs xorsign
"""
_OWN_WORDS = frozenset(_WORDS.split())
_NEUTRAL_WORDS = frozenset(_NEUTRAL.split())
_WITHOUT_DOT = frozenset({"trap", "exit", "brkpt", "bra", "pmevent"})
_MODULE_DIRECTIVES = frozenset({".reg", ".version", ".address_size", ".entry", ".visible", ".func"})
_VARIABLE_DIRECTIVES = frozenset({".shared", ".local", ".const", ".param", ".global"})
_TYPED = re.compile(r"\.(?:align|[busf]\d+|v[248]|pred)\b")
_SPECIAL_REGISTER = re.compile(
    r"%(?:n?tid|n?ctaid|laneid|n?warpid|lanemask_[a-z]{2}|n?smid|gridid|clock(?:_hi|64)?"
    r"|globaltimer(?:_lo|_hi)?|\w+_smem_\w+|n?clusterid|cluster_n?cta(?:id|rank)|is_explicit_cluster"
    r"|envreg\d+|pm\d(?:_64)?|current_graph_exec)(?:\.[xyzw])?"
)


def looks_like_ptx(text: str) -> bool:
    """Tell PTX from the assembly of another processor (x86, ARM, RISC-V, AMDGCN).

    One statement that can only be PTX is enough. An empty text, or one of gaps alone, is no PTX.
    """
    return any(_is_ptx(statement) for statement in _Reader(text).statements())


def _is_ptx(statement: PtxStatement) -> bool:
    match statement.kind:
        case StatementKind.LABEL:
            return False
        case StatementKind.DIRECTIVE:
            if statement.opcode in _VARIABLE_DIRECTIVES:
                return _TYPED.search(statement.operands) is not None
            return statement.opcode in _MODULE_DIRECTIVES
        case StatementKind.INSTRUCTION:
            return _is_ptx_opcode(statement.parts) or any(
                _SPECIAL_REGISTER.fullmatch(name) for name in statement.registers
            )


def _is_ptx_opcode(parts: tuple[str, ...]) -> bool:
    head, modifiers = parts[0], parts[1:]
    if not modifiers:
        return head in _WITHOUT_DOT
    types = words = foreign = 0
    for part in modifiers:
        if _TYPE.fullmatch(part):
            types += 1
        elif part in _OWN_WORDS or "::" in part or _SHAPE.fullmatch(part):
            words += 1
        elif part not in _NEUTRAL_WORDS and GAP not in part:
            foreign += 1
    if head.startswith("v") and not words:
        # ARM's NEON writes vadd.f32 and vcvt.s32.f32; the video instructions of PTX have three parts or more.
        return len(modifiers) > 2 and types > 1
    return types + words > foreign


_ESCAPE = re.compile(r"\\(?:x[0-9A-Fa-f]+|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[0-7]{1,3}|\r?\n|.|$)", re.DOTALL)
_SIMPLE_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b"}
_RAW = re.compile(r'(?:u8|[uUL])?R"([^\s()\\"]{0,16})\(')
_QUOTED = re.compile(r'(?:u8|[uUL])?"')


def unescape(literal: str) -> tuple[str, tuple[int, ...]]:
    """Return the text that a C string literal stands for, and where in the literal each character came from.

    Args:
        literal: As written, with its quotes and prefix; a raw string too. Text without quotes is taken whole.

    Returns:
        The text, and for each of its characters the offset in ``literal`` at which it, or its escape, starts.
    """
    if raw := _RAW.match(literal):
        end = literal.rfind(f'){raw.group(1)}"')
        start = raw.end()
        end = end if end >= start else len(literal)
        return literal[start:end], tuple(range(start, end))
    opening = _QUOTED.match(literal)
    start = opening.end() if opening else 0
    closed = opening is not None and len(literal) > start and literal.endswith('"')
    end = len(literal) - 1 if closed else len(literal)
    pieces: list[str] = []
    offsets: list[int] = []
    position = start
    for escape in _ESCAPE.finditer(literal, start, end):
        pieces.append(literal[position : escape.start()])
        offsets.extend(range(position, escape.start()))
        character = _escaped(escape.group()[1:])
        pieces.append(character)
        offsets.extend([escape.start()] * len(character))
        position = escape.end()
    pieces.append(literal[position:end])
    offsets.extend(range(position, end))
    return "".join(pieces), tuple(offsets)


def _escaped(code: str) -> str:
    """Return the character of an escape, given without its backslash; nothing for a joined line."""
    if not code or code in ("\n", "\r\n"):
        return ""
    if code in _SIMPLE_ESCAPES:
        return _SIMPLE_ESCAPES[code]
    is_octal = code[0] in "01234567"
    if not is_octal and len(code) == 1:
        return code
    digits = code if is_octal else code[1:].lstrip("0") or "0"
    number = int(digits, 8 if is_octal else 16) if len(digits) <= 8 else -1
    is_character = 0 <= number < 0x110000 and not 0xD800 <= number < 0xE000
    return chr(number) if is_character else "\N{REPLACEMENT CHARACTER}"
