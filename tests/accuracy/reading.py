"""``python -m tests.accuracy.reading --code DIR ... --draw N --out FILE``: findings to be judged by reading the code.

Hazards are open findings of pattern rules: no severity ``none``, not covered, and not what the converter writes.
N are drawn by seed, in equal parts from the ten rules with most of them; planted wrong findings stand among them, and
findings on lines that the human ports of HeCBench left alone. The list holds code and message but nothing of how sure
the tool is; that and what is planted stands beside it in ``FILE.key.csv``.
``--score FILE`` takes the judged list, keeps it without source text, and writes READING.md beside this module.
"""

import argparse
import csv
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from portgauge import __version__
from portgauge.errors import UserError
from portgauge.matchers.kept import KeptFacts
from portgauge.model.base import value
from portgauge.model.finding import Finding
from portgauge.model.rule import Automation, Severity
from portgauge.pipeline import default_settings, facts_folder, judge_inventory, take_inventory
from portgauge.resources import rules_folder
from portgauge.rulebook.artifact import load_cached
from portgauge.rulebook.rulebook import Rulebook

from .checkouts import folders_to_leave_out, lines_of_file
from .labels import LabelledFile, programs_of, read_files
from .line_scores import lines_of
from .reading_scores import (
    DRAWN,
    JUDGED_FIELDS,
    KEY_FIELDS,
    LEFT_ALONE,
    PLANTED,
    ROCM,
    TARGET,
    key_of,
    read_judged,
    reading_text,
)

SEED = 20261128
RULES = 10
PLANTED_COUNT = 20
LEFT_ALONE_COUNT = 50
MOST_OF_ONE_FILE = 2
"""Findings of one rule that are drawn from one file, so that no long file decides."""
FAR_LINES = 15
"""A moved message stands at least so far from every finding of its file."""
CONTEXT_BEFORE, CONTEXT_AFTER = 6, 5
HERE = Path(__file__).parent
_QUOTED = re.compile(r"`[^`]*`")


@value
class Candidate:
    """A hazard that may be drawn, in the codebase ``root``."""

    root: Path
    finding: Finding

    @property
    def rule_id(self) -> str:
        """The rule that found it."""
        return self.finding.site.rule_id

    @property
    def file(self) -> Path:
        """The file that it is in."""
        return self.root / self.finding.site.path


@value
class Question:
    """One row of the reading list: is this message true of this line?"""

    candidate: Candidate
    kind: str
    line: int
    message: str

    @property
    def path(self) -> str:
        """Codebase and file."""
        return f"{self.candidate.root.name}/{self.candidate.finding.site.path}"


def scan(root: Path, rulebook: Rulebook, files: Sequence[LabelledFile]) -> tuple[Finding, ...]:
    """Return what is found in ``root``; of HeCBench only the programs whose port is known are read."""
    is_hecbench = (root / files[0].path).is_file()
    inventory = take_inventory(
        root,
        rulebook=rulebook,
        rules_path=rules_folder(),
        exclude=folders_to_leave_out(root, programs_of(files)) if is_hecbench else (),
        worker_count=1,
        kept=KeptFacts(rulebook, folder=facts_folder()),
    )
    settings = default_settings(rulebook, targets=[TARGET], rocm=ROCM)
    analysis = judge_inventory(inventory, rulebook=rulebook, settings=settings, analysed_at=datetime.now(UTC))
    return tuple(analysis.findings_for(TARGET))


def is_hazard(finding: Finding, rulebook: Rulebook) -> bool:
    """Return whether a finding is open and says more than a rename."""
    return (
        finding.site.rule_id in rulebook.patterns
        and finding.severity is not Severity.NONE
        and finding.covered_by is None
        and finding.automation is not Automation.AUTOMATIC
    )


def draw(candidates: Sequence[Candidate], count: int, chance: random.Random) -> list[Candidate]:
    """Return ``count`` of the candidates, few of one rule and file; those first, the rest only to fill up."""
    mixed = chance.sample(list(candidates), len(candidates))
    of_one: Counter[tuple[Path, str]] = Counter()
    first: list[Candidate] = []
    rest: list[Candidate] = []
    for candidate in mixed:
        of_one[candidate.file, candidate.rule_id] += 1
        is_early = of_one[candidate.file, candidate.rule_id] <= MOST_OF_ONE_FILE
        (first if is_early else rest).append(candidate)
    return [*first, *rest][:count]


def draw_by_rule(candidates: Sequence[Candidate], count: int, chance: random.Random) -> list[Candidate]:
    """Return ``count`` candidates in equal parts from the rules with most of them."""
    rules = [rule for rule, _ in Counter(candidate.rule_id for candidate in candidates).most_common(RULES)]
    drawn: list[Candidate] = []
    for place, rule in enumerate(rules):
        wanted = count // len(rules) + (place < count % len(rules))
        drawn += draw([candidate for candidate in candidates if candidate.rule_id == rule], wanted, chance)
    return drawn


def left_alone(candidates: Iterable[Candidate], files: Sequence[LabelledFile]) -> list[Candidate]:
    """Return the candidates of HeCBench on lines that the human port did not change."""
    truth = {file.path: file for file in files}
    return [
        candidate
        for candidate in candidates
        if (file := truth.get(str(candidate.finding.site.path))) is not None
        and all(file.truth_of(line) == "unchanged" for line in lines_of(candidate.finding))
    ]


def _quoting(message: str, text: str) -> str:
    return _QUOTED.sub(lambda _: f"`{text}`", message, count=1)


