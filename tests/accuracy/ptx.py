"""``python -m tests.accuracy.ptx --code NAME=DIR``: how many asm statements of real code are read, and how well.

Statements are listed by the lexer alone: the keyword, its qualifiers, a parenthesis. One is read when it gives sites,
known or listed as unknown, or when it holds no instruction (a compiler barrier, a label, a declaration).
``--draw FILE`` writes statements drawn by seed beside what was found in them, to be judged by eye; ``--judged FILE``
takes the judgements. Writes PTX.md beside this module.
"""

import argparse
import csv
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from portgauge.discovery.walk import discover
from portgauge.discovery.words import discovery_words
from portgauge.matchers.compiled import CompiledRules
from portgauge.matchers.reading import read_file
from portgauge.model.base import value
from portgauge.model.finding import Site
from portgauge.parsing.asm_text import StringMacros, read_asm_statement
from portgauge.parsing.cuda import SourceText
from portgauge.parsing.lexer import names_only
from portgauge.resources import rules_folder
from portgauge.rulebook.loader import load_rulebook
from portgauge.rulebook.rulebook import Rulebook

SEED = 20261128
DRAWN = 100
RESULTS = Path(__file__).parent / "PTX.md"
_KEYWORD = re.compile(rb"\b(?:asm|__asm__|__asm)\b(?:\s|\\\n|\b(?:volatile|__volatile__|goto|inline)\b)*\(")
_NO_INSTRUCTION = re.compile(
    r"(?:\s|[{};]|//[^\n]*|/\*.*?\*/|\.(?:reg|pragma|param|shared)\b[^;]*|[\w$%=]+:(?!:))*", re.DOTALL
)
_SHOWN = 30
_FIELDS = ("codebase", "path", "line", "template", "found", "is_right")


@value
class Statement:
    """One asm statement, and the opcodes found in it."""

    codebase: str
    path: str
    line: int
    template: str
    found: tuple[str, ...]
    unknown: tuple[str, ...]
    in_macro: bool

    @property
    def kind(self) -> tuple[str, ...]:
        """The instructions of the statement without their types and shapes."""
        return tuple(".".join(opcode.split(".")[:2]) for opcode in self.found)

    @property
    def outcome(self) -> str:
        """``known``, ``unknown`` when an opcode is in no row, ``empty`` when it holds no instruction, or ``missed``."""
        if self.unknown:
            return "unknown"
        if self.found:
            return "known"
        return "empty" if _NO_INSTRUCTION.fullmatch(self.template) else "missed"


def statements_in(codebase: str, root: Path, *, rulebook: Rulebook, rules: CompiledRules) -> Iterator[Statement]:
    """Yield the asm statements of a folder in the order of its files."""
    tree = discover(root, words=discovery_words(rulebook.discovery), exclude=(), include_vendored=True)
    for candidate in tree.candidates:
        if candidate.language not in ("cuda", "c", "c++"):
            continue
        path = root / candidate.path
        data = path.read_bytes()
        if b"asm" not in data:
            continue
        facts = read_file(
            PurePosixPath(str(candidate.path)), str(path), language=candidate.language, rules=rules, with_tree=True
        )
        ptx = [site for site in facts.sites if site.rule_id.startswith("ptx/")]
        yield from _statements(codebase, SourceText(candidate.path, data), ptx)


def _statements(codebase: str, source: SourceText, sites: Sequence[Site]) -> Iterator[Statement]:
    macros = StringMacros(source.data)
    for keyword in _KEYWORD.finditer(names_only(source.data)):
        read = read_asm_statement(source.data, keyword.start(), macros=macros)
        if read is None:
            continue
        first, last = source.line_of(read.start), source.line_of(read.end)
        inside = [site for site in sites if first <= site.location.line <= last]
        yield Statement(
            codebase=codebase,
            path=str(source.path),
            line=first,
            template=read.template,
            found=tuple(str(site.fact("opcode")) for site in inside),
            unknown=tuple(str(site.fact("opcode")) for site in inside if site.rule_id == "ptx/unknown"),
            in_macro=any(site.fact("in_macro") for site in inside),
        )


