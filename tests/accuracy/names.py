"""``python -m tests.accuracy.names --truth DIR``: API references against those that clang's own parser sees.

``DIR`` holds one ``PROGRAM.jsonl`` for each program, and ``--codebase NAME=FILE.jsonl`` adds a whole codebase. Each has
one line a source file, ``{"file", "errors", "refs": [{"name", "spelled", "kind", "line", "header", "in_macro"}]}``:
every reference to something that a CUDA header declares, made with libclang. Only files that clang read without an
error count. Writes NAMES.md beside this module.
"""

import argparse
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from portgauge.discovery.walk import discover
from portgauge.discovery.words import discovery_words
from portgauge.matchers.compiled import CompiledRules
from portgauge.matchers.facts import FileFacts, own_sites
from portgauge.matchers.reading import read_file
from portgauge.model.base import value
from portgauge.model.finding import Site
from portgauge.resources import rules_folder
from portgauge.rulebook.loader import load_rulebook
from portgauge.rulebook.rulebook import Rulebook

SEED = 20261125
DRAWN = 60
RESULTS = Path(__file__).parent / "NAMES.md"
_NO_NAMES = ("FIELD_DECL", "CXX_METHOD", "NAMESPACE", "CONSTRUCTOR", "CONVERSION_FUNCTION")
_SHOWN = 25


@value
class Reference:
    """A name at a place."""

    path: str
    line: int
    name: str


@value
class Truth:
    """What clang saw in some programs."""

    files: frozenset[str]
    wanted: dict[Reference, str]
    """References that a table should know, with the header that declares each."""
    in_macros: frozenset[tuple[str, str]]
    """Folder and name of what comes out of the body of a macro: clang gives the place where the macro is used."""
    seen: frozenset[Reference]
    """Every reference into a CUDA header, also those that no table is about."""


def program_folder(path: Path) -> Path:
    """Return the folder that holds all the files of a program."""
    return Path(os.path.commonpath([Path(json.loads(line)["file"]).parent for line in path.open()]))


def is_wanted(reference: dict[str, object]) -> bool:
    """Return whether a reference is to a CUDA name: no member, no operator, no keyword, no name of the C library.

    Keywords of the language (``__global__``) are macros of a header for clang. What clang's own wrapper headers
    declare are the C library's functions, which host code calls too; its builtin variables are CUDA's.
    """
    name, header = str(reference["spelled"]), str(reference["header"])
    if not name or reference["kind"] in _NO_NAMES or str(reference["name"]).startswith("operator"):
        return False
    if reference["kind"] == "MACRO_DEFINITION" and name.startswith("__") and "host_defines" in header:
        return False
    return not header.startswith("__clang_cuda") or header == "__clang_cuda_builtin_vars.h"


def read_truth(paths: Iterable[Path]) -> Truth:
    """Return what clang saw, of files that it read without an error."""
    files: set[str] = set()
    wanted: dict[Reference, str] = {}
    seen: set[Reference] = set()
    in_macros: set[tuple[str, str]] = set()
    for path in paths:
        for line in path.read_text().splitlines():
            unit = json.loads(line)
            if unit["errors"]:
                continue
            files.add(unit["file"])
            for found in unit["refs"]:
                reference = Reference(path=unit["file"], line=found["line"], name=found["spelled"] or found["name"])
                if found["in_macro"]:
                    if is_wanted(found):
                        in_macros.add((str(Path(unit["file"]).parent), found["name"]))
                    continue
                seen.add(reference)
                if is_wanted(found):
                    wanted[reference] = found["header"]
    return Truth(files=frozenset(files), wanted=wanted, seen=frozenset(seen), in_macros=frozenset(in_macros))


@value
class Said:
    """One API reference that portgauge reports."""

    reference: Reference
    rule_id: str
    is_conditional: bool
    is_in_macro: bool


def _facts(root: Path, rulebook: Rulebook, rules: CompiledRules) -> list[FileFacts]:
    tree = discover(root, words=discovery_words(rulebook.discovery), exclude=(), include_vendored=True)
    return [
        read_file(PurePosixPath(str(c.absolute)), str(c.absolute), language=c.language, rules=rules, with_tree=True)
        for c in tree.candidates
        if c.language in ("cuda", "c", "c++")
    ]


def _is_api(site: Site, rulebook: Rulebook) -> bool:
    table, _, symbol = site.rule_id.partition("/")
    known = rulebook.tables.get(table)
    if known is None:
        return rulebook.unlisted is not None and site.rule_id == rulebook.unlisted.rule_id
    return known.kind == "api" and known.row(known.index[symbol])["kind"] != "include"


def said_in(root: Path, *, rulebook: Rulebook, rules: CompiledRules) -> Iterator[Said]:
    """Yield the API references that portgauge finds in one program."""
    for site in own_sites(_facts(root, rulebook, rules)):
        if _is_api(site, rulebook):
            name = str(site.fact("name") or site.match).rsplit("::", 1)[-1]
            yield Said(
                reference=Reference(path=str(site.path), line=site.location.line, name=name),
                rule_id=site.rule_id,
                is_conditional=bool(site.guards),
                is_in_macro=site.fact("in_macro") is not None,
            )


def _table(rows: Sequence[tuple[str, int]], head: str) -> str:
    return f"| {head} | places |\n|---|---|\n" + "".join(f"| {name} | {count} |\n" for name, count in rows)


