"""What a compiler refuses after renaming, against the findings that say "does not compile".

The truth is a trial compile of the CUDA programs as HIP by clang with HIP 7.1 headers and ROCm 6.3 libraries, after
every name that a table renames was renamed. So a finding counts when its failure mode is ``compile-error`` and neither
HIPIFY nor a rename is its edit. Findings on ``#include`` lines stay out of the precision: the trial replaces CUDA's
headers.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from portgauge.model.base import value
from portgauge.model.finding import NEVER_COMPILED, Finding
from portgauge.model.rule import Automation, FailureMode, Severity

from .labels import FOLDER
from .line_scores import lines_of
from .measures import Counted
from .texts import share, table

Line = tuple[str, int]
"""A path and a line number in it."""


ROCM = "7.1"
"""What the trial compiled against, so the version that its findings are judged for."""


@value
class TrialError:
    """A line that the compiler refuses."""

    program: str
    path: str
    line: int
    kind: str


@value
class Trial:
    """What the trial compile found."""

    errors: tuple[TrialError, ...]
    """Without echoes of other errors, and without those that no line of a program is behind."""
    programs: frozenset[str]
    """Compiled whole: no unit lacks a header of a third party."""


@value
class TrialResults:
    """Lines with errors found by findings, and findings that are errors."""

    found: Counted
    """``right`` and ``missed`` count lines with errors; ``wrong`` is not used."""
    findings: Counted
    """``right`` and ``wrong`` count lines with findings; ``missed`` is not used."""
    missed_kinds: tuple[tuple[str, int], ...]
    wrong_rules: tuple[tuple[str, int], ...]


def read_trial(path: Path = FOLDER / "trial_hecbench_dev.csv") -> Trial:
    """Return the trial compile."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    return Trial(
        errors=tuple(
            TrialError(program=row["program"], path=row["path"], line=int(row["line"]), kind=row["kind"])
            for row in rows
            if row["row"] == "error" and row["primary"] == "1" and row["line"]
        ),
        programs=frozenset(
            row["program"]
            for row in rows
            if row["row"] == "program" and int(row["units"]) > 0 and row["units_incomplete"] == "0"
        ),
    )


def refused_lines(findings: Iterable[Finding], *, renamed: frozenset[str]) -> dict[Line, set[str]]:
    """Return the lines that findings say do not compile, with the rules that say so; ``renamed`` rules do not count."""
    lines: dict[Line, set[str]] = {}
    for finding in findings:
        if (
            finding.failure_mode is FailureMode.COMPILE_ERROR
            and finding.automation is not Automation.AUTOMATIC
            and finding.severity is not Severity.NONE
            and finding.covered_by != NEVER_COMPILED
            and finding.site.rule_id not in renamed
        ):
            for line in lines_of(finding):
                lines.setdefault((str(finding.site.path), line), set()).add(finding.site.rule_id)
    return lines


def score_trial(
    findings: Iterable[Finding],
    trial: Trial,
    *,
    programs: Mapping[str, str],
    includes: frozenset[Line],
    renamed: frozenset[str],
    without: Sequence[str] = (),
) -> TrialResults:
    """Return how the findings and the compiler agree.

    Args:
        findings: What was found.
        trial: What the compiler refuses.
        programs: The program of each path that is scored.
        includes: The lines that are ``#include`` directives.
        renamed: The rules about names that the trial renamed.
        without: Programs left out.
    """
    wanted = {
        (error.path, error.line): error.kind
        for error in trial.errors
        if error.program not in without and error.path in programs
    }
    said = refused_lines(findings, renamed=renamed)
    compiled = {
        line: rules
        for line, rules in said.items()
        if programs.get(line[0]) in trial.programs and programs[line[0]] not in without and line not in includes
    }
    wrong = {line: rules for line, rules in compiled.items() if line not in wanted}
    missed = [kind for line, kind in wanted.items() if line not in said]
    return TrialResults(
        found=Counted(right=len(wanted) - len(missed), wrong=0, missed=len(missed)),
        findings=Counted(right=len(compiled) - len(wrong), wrong=len(wrong), missed=0),
        missed_kinds=tuple(Counter(missed).most_common()),
        wrong_rules=tuple(Counter(rule for rules in wrong.values() for rule in rules).most_common()),
    )


def trial_section(every: TrialResults, without_outlier: TrialResults, *, outlier: str) -> str:
    """Return the part of the page about the trial compile, as Markdown."""
    rows = [
        (
            name,
            f"{results.found.right} of {results.found.right + results.found.missed}: {share(results.found.recall)}",
            f"{results.findings.right} of {results.findings.right + results.findings.wrong}: "
            f"{share(results.findings.precision)}",
        )
        for name, results in ((f"all programs ({outlier} holds most)", every), (f"without {outlier}", without_outlier))
    ]
    kinds = ", ".join(f"{kind} {count}" for kind, count in without_outlier.missed_kinds)
    rules = ", ".join(f"`{rule}` {count}" for rule, count in every.wrong_rules[:8])
    return (
        "### What does not compile\n\n"
        "`truth/trial_hecbench_dev.csv` lists the lines that clang 19 refuses when a program is compiled as HIP, with "
        f"headers of HIP {ROCM} and ROCm 6.3 libraries, after every name that a table renames was renamed.\n"
        "A line counts as found when a finding on it fails to compile and is no rename; echoes of other errors and "
        "files that are not scored are left out.\n"
        "Findings on `#include` lines are left out the other way round, since the trial replaces CUDA's headers.\n"
        "A template that no call instantiates compiles in the trial although it would not.\n\n"
        + table(("programs", "refused lines that a finding names", "findings that are refused"), rows)
        + f"\nMissed without {outlier}, by kind: {kinds}.\n"
        "`ambiguous` lines use an operator for a vector type; the finding stands where the operator is defined.\n"
        f"Findings that compile, by rule: {rules}.\n"
    )
