"""The part of RESULTS.md about HeCBench."""

from collections.abc import Sequence

from portgauge.model.base import value

from . import baselines
from .curve import CurvePoint
from .labels import HECBENCH_COMMIT, HECBENCH_REPOSITORY
from .line_scores import LineScores, RuleScore
from .texts import NOTHING, share, table, with_interval
from .trial import TrialResults, trial_section

OUTLIER = "segsort"
_SHOWN_RULES = 10
_SHOWN_PROGRAMS = 15


@value
class LineResults:
    """Everything that the scan of HeCBench gave."""

    scores: LineScores
    files: int
    unread_files: tuple[str, ...]
    """Scored files that the scan left out or could not read."""
    flagged_findings: int
    long_spans: int
    rules_on_changed: tuple[RuleScore, ...]
    rules_on_residual: tuple[RuleScore, ...]
    curve: tuple[CurvePoint, ...]
    trial: TrialResults
    trial_without_outlier: TrialResults


def hecbench_section(results: LineResults) -> str:
    """Return the section as Markdown, one sentence a line."""
    scores = results.scores.without(OUTLIER)
    return "\n".join(
        (
            "## HeCBench: which lines a port changes\n",
            _what(results, scores),
            _lines_table(scores, results.scores),
            _programs_table(scores),
            _ranks_table(scores),
            "### Precision and recall as fewer findings are believed\n",
            _curve_table(results.curve),
            trial_section(results.trial, results.trial_without_outlier, outlier=OUTLIER),
            "### Where residual lines are missed\n",
            _missed_table(scores),
            "### Which rules are right and wrong\n",
            "A line counts for every rule that flags it; segsort is included here.",
            "Wrong means that the port left the line alone, which is no proof that the advice is wrong.\n",
            "Findings that flag, against changed lines, most wrong lines first:\n",
            _rules_table(results.rules_on_changed),
            "Findings that are not automatic, against residual lines, most wrong lines first:\n",
            _rules_table(results.rules_on_residual),
            "The same, most right lines first:\n",
            _rules_table(tuple(sorted(results.rules_on_residual, key=lambda s: (-s.right, s.wrong, s.rule_id)))),
        )
    )


def _what(results: LineResults, scores: LineScores) -> str:
    unread = (
        f"The scan left {len(results.unread_files)} of the scored files out: {', '.join(results.unread_files[:8])}."
        if results.unread_files
        else "Every scored file was read."
    )
    return (
        f"HeCBench (github.com/{HECBENCH_REPOSITORY} at {HECBENCH_COMMIT}) holds small CUDA programs and a HIP port "
        "of each, made by people.\n"
        f"The {len(results.scores.programs)} programs of `truth/hecbench_dev.csv`, about half of the collection, were "
        "scanned in one go at target gfx90a; the scan sees the CUDA side only.\n"
        f"{results.files:,} source files are scored; build files are not.\n"
        "The truth calls a line *mechanical* where the port changed it as the converter HIPIFY would, and *residual* "
        "where it was changed by hand because of the platform; both are *changed* lines.\n"
        "Lines changed for other reasons and blank lines are neither right nor wrong.\n"
        f"A line is flagged when a finding whose severity is not `none` stands on it; {results.flagged_findings:,} "
        "findings do.\n"
        "A residual line counts as found only by a finding that is not automatic; beside residual lines, mechanical "
        "ones are not counted.\n"
        f"{results.long_spans} findings spanned 40 lines or more and were cut to their first line.\n"
        f"{unread}\n"
        f"The program segsort alone holds about two thirds of all residual lines, so the figures leave it out unless "
        f"they say otherwise ({len(scores.programs)} programs).\n"
        "Intervals resample whole programs (95 %, 2,000 resamples).\n"
        "The converter's own figures are partly circular: its output is what makes a line mechanical.\n"
        f"A tool that reads lines alone reaches a recall of about {baselines.RECALL_CEILING} on residual lines here.\n"
        "The construct table is a list of words whose threshold was fitted on these very rows; its figures flatter it, "
        "and other thresholds give a precision of 0.93 at a recall of 0.38, or 0.18 at 0.73.\n"
    )


