"""``python -m tests.accuracy --hecbench DIR --moat DIR``: scan, score, write the results down."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from portgauge import __version__
from portgauge.errors import UserError
from portgauge.model.analysis import Inventory
from portgauge.model.component import Reading
from portgauge.pipeline import default_settings, judge_inventory

from . import trial
from .checkouts import check_hecbench, check_projects, folders_to_leave_out, lines_of_file, what_to_get
from .curve import curve
from .keeping import keep_findings, keep_lines, keep_verdicts
from .labels import LabelledFile, LabelledProject, programs_of, read_files, read_projects
from .line_scores import (
    LineScores,
    count_long_spans,
    findings_that_flag,
    flagged_lines,
    score_programs,
    score_rules,
)
from .results import Results, accuracy_yaml, results_text
from .results_effort import figures_of, section_of, with_figures, with_section
from .results_lines import OUTLIER, LineResults
from .results_verdicts import VerdictResults, score_scans
from .scans import RulesInUse, copy_rules, scan, scan_projects
from .trial import TrialResults

TARGET = "gfx90a"
HERE = Path(__file__).parent
ACCURACY_FILE = HERE.parents[1] / "rules" / "accuracy.yaml"


def measure_lines(
    root: Path, files: Sequence[LabelledFile], rules: RulesInUse, *, workers: int, keep: Path | None
) -> LineResults:
    """Scan HeCBench and score its lines."""
    _, blank = check_hecbench(root, files)
    exclude = folders_to_leave_out(root, programs_of(files))
    analysis = scan(root, rules, workers=workers, targets=[TARGET], exclude=exclude)
    findings = analysis.findings_for(TARGET)
    if keep is not None:
        keep_findings(findings, keep)
        keep_lines(findings, files, root, keep)
    read = {str(file.path): file.reading for file in analysis.inventory.files}
    left_out = (Reading.EXCLUDED, Reading.NOT_READ, Reading.NOT_SUPPORTED)
    compared = trial_scorer(root, files, rules, analysis.inventory)
    return LineResults(
        scores=LineScores(programs=score_programs(files, flagged_lines(findings), blank)),
        files=len(files),
        unread_files=tuple(file.path for file in files if read.get(file.path, Reading.NOT_READ) in left_out),
        flagged_findings=len(findings_that_flag(findings)),
        long_spans=count_long_spans(findings_that_flag(findings)),
        rules_on_changed=score_rules(findings, files, blank, only_work=False),
        rules_on_residual=score_rules(findings, files, blank, only_work=True),
        curve=curve(findings, files, blank),
        trial=compared(()),
        trial_without_outlier=compared((OUTLIER,)),
    )


def trial_scorer(
    root: Path, files: Sequence[LabelledFile], rules: RulesInUse, inventory: Inventory
) -> Callable[[Sequence[str]], TrialResults]:
    """Return the comparison with the trial compile, given the programs to leave out; judged for the trial's ROCm."""
    settings = default_settings(rules.rulebook, targets=[TARGET], rocm=trial.ROCM)
    judged = judge_inventory(inventory, rulebook=rules.rulebook, settings=settings, analysed_at=datetime.now(UTC))
    findings = judged.findings_for(TARGET)
    includes = frozenset(
        (file.path, number)
        for file in files
        for number, text in enumerate(lines_of_file(root / file.path), start=1)
        if text.lstrip().startswith("#") and "include" in text
    )
    seen = {finding.site.rule_id for finding in findings}
    renamed = frozenset(
        rule_id
        for rule_id in seen
        if (rule := rules.rulebook.rule(rule_id)) is not None and rule.row.get("target") == "hip"
    )

    def score(without: Sequence[str]) -> TrialResults:
        return trial.score_trial(
            findings,
            trial.read_trial(),
            programs={file.path: file.program for file in files},
            includes=includes,
            renamed=renamed,
            without=without,
        )

    return score


def measure_verdicts(
    root: Path, projects: Sequence[LabelledProject], rules: RulesInUse, *, workers: int, keep: Path | None
) -> VerdictResults:
    """Scan the projects and score the verdicts."""
    for remark in check_projects(root, projects).remarks:
        print(remark, file=sys.stderr)
    scans = []
    for number, found in enumerate(scan_projects(root, projects, rules, workers=workers), start=1):
        scans.append(found)
        print(
            f"{number} of {len(projects)}: {found.project.repository}, {found.seconds:.1f} seconds, "
            f"{found.prediction.word} ({found.project.outcome})",
            file=sys.stderr,
        )
    if keep is not None:
        keep_verdicts(scans, keep)
    return score_scans(scans)


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy", description=__doc__)
    parser.add_argument("--hecbench", default=os.environ.get("PORTGAUGE_HECBENCH"), metavar="DIR")
    parser.add_argument("--moat", default=os.environ.get("PORTGAUGE_MOAT"), metavar="DIR")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="processes that read; 2")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="also write every row there, as JSON lines")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """Return the exit code: 0 when the results were written, 2 when checkouts are missing or wrong."""
    options = _arguments(given)
    files, projects = read_files(), read_projects()
    if not options.hecbench or not options.moat:
        told = "neither" if not options.hecbench and not options.moat else "only one"
        print(what_to_get(told, files, projects), file=sys.stderr)
        return 2
    if options.keep is not None:
        options.keep.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory() as folder:
            rules = copy_rules(Path(folder))
            lines = measure_lines(Path(options.hecbench), files, rules, workers=options.workers, keep=options.keep)
            verdicts = measure_verdicts(Path(options.moat), projects, rules, workers=options.workers, keep=options.keep)
    except UserError as error:
        print(f"python -m tests.accuracy: {error}", file=sys.stderr)
        return 2
    results = Results(
        measured=datetime.now(UTC).date(),
        tool_version=__version__,
        rules_digest=rules.rulebook.digest,
        lines=lines,
        verdicts=verdicts,
    )
    kept = HERE / "RESULTS.md"
    # What `effort_run` measured is no part of this run and stays.
    hours = section_of(kept.read_text(encoding="utf-8")) if kept.is_file() else ""
    hours_figures = figures_of(ACCURACY_FILE.read_text(encoding="utf-8"))
    text = results_text(results)
    kept.write_text(with_section(text, hours) if hours else text, encoding="utf-8")
    ACCURACY_FILE.write_text(with_figures(accuracy_yaml(results), hours_figures), encoding="utf-8")
    print(f"{HERE / 'RESULTS.md'}\n{ACCURACY_FILE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