@value
class Compared:
    """What portgauge says beside what clang saw."""

    missed: tuple[str, ...]
    wrong: tuple[Said, ...]
    """Said, and not seen by clang although nothing keeps the line from being compiled."""
    wanted: int
    right: int
    apart: int
    in_macros: int
    found_in_macros: int
    """Of the names that clang sees come out of a macro, how many are found in one of the same file."""
    wanted_in_macros: int

    @property
    def builtins(self) -> int:
        """How many of the wrong ones are builtins of the compiler, which no header declares."""
        return sum(each.reference.name.startswith("__") for each in self.wrong)

    @property
    def judged(self) -> int:
        """How many of the names found are scored."""
        return self.right + len(self.wrong) - self.builtins

    @property
    def recall(self) -> float:
        """Share of the names that clang sees, 0 to 1."""
        return (self.wanted - len(self.missed)) / self.wanted

    @property
    def recall_in_macros(self) -> float:
        """Share of the names that come out of macros, 0 to 1."""
        return self.found_in_macros / max(1, self.wanted_in_macros)

    @property
    def precision(self) -> float:
        """Share of the names found, 0 to 1."""
        return self.right / self.judged


def compare(truth: Truth, said: Sequence[Said]) -> Compared:
    """Return what was found and what was not, in the files that clang read."""
    said = [each for each in said if each.reference.path in truth.files]
    ours = {each.reference for each in said}
    judged = [each for each in said if not each.is_in_macro]
    unseen = [each for each in judged if each.reference not in truth.seen]
    return Compared(
        missed=tuple(f"`{r.name}` ({header})" for r, header in truth.wanted.items() if r not in ours),
        wrong=tuple(each for each in unseen if not each.is_conditional),
        wanted=len(truth.wanted),
        right=len(judged) - len(unseen),
        apart=sum(each.is_conditional for each in unseen),
        in_macros=len(said) - len(judged),
        found_in_macros=len(
            truth.in_macros
            & {(str(Path(each.reference.path).parent), each.reference.name) for each in said if each.is_in_macro}
        ),
        wanted_in_macros=len(truth.in_macros),
    )


def codebase_rows(codebases: Sequence[tuple[str, Truth, Compared]]) -> str:
    """Return the table of whole codebases; empty when none was read."""
    if not codebases:
        return ""
    rows = "".join(
        f"| {name} | {len(truth.files)} "
        f"| {found.recall:.4f} | {found.wanted} | {found.precision:.4f} | {found.judged} |\n"
        for name, truth, found in codebases
    )
    return f"""
## Whole codebases

Files that clang reads without an error, headers with the units that include them.

| codebase | files | recall | n | precision | n |
|---|---|---|---|---|---|
{rows}"""


def results(truth: Truth, found: Compared, *, programs: int, of: int, codebases: str = "") -> str:
    """Return the page that says how many references were found, and which were not."""
    missed, named = Counter(found.missed), Counter(f"`{each.rule_id}`" for each in found.wrong)
    return f"""# API references against clang

{programs} of {of} programs drawn by seed {SEED}, {len(truth.files)} source files that clang 19 reads without an error.
A reference is a name at a line. Names inside `#define` bodies are left out on both sides; they are found by the lexer,
{found.in_macros} of them here.

| what | figure | n |
|---|---|---|
| recall: of the names that clang sees, found | {found.recall:.4f} | {found.wanted} |
| precision: of the names found, seen by clang | {found.precision:.4f} | {found.judged} |
| recall inside `#define` bodies, by folder and name | {found.recall_in_macros:.4f} | {found.wanted_in_macros} |
| not seen by clang, inside a condition (it may not be compiled): scored apart | | {found.apart} |
| builtins of the compiler that no header declares (`__syncthreads`): not scored | | {found.builtins} |

Left out of the truth: members, operators, keywords such as `__global__`, and functions of the C library that clang's
own headers declare again for device code.
{codebases}
## Missed

{_table(missed.most_common(_SHOWN), "name (header)")}
Vector types in headers that name nothing else of CUDA are the known gap: such a header is not taken for CUDA code.

## Found and not seen by clang

{_table(named.most_common(_SHOWN), "rule")}"""


def main(arguments: Sequence[str]) -> int:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--truth", type=Path, required=True, help="folder of PROGRAM.jsonl, made with libclang")
    parser.add_argument(
        "--codebase", action="append", default=[], metavar="NAME=FILE.jsonl", help="a whole codebase; repeatable"
    )
    parser.add_argument("--programs", type=int, default=DRAWN, help="how many to draw; 0 for all")
    options = parser.parse_args(arguments)
    every = sorted(options.truth.glob("*.jsonl"))
    if not every:
        print(f"{options.truth} holds no PROGRAM.jsonl; make them with libclang first", file=sys.stderr)
        return 2
    drawn = sorted(random.Random(SEED).sample(every, options.programs)) if options.programs else every
    truth = read_truth(drawn)
    rulebook = load_rulebook(rules_folder())
    rules = CompiledRules(rulebook)

    def found(truth: Truth, paths: Iterable[Path]) -> Compared:
        roots = map(program_folder, paths)
        return compare(truth, [each for root in roots for each in said_in(root, rulebook=rulebook, rules=rules)])

    whole = []
    for option in options.codebase:
        name, _, path = option.partition("=")
        seen = read_truth([Path(path)])
        whole.append((name, seen, found(seen, [Path(path)])))
    page = results(truth, found(truth, drawn), programs=len(drawn), of=len(every), codebases=codebase_rows(whole))
    RESULTS.write_text(page)
    print(page)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