def _lines_table(scores: LineScores, every: LineScores) -> str:
    bounds = scores.intervals()

    def base(name: str, measure: str) -> str:
        return str(baselines.HECBENCH[name].get(measure, NOTHING))

    rows = [
        (
            "changed lines, precision",
            with_interval(scores.changed.precision, bounds["changed-precision"]),
            share(every.changed.precision),
            scores.changed.right + scores.changed.wrong,
            base("converter", "changed-precision"),
            NOTHING,
        ),
        (
            "the same, hazards left as is set apart",
            share(scores.precision_but_left_as_is(scores.changed)),
            share(every.precision_but_left_as_is(every.changed)),
            scores.changed.right + scores.changed.wrong - scores.left_as_is,
            NOTHING,
            NOTHING,
        ),
        (
            "changed lines, recall",
            with_interval(scores.changed.recall, bounds["changed-recall"]),
            share(every.changed.recall),
            scores.changed.right + scores.changed.missed,
            base("converter", "changed-recall"),
            NOTHING,
        ),
        (
            "residual lines, precision",
            with_interval(scores.residual.precision, bounds["residual-precision"]),
            share(every.residual.precision),
            scores.residual.right + scores.residual.wrong,
            base("warnings", "residual-precision"),
            base("constructs", "residual-precision"),
        ),
        (
            "the same, hazards left as is set apart",
            share(scores.precision_but_left_as_is(scores.residual)),
            share(every.precision_but_left_as_is(every.residual)),
            scores.residual.right + scores.residual.wrong - scores.left_as_is,
            NOTHING,
            NOTHING,
        ),
        (
            "residual lines, recall",
            with_interval(scores.residual.recall, bounds["residual-recall"]),
            share(every.residual.recall),
            scores.residual.right + scores.residual.missed,
            base("warnings", "residual-recall"),
            base("constructs", "residual-recall"),
        ),
        (
            "residual lines, mean recall of programs",
            with_interval(scores.macro_recall_residual(), bounds["residual-macro"]),
            share(every.macro_recall_residual()),
            len(scores.with_residual),
            base("warnings", "residual-macro"),
            base("constructs", "residual-macro"),
        ),
        (
            "changed lines, mean recall of programs",
            share(scores.macro_recall_changed()),
            share(every.macro_recall_changed()),
            sum(program.changed_lines > 0 for program in scores.programs),
            NOTHING,
            NOTHING,
        ),
    ]
    head = ("measure", "portgauge", "with segsort", "n", "converter", "construct table, in sample")
    note = (
        f"\nBeside that, {sum(p.mechanical_flagged_as_work for p in scores.programs):,} mechanical lines carry a "
        "finding that is not automatic; they are not counted as wrong above.\n"
        f"Of the {scores.residual.wrong:,} lines wrongly flagged as work, {scores.left_as_is:,} compile on AMD as they "
        "stand by the findings themselves: the port left a hazard as it is. That is no proof that it is harmless; of "
        "50 lines that a port left alone and that were read one by one, [READING.md](READING.md) says how many "
        "findings were true.\n"
    )
    return table(head, rows) + note


def _programs_table(scores: LineScores) -> str:
    return table(
        ("programs with a finding that is not automatic", "portgauge", "converter's warnings"),
        [
            (
                "of those with residual lines",
                f"{scores.detected()} of {len(scores.with_residual)}",
                baselines.CONVERTER_DETECTED,
            ),
            (
                "of those without",
                f"{scores.falsely_detected()} of {len(scores.without_residual)}",
                baselines.CONVERTER_FALSELY_DETECTED,
            ),
        ],
    )


def _ranks_table(scores: LineScores) -> str:
    ranks = scores.rank_correlations()
    changed, residual = baselines.SPEARMAN_CHANGED, baselines.SPEARMAN_RESIDUAL
    return table(
        ("Spearman over programs", "with changed lines", "with residual lines"),
        [
            ("portgauge, flagged lines", share(ranks["flagged-changed"]), share(ranks["flagged-residual"])),
            ("portgauge, lines that are not automatic", NOTHING, share(ranks["work-residual"])),
            ("code lines, this run", share(ranks["code-changed"]), share(ranks["code-residual"])),
            *(
                (f"{name}, published", changed.get(name, NOTHING), residual.get(name, NOTHING))
                for name in ("converter's references", "converter's warnings", "code lines")
            ),
        ],
    )


def _curve_table(points: Sequence[CurvePoint]) -> str:
    rows = []
    for point in points:
        scores = point.scores.without(OUTLIER)
        rows.append(
            (
                point.believed,
                share(scores.residual.precision),
                share(scores.residual.recall),
                share(scores.macro_recall_residual()),
                f"{scores.detected()} of {len(scores.with_residual)}",
                f"{scores.falsely_detected()} of {len(scores.without_residual)}",
            )
        )
    head = ("believed", "precision", "recall", "mean recall", "programs detected", "clean programs flagged")
    return "Residual lines, found by findings that are not automatic:\n\n" + table(head, rows)


def _missed_table(scores: LineScores) -> str:
    missed = scores.most_missed()
    rest = missed[_SHOWN_PROGRAMS:]
    rows = [(p.program, p.residual_lines, p.residual.missed, p.residual.wrong) for p in missed[:_SHOWN_PROGRAMS]]
    return (
        f"Residual lines are missed in {len(missed)} of {len(scores.with_residual)} programs that have any:\n\n"
        + table(("program", "residual lines", "of them missed", "lines wrongly flagged as work"), rows)
        + (
            f"\n{sum(p.residual.missed for p in rest)} more in {len(rest)} programs: "
            f"{', '.join(f'{p.program} {p.residual.missed}' for p in rest)}.\n"
            if rest
            else ""
        )
    )


def _rules_table(rules: Sequence[RuleScore]) -> str:
    return table(
        ("rule", "right lines", "wrong lines", "first wrong ones"),
        [(f"`{r.rule_id}`", r.right, r.wrong, "; ".join(r.examples_wrong)) for r in rules[:_SHOWN_RULES]],
    )
