"""Instructions inside inline assembly, looked up in the PTX table."""

import re
from collections.abc import Iterator, Sequence

from portgauge.model.base import value
from portgauge.parsing.asm_text import ASM_WORDS, StringMacros, read_asm_statement
from portgauge.parsing.ptx import PtxStatement, looks_like_ptx, read_asm
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


def asm_matches(text: bytes, start: int, *, index: PtxIndex, macros: StringMacros) -> tuple[tuple[AsmMatch, ...], int]:
    """Return what the asm statement whose keyword stands at ``start`` holds, and where the statement ends.

    Its instructions and special registers; those of no row as unknown. Assembly that is not PTX (x86, ARM, AMD's
    own) holds nothing. Offsets are those of the text.
    """
    found = read_asm_statement(text, start, macros=macros)
    if found is None:
        return (), start
    return tuple(template_matches(found.template, found.offsets, index=index)), found.end


_KEYWORD = re.compile(rb"\b(?:%s)\b" % b"|".join(sorted(ASM_WORDS)))


def holds_ptx(text: bytes, *, index: PtxIndex, macros: StringMacros) -> bool:
    """Return whether any asm statement of a text, also in a comment, holds an instruction of PTX."""
    reached = 0
    for keyword in _KEYWORD.finditer(text):
        if keyword.start() >= reached:
            found, reached = asm_matches(text, keyword.start(), index=index, macros=macros)
            if found:
                return True
    return False


def template_matches(template: str, offsets: Sequence[int], *, index: PtxIndex) -> Iterator[AsmMatch]:
    """Yield the instructions and special registers of one text; nothing when it is no PTX."""
    if not template.strip() or not looks_like_ptx(template):
        return
    for statement in read_asm(template):
        if statement.kind != "instruction":
            continue
        start = offsets[statement.offset]
        end = max(offsets[min(statement.offset + len(statement.opcode), len(offsets)) - 1] + 1, start + 1)
        registers = {name: rule for name in statement.registers if (rule := index.register(name)) is not None}
        for register, register_rule in registers.items():
            yield AsmMatch(rule_id=register_rule, opcode=register, start=start, end=end)
        if registers and statement.parts[0] == "mov":
            # Reading a special register is one thing to port, not two.
            continue
        rule_id = index.instruction(statement) or index.unknown_rule
        if rule_id is not None:
            yield AsmMatch(rule_id=rule_id, opcode=statement.opcode, start=start, end=end)