def write_drawn(statements: Sequence[Statement], path: Path) -> None:
    """Write the statements drawn by seed, with an empty column for the judgement.

    Thousands of statements differ in shape and type alone, so after half of the draw one of each kind is taken.
    """
    chance = random.Random(SEED)
    drawn = chance.sample(statements, min(DRAWN // 2, len(statements)))
    kinds: dict[tuple[str, ...], Statement] = {}
    for each in chance.sample(statements, len(statements)):
        kinds.setdefault(each.kind, each)
    rest = [each for each in kinds.values() if each not in drawn]
    drawn += rest[: DRAWN - len(drawn)]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_FIELDS)
        for each in drawn:
            writer.writerow((each.codebase, each.path, each.line, each.template, " ".join(each.found), ""))


def judged_right(path: Path) -> tuple[int, int]:
    """Return how many of the judged statements are right, and how many were judged.

    Raises:
        ValueError: If one is neither ``yes`` nor ``no``.
    """
    with path.open(newline="") as file:
        answers = [row["is_right"] for row in csv.DictReader(file)]
    if not answers or set(answers) - {"yes", "no"}:
        raise ValueError(f"{path}: `is_right` is yes or no in every row; judge the rest")
    return answers.count("yes"), len(answers)


def results(statements: Sequence[Statement], *, judged: tuple[int, int] | None) -> str:
    """Return the page."""
    rows = []
    for codebase in dict.fromkeys(each.codebase for each in statements):
        own = [each for each in statements if each.codebase == codebase]
        counts = Counter(each.outcome for each in own)
        read = 1 - counts["missed"] / len(own)
        rows.append(
            f"| {codebase} | {len(own):,} | {sum(each.in_macro for each in own):,} | {counts['known']:,} "
            f"| {counts['unknown']:,} | {counts['empty']:,} | {counts['missed']:,} | {read:.4f} |"
        )
    unknown = Counter(f"`{opcode}`" for each in statements for opcode in each.unknown)
    missed = [f"- {each.path}:{each.line}" for each in statements if each.outcome == "missed"]
    by_eye = "not judged yet" if judged is None else f"{judged[0]} of {judged[1]} statements read by eye"
    return f"""# Inline PTX in real code

An asm statement is read when what it holds is sites, known to the table or listed as unknown; whether it is all that
it holds was judged by eye.
Statements are listed by the lexer alone, in code and in `#define` bodies.

| codebase | statements | in macros | known | with an unknown opcode | without instruction | missed | read |
|---|---|---|---|---|---|---|---|
{chr(10).join(rows)}

Right, which means that every instruction of a statement is named, and nothing else: {by_eye}.
Half of them are drawn by seed {SEED} from all statements, half from one statement of each kind (opcodes without types).

## Opcodes that no row knows

{chr(10).join(f"- {opcode}: {count}" for opcode, count in unknown.most_common(_SHOWN)) or "None."}

## Missed

{chr(10).join(missed[:_SHOWN]) or "None."}
"""


def main(arguments: Sequence[str]) -> int:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--code", action="append", required=True, metavar="NAME=DIR", help="a codebase; repeatable")
    parser.add_argument("--draw", type=Path, metavar="FILE.csv", help="write the statements to judge")
    parser.add_argument("--judged", type=Path, metavar="FILE.csv", help="the drawn statements, judged")
    options = parser.parse_args(arguments)
    rulebook = load_rulebook(rules_folder())
    rules = CompiledRules(rulebook)
    statements: list[Statement] = []
    for option in options.code:
        name, _, folder = option.partition("=")
        statements += statements_in(name, Path(folder), rulebook=rulebook, rules=rules)
    if not statements:
        print("no asm statement in these folders", file=sys.stderr)
        return 2
    if options.draw:
        write_drawn(statements, options.draw)
    page = results(statements, judged=judged_right(options.judged) if options.judged else None)
    RESULTS.write_text(page)
    print(page)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
