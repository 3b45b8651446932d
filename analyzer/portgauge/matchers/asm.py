"""Instructions inside inline assembly, looked up in the PTX table."""

import re
from collections.abc import Iterator

from portgauge.model.base import value
from portgauge.parsing.cuda import ParsedFile
from portgauge.parsing.ptx import GAP, PtxStatement, looks_like_ptx, read_asm, unescape
from portgauge.parsing.tree import Node
from portgauge.rulebook.table import Table


@value
class _Row:
    rule_id: str
    requires: frozenset[str]
    needs_operand: "re.Pattern[str] | None"
    number: int


@value
class AsmMatch:
    """One instruction or special register inside an asm statement, with its byte offsets in the file."""

    rule_id: str
    opcode: str
    start: int
    end: int


class PtxIndex:
    """The PTX table ready for look-up: instruction head to the rows that answer for it."""

    def __init__(self, table: Table) -> None:
        self._heads: dict[tuple[str, ...], list[_Row]] = {}
        self._registers: dict[str, str] = {}
        self.unknown_rule = f"{table.name}/unknown" if "unknown" in table.index else None
        for number in range(len(table.rows)):
            row = table.row(number)
            rule_id = f"{table.name}/{row[table.key_column]}"
            entry = _Row(
                rule_id=rule_id,
                requires=frozenset(part for part in row["requires"].split(";") if part),
                needs_operand=re.compile(row["needs_operand"]) if row["needs_operand"] else None,
                number=number,
            )
            for head in row["heads"].split(";"):
                if head.startswith("%"):
                    self._registers[head] = rule_id
                elif head:
                    self._heads.setdefault(tuple(head.split(".")), []).append(entry)

    def instruction(self, statement: PtxStatement) -> str | None:
        """Return the rule of an instruction: the longest head that fits, then the most modifiers, then the first."""
        parts = tuple(statement.parts)
        for length in range(len(parts), 0, -1):
            rows = self._heads.get(parts[:length], ())
            rest = set(parts[length:])
            fitting = [
                (-len(row.requires & rest), row.number, row.rule_id)
                for row in rows
                if (not row.requires or row.requires & rest)
                and (row.needs_operand is None or row.needs_operand.search(statement.operands))
            ]
            if fitting:
                return min(fitting)[2]
        return None

    def register(self, name: str) -> str | None:
        """Return the rule of a special register, with its ``.x`` left away if need be."""
        bare = name.split(".")[0]
        return self._registers.get(name) or self._registers.get(bare)


def _template(node: Node, parsed: ParsedFile) -> tuple[str, list[int]]:
    """Return the assembly text of an asm statement, and the byte offset in the file of each character."""
    text: list[str] = []
    offsets: list[int] = []
    body = node.child_by_field_name("assembly_code")
    stack = [body] if body is not None else []
    while stack:
        current = stack.pop()
        if current.type in ("string_literal", "raw_string_literal"):
            raw = parsed.node_text(current)
            opening = raw.find('"') + 1
            inner = raw[opening:-1]
            plain, places = unescape(inner)
            # Offsets inside a literal are counted in characters; assembly is ASCII but for comments.
            base = current.start_byte + opening
            text.append(plain)
            offsets.extend(base + place for place in places)
        elif current.type == "identifier" or current.type == "call_expression":
            # A macro that holds a part of the text; what it says is not known here.
            text.append(GAP)
            offsets.extend([current.start_byte] * len(GAP))
        elif current.type != "comment":
            stack.extend(reversed(current.named_children))
    return "".join(text), offsets


def asm_matches(node: Node, parsed: ParsedFile, index: PtxIndex) -> Iterator[AsmMatch]:
    """Yield the instructions and special registers of one asm statement; those of no row as unknown.

    Assembly that is not PTX (x86, ARM, AMD's own) yields nothing.
    """
    text, offsets = _template(node, parsed)
    if not text.strip() or not looks_like_ptx(text):
        return
    end_of_file = len(parsed.source.data)
    for statement in read_asm(text):
        if statement.kind != "instruction":
            continue
        start = offsets[statement.offset] if statement.offset < len(offsets) else node.start_byte
        end = min(start + len(statement.opcode), end_of_file)
        registers = {name: rule for name in statement.registers if (rule := index.register(name)) is not None}
        for register, register_rule in registers.items():
            yield AsmMatch(rule_id=register_rule, opcode=register, start=start, end=end)
        if registers and statement.parts[0] == "mov":
            # Reading a special register is one thing to port, not two.
            continue
        rule_id = index.instruction(statement) or index.unknown_rule
        if rule_id is not None:
            yield AsmMatch(rule_id=rule_id, opcode=statement.opcode, start=start, end=end)