def _is_statement(text: str) -> bool:
    return len(text.strip()) > 10 and not text.strip().startswith(("//", "*", "/*", "#"))


def moved(candidate: Candidate, taken: Iterable[int], chance: random.Random) -> Question | None:
    """Return a finding's message on a line of its file that is far from all findings; None when there is no such line.

    Args:
        candidate: The finding whose message is moved.
        taken: The lines of all findings of the file, of any severity.
        chance: What to draw by.
    """
    near = {line + step for line in taken for step in range(-FAR_LINES, FAR_LINES + 1)}
    lines = lines_of_file(candidate.file)
    free = [number for number, text in enumerate(lines, 1) if number not in near and _is_statement(text)]
    if not free:
        return None
    line = chance.choice(free)
    message = _quoting(candidate.finding.message, lines[line - 1].strip()[:80])
    return Question(candidate=candidate, kind=PLANTED, line=line, message=message)


def misplaced(candidate: Candidate, place: Candidate) -> Question:
    """Return a finding's message on the line of a finding of another rule, quoting the text that stands there."""
    site = replace(candidate.finding.site, location=place.finding.site.location)
    return Question(
        candidate=Candidate(root=place.root, finding=replace(candidate.finding, site=site)),
        kind=PLANTED,
        line=site.location.line,
        message=_quoting(candidate.finding.message, place.finding.site.match),
    )


def plant(candidates: Sequence[Candidate], taken: Mapping[Path, set[int]], chance: random.Random) -> list[Question]:
    """Return wrong findings: half of them moved, half with another rule's message."""
    planted: list[Question] = []
    for candidate in chance.sample(list(candidates), len(candidates)):
        if len(planted) == PLANTED_COUNT:
            break
        if len(planted) % 2:
            others = [other for other in candidates if other.rule_id != candidate.rule_id]
            planted.append(misplaced(candidate, chance.choice(others)))
        elif (question := moved(candidate, taken[candidate.file], chance)) is not None:
            planted.append(question)
    return planted


def questions_of(
    roots: Sequence[Path], rulebook: Rulebook, files: Sequence[LabelledFile], *, count: int
) -> list[Question]:
    """Return the reading list, sorted by place, so that neighbours say nothing of what is planted."""
    chance = random.Random(SEED)
    candidates: list[Candidate] = []
    taken: dict[Path, set[int]] = defaultdict(set)
    for root in roots:
        for finding in scan(root, rulebook, files):
            taken[root / finding.site.path].update(lines_of(finding))
            if is_hazard(finding, rulebook):
                candidates.append(Candidate(root=root, finding=finding))
    drawn = draw_by_rule(candidates, count, chance)
    chosen = set(map(id, drawn))
    others = [candidate for candidate in candidates if id(candidate) not in chosen]
    alone = draw(left_alone(others, files), LEFT_ALONE_COUNT, chance)
    questions = [
        Question(candidate=c, kind=kind, line=c.finding.site.location.line, message=c.finding.message)
        for kind, part in ((DRAWN, drawn), (LEFT_ALONE, alone))
        for c in part
    ]
    rules = {candidate.rule_id for candidate in drawn}
    questions += plant([candidate for candidate in others if candidate.rule_id in rules], taken, chance)
    return sorted(questions, key=lambda question: (question.path, question.line, question.message))


def context_of(question: Question) -> str:
    """Return twelve numbered lines around the place."""
    lines = lines_of_file(question.candidate.file)
    first = max(1, question.line - CONTEXT_BEFORE)
    last = min(len(lines), question.line + CONTEXT_AFTER)
    return "\n".join(f"{n}{'>' if n == question.line else ' '} {lines[n - 1]}" for n in range(first, last + 1))


def write_list(questions: Sequence[Question], to: Path) -> None:
    """Write the reading list, and beside it the key."""
    with to.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow((*JUDGED_FIELDS, "message", "code"))
        for number, q in enumerate(questions, 1):
            rows.writerow((number, q.path, q.line, q.candidate.rule_id, "", "", q.message, context_of(q)))
    with key_of(to).open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(KEY_FIELDS)
        for number, q in enumerate(questions, 1):
            finding = q.candidate.finding
            rows.writerow((number, q.kind, finding.site.confidence.value, finding.severity.value))


def main(arguments: Sequence[str]) -> int:
    """Draw, or score. Return 0, or 2 for wrong input."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--code", nargs="+", action="extend", type=Path, metavar="DIR", help="checkouts; HeCBench is known by its files"
    )
    parser.add_argument("--draw", type=int, default=200, metavar="N", help="how many findings to draw; 200")
    parser.add_argument("--out", type=Path, metavar="FILE", help="the reading list to write, a CSV file")
    parser.add_argument("--score", type=Path, metavar="FILE", help="the judged list")
    options = parser.parse_args(arguments)
    if bool(options.score) == bool(options.code and options.out):
        parser.error("give either --code and --out, to draw, or --score")
    try:
        if options.score:
            text = reading_text(read_judged(options.score, keep=HERE / "reading.csv"))
            (HERE / "READING.md").write_text(text, encoding="utf-8")
            print(text)
        else:
            rulebook = load_cached(rules_folder(), tool_version=__version__)
            roots = [root.resolve() for root in options.code]
            questions = questions_of(roots, rulebook, read_files(), count=options.draw)
            write_list(questions, options.out)
            print(f"{len(questions)} questions in {options.out}, the key in {key_of(options.out)}")
    except UserError as error:
        print(f"python -m tests.accuracy.reading: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
