"""Flagged lines against the lines that human ports changed.

A line is flagged when a finding whose severity is not ``none`` stands on it. A residual line counts as found
only by a finding that is not automatic: a rename does not say that a person has to look. Blank lines and lines
changed for other reasons are neither right nor wrong; for residual lines neither are mechanical ones.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

from portgauge.model.base import value
from portgauge.model.finding import NEVER_COMPILED, Finding
from portgauge.model.rule import Automation, FailureMode, Severity

from .labels import LabelledFile
from .measures import Counted, add_up, interval, spearman

LONGEST_SPAN_LINES = 40
"""A finding over more lines is about a whole kernel or file; it marks its first line only."""


@value
class FlaggedLines:
    """The lines of one file that findings stand on."""

    every: frozenset[int] = frozenset()
    not_automatic: frozenset[int] = frozenset()
    must_change: frozenset[int] = frozenset()
    """Of those, the lines with a finding that says that the code does not compile."""


@value
class ProgramScore:
    """What was found in one program."""

    program: str
    code_lines: int
    changed_lines: int
    residual_lines: int
    flagged_lines: int
    flagged_not_automatic: int
    changed: Counted
    residual: Counted
    mechanical_flagged_as_work: int
    """Mechanical lines with a finding that is not automatic: ignored in ``residual``, told beside it."""
    left_as_is: int = 0
    """Of the wrong lines of ``residual``, those whose findings say that the code compiles: a hazard that stayed."""


@value
class RuleScore:
    """On how many lines one rule is right and wrong; a line counts for every rule that flags it."""

    rule_id: str
    right: int
    wrong: int
    examples_wrong: tuple[str, ...]


def findings_that_flag(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that ask for something, in code that a build for AMD compiles."""
    return [
        finding
        for finding in findings
        if finding.severity is not Severity.NONE and finding.covered_by != NEVER_COMPILED
    ]


def lines_of(finding: Finding) -> range:
    """Return the lines that a finding marks."""
    location = finding.site.location
    is_too_long = location.end_line - location.line >= LONGEST_SPAN_LINES
    return range(location.line, (location.line if is_too_long else location.end_line) + 1)


def count_long_spans(findings: Iterable[Finding]) -> int:
    """Return how many findings were cut to their first line."""
    return sum(f.site.location.end_line - f.site.location.line >= LONGEST_SPAN_LINES for f in findings)


def flagged_lines(findings: Iterable[Finding]) -> dict[str, FlaggedLines]:
    """Return the flagged lines by path."""
    every: dict[str, set[int]] = {}
    not_automatic: dict[str, set[int]] = {}
    must_change: dict[str, set[int]] = {}
    for finding in findings_that_flag(findings):
        path = str(finding.site.path)
        every.setdefault(path, set()).update(lines_of(finding))
        if finding.automation is not Automation.AUTOMATIC:
            not_automatic.setdefault(path, set()).update(lines_of(finding))
            if finding.failure_mode is FailureMode.COMPILE_ERROR:
                must_change.setdefault(path, set()).update(lines_of(finding))
    return {
        path: FlaggedLines(
            every=frozenset(lines),
            not_automatic=frozenset(not_automatic.get(path, ())),
            must_change=frozenset(must_change.get(path, ())),
        )
        for path, lines in every.items()
    }


def count_lines(flagged: frozenset[int], *, wanted: frozenset[int], ignored: frozenset[int]) -> Counted:
    """Return the counts of one file; an ignored line is right when it is also wanted, else not counted."""
    return Counted(
        right=len(flagged & wanted),
        wrong=len(flagged - wanted - ignored),
        missed=len(wanted - flagged),
    )


def score_programs(
    files: Sequence[LabelledFile],
    flagged: Mapping[str, FlaggedLines],
    blank: Mapping[str, frozenset[int]],
) -> tuple[ProgramScore, ...]:
    """Return a score for each program, sorted by name."""
    of_program: dict[str, list[LabelledFile]] = {}
    for file in files:
        of_program.setdefault(file.program, []).append(file)
    return tuple(_score(program, of_program[program], flagged, blank) for program in sorted(of_program))


def _score(
    program: str,
    files: Sequence[LabelledFile],
    flagged: Mapping[str, FlaggedLines],
    blank: Mapping[str, frozenset[int]],
) -> ProgramScore:
    found = [(file, flagged.get(file.path, FlaggedLines())) for file in files]
    ignored = {file.path: file.unrelated | blank.get(file.path, frozenset()) for file in files}
    return ProgramScore(
        program=program,
        code_lines=sum(file.code_lines for file in files),
        changed_lines=sum(len(file.changed) for file in files),
        residual_lines=sum(len(file.residual) for file in files),
        flagged_lines=sum(len(lines.every) for _, lines in found),
        flagged_not_automatic=sum(len(lines.not_automatic) for _, lines in found),
        changed=add_up(
            [count_lines(lines.every, wanted=file.changed, ignored=ignored[file.path]) for file, lines in found]
        ),
        residual=add_up(
            [
                count_lines(lines.not_automatic, wanted=file.residual, ignored=ignored[file.path] | file.mechanical)
                for file, lines in found
            ]
        ),
        mechanical_flagged_as_work=sum(len(lines.not_automatic & file.mechanical) for file, lines in found),
        left_as_is=sum(
            len(lines.not_automatic - lines.must_change - file.changed - ignored[file.path]) for file, lines in found
        ),
    )


@value
class LineScores:
    """All programs together. Counts add lines up; "macro" means the mean over programs."""

    programs: tuple[ProgramScore, ...]

    @property
    def changed(self) -> Counted:
        """Every changed line, found by any finding that flags."""
        return add_up([program.changed for program in self.programs])

    @property
    def residual(self) -> Counted:
        """Residual lines, found by findings that are not automatic."""
        return add_up([program.residual for program in self.programs])

    @property
    def with_residual(self) -> tuple[ProgramScore, ...]:
        """The programs in which a person had to change something."""
        return tuple(program for program in self.programs if program.residual_lines)

    @property
    def without_residual(self) -> tuple[ProgramScore, ...]:
        """The programs that the converter alone ports."""
        return tuple(program for program in self.programs if not program.residual_lines)

    def macro_recall_changed(self) -> float:
        """Return the mean recall of changed lines over programs that have any."""
        return _mean([program.changed.recall for program in self.programs if program.changed_lines])

    def macro_recall_residual(self) -> float:
        """Return the mean recall of residual lines over programs that have any."""
        return _mean([program.residual.recall for program in self.with_residual])

    def detected(self) -> int:
        """Return how many programs with residual lines have a finding that is not automatic."""
        return sum(program.flagged_not_automatic > 0 for program in self.with_residual)

    def falsely_detected(self) -> int:
        """Return how many programs without residual lines have such a finding."""
        return sum(program.flagged_not_automatic > 0 for program in self.without_residual)

    def rank_correlations(self) -> dict[str, float]:
        """Return Spearman's correlation per program of a prediction with what the port changed."""
        changed = [program.changed_lines for program in self.programs]
        residual = [program.residual_lines for program in self.programs]
        flagged = [program.flagged_lines for program in self.programs]
        work = [program.flagged_not_automatic for program in self.programs]
        size = [program.code_lines for program in self.programs]
        return {
            "flagged-changed": spearman(flagged, changed),
            "flagged-residual": spearman(flagged, residual),
            "work-residual": spearman(work, residual),
            "code-changed": spearman(size, changed),
            "code-residual": spearman(size, residual),
        }

    def most_missed(self) -> tuple[ProgramScore, ...]:
        """Return the programs in which residual lines were missed, most missed first."""
        missed = [program for program in self.with_residual if program.residual.missed]
        return tuple(sorted(missed, key=lambda program: (-program.residual.missed, program.program)))

    def intervals(self) -> dict[str, tuple[float, float]]:
        """Return 95 % intervals; programs are resampled whole, since lines of one program are alike."""
        return {
            "changed-precision": interval(self.programs, lambda p: add_up([s.changed for s in p]).precision),
            "changed-recall": interval(self.programs, lambda p: add_up([s.changed for s in p]).recall),
            "residual-precision": interval(self.programs, lambda p: add_up([s.residual for s in p]).precision),
            "residual-recall": interval(self.programs, lambda p: add_up([s.residual for s in p]).recall),
            "residual-macro": interval(self.with_residual, lambda p: _mean([s.residual.recall for s in p])),
        }

    @property
    def left_as_is(self) -> int:
        """Flagged lines that compile on AMD as they stand and that the port left alone."""
        return sum(program.left_as_is for program in self.programs)

    def precision_but_left_as_is(self, counted: Counted) -> float:
        """Return the precision of one of the counts when hazards that a port left are neither right nor wrong."""
        wrong = counted.wrong - self.left_as_is
        return counted.right / (counted.right + wrong) if counted.right + wrong else math.nan

    def without(self, program: str) -> "LineScores":
        """Return the scores with one program left out."""
        return LineScores(programs=tuple(score for score in self.programs if score.program != program))


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else math.nan


def score_rules(
    findings: Iterable[Finding],
    files: Sequence[LabelledFile],
    blank: Mapping[str, frozenset[int]],
    *,
    only_work: bool,
) -> tuple[RuleScore, ...]:
    """Return each rule's right and wrong lines, most wrong first.

    Args:
        findings: What was found.
        files: The truth.
        blank: The blank lines of each file.
        only_work: Score findings that are not automatic against residual lines; else all against changed lines.
    """
    truth = {file.path: file for file in files}
    seen: dict[str, set[tuple[str, int]]] = {}
    for finding in findings_that_flag(findings):
        if str(finding.site.path) in truth and not (only_work and finding.automation is Automation.AUTOMATIC):
            lines = {(str(finding.site.path), line) for line in lines_of(finding)}
            seen.setdefault(finding.site.rule_id, set()).update(lines)
    scores = []
    for rule_id, places in seen.items():
        right: list[tuple[str, int]] = []
        wrong: list[tuple[str, int]] = []
        for path, line in sorted(places):
            file = truth[path]
            wanted = file.residual if only_work else file.changed
            ignored = file.unrelated | blank.get(path, frozenset()) | (file.mechanical if only_work else frozenset())
            if line in wanted:
                right.append((path, line))
            elif line not in ignored:
                wrong.append((path, line))
        examples = tuple(f"{path}:{line}" for path, line in wrong[:3])
        scores.append(RuleScore(rule_id=rule_id, right=len(right), wrong=len(wrong), examples_wrong=examples))
    return tuple(sorted(scores, key=lambda score: (-score.wrong, -score.right, score.rule_id)))
