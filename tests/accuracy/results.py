"""RESULTS.md and rules/accuracy.yaml: what was measured, and what it does not say."""

import json
from datetime import date

from portgauge.model.base import value

from .labels import HECBENCH_COMMIT
from .results_lines import LineResults, hecbench_section
from .results_verdicts import VerdictResults, projects_section
from .texts import table
from .verdict_scores import ClassScore

_HEAD = """\
# How right portgauge is

Written by `python -m tests.accuracy`; do not edit by hand.
Measured on {measured} with portgauge {version} and the rules of digest `{digest}`.
The digest is over `rules/` without `accuracy.yaml`, which this run writes.
The truth tables stand in `truth/`, the scorers beside them; a run without arguments says which checkouts to get.
Shares are 0 to 1, intervals 95 %.
All figures are in sample: the rules were written with these rows open.
Pages of their own: [names against clang](NAMES.md), [inline PTX](PTX.md), [targets and links against
CMake](GRAPH.md), [the first way out beside what happened](ROUTES.md), [findings judged by reading](READING.md).

{summary}
"""
_LIMITS = (
    "## What may not be concluded\n"
    "\n"
    "These rows were open to everybody who wrote the rules: the figures are in sample, and code that "
    "nobody looked at will score lower.\n"
    "Lines, verdicts and classes say nothing about hours; the section about hours has its own limits.\n"
    "A line that a port left alone is no proof that it works: where a port kept `threadIdx & 31` or a "
    "32-bit mask, it may be wrong on 64 lanes.\n"
    "So right advice can count as wrong here, and no advice was taken back for the score.\n"
    "HeCBench is small benchmark programs by mostly one maintainer: few textures, graphs and driver "
    "calls, no large builds.\n"
    "The projects were picked as popular and tractable, and by class: a share of blocked projects cannot "
    "be read off them.\n"
    '"Ported" means that tests passed on two GPUs, not that the port is fast.\n'
    "\n"
    "## Noise in the truth\n"
    "\n"
    "Mechanical lines: none wrong in a sample of 40 to 50 read by one person.\n"
    "Residual lines: 2 to 8 % wrong in such a sample.\n"
    "Lines taken as unrelated: nearly half of the pairs and deletions in the sample are port work without"
    " a platform word; they are ignored, so nobody is punished for them.\n"
    "Noise caps every line measure near 0.95.\n"
    "Verdicts: up to 3 % wrong among high-confidence already and blocked, about 10 % among medium ones "
    "and between ported and ported with cuts.\n"
    "Obstacle classes: precision about 0.9, recall about 0.8.\n"
)


@value
class Results:
    """One run of the accuracy command."""

    measured: date
    tool_version: str
    rules_digest: str
    lines: LineResults
    verdicts: VerdictResults


def results_text(results: Results) -> str:
    """Return RESULTS.md."""
    head = _HEAD.format(
        measured=results.measured,
        version=results.tool_version,
        digest=results.rules_digest,
        summary=table(
            ("measure", "figure", "n", "on"),
            [(row["measure"], row["figure"], row["n"], row["corpus"]) for row in _figures(results)],
        ),
    )
    return head + hecbench_section(results.lines) + "\n" + projects_section(results.verdicts) + "\n" + _LIMITS


def _in_words(scores: ClassScore) -> str:
    low, high = scores.f1_interval()
    together = scores.together
    return (
        f"precision {together.precision:.2f}, recall {together.recall:.2f}, "
        f"F1 {together.f1:.2f} ({low:.2f} to {high:.2f})"
    )


def _figures(results: Results) -> list[dict[str, str | int]]:
    scores = results.lines.scores.without("segsort")
    bounds = scores.intervals()
    ours, rule_b = results.verdicts.ours, results.verdicts.rule_b
    low, high = ours.accuracy_interval()
    hecbench = f"HeCBench at {HECBENCH_COMMIT[:7]}, {len(scores.programs)} programs, segsort left out"
    projects = f"{len(ours.pairs)} public CUDA projects, picked by outcome"
    in_sample = "The rules were written with these rows open; expect less on other code."
    blockers, obstacles = results.verdicts.blockers, results.verdicts.obstacles

    def figure(corpus: str, measure: str, text: str, n: int, note: str) -> dict[str, str | int]:
        return {
            "corpus": corpus,
            "measure": measure,
            "figure": text,
            "n": n,
            "measured": results.measured.isoformat(),
            "rules": results.rules_digest,
            "note": note,
        }

    def pair(name: str, precision: float, recall: float) -> str:
        at = [bounds[f"{name}-{side}"] for side in ("precision", "recall")]
        return (
            f"precision {precision:.2f} ({at[0][0]:.2f} to {at[0][1]:.2f}), "
            f"recall {recall:.2f} ({at[1][0]:.2f} to {at[1][1]:.2f})"
        )

    return [
        figure(
            hecbench,
            "lines that the human port changed, found by any finding",
            pair("changed", scores.changed.precision, scores.changed.recall),
            scores.changed.right + scores.changed.missed,
            "n is lines. A line that the port left alone counts as wrong, also where the port may be. " + in_sample,
        ),
        figure(
            hecbench,
            "lines changed by hand, found by a finding that is not automatic",
            pair("residual", scores.residual.precision, scores.residual.recall),
            scores.residual.right + scores.residual.missed,
            "n is lines. Reading lines alone reaches a recall of about 0.73 here. " + in_sample,
        ),
        figure(
            hecbench,
            "rank correlation per program of flagged lines with changed lines",
            f"{scores.rank_correlations()['flagged-changed']:.2f}",
            len(scores.programs),
            f"n is programs. Code lines alone give {scores.rank_correlations()['code-changed']:.2f}.",
        ),
        figure(
            projects,
            "verdict: already, portable or blocked",
            f"{ours.right} right: {ours.accuracy:.2f} ({low:.2f} to {high:.2f})",
            len(ours.pairs),
            f"n is projects. A plain word search gets {rule_b.right} right on the same rows. " + in_sample,
        ),
        figure(
            projects,
            "blocker classes named on blocked projects",
            _in_words(blockers),
            blockers.projects,
            f"n is projects. At least one right class on {blockers.at_least_one_right} of {blockers.projects}.",
        ),
        figure(
            projects,
            "obstacle classes named on ported projects",
            _in_words(obstacles),
            obstacles.projects,
            "n is projects. The labels themselves have a recall of about 0.8.",
        ),
    ]


def accuracy_yaml(results: Results) -> str:
    """Return rules/accuracy.yaml; each text is a JSON string, which YAML reads as it stands."""
    lines = [
        "# Measured by `python -m tests.accuracy`, printed in reports; do not edit by hand.",
        "# Brackets hold 95 % intervals. tests/accuracy/RESULTS.md has the rest, the baselines and the misses.",
        "figures:",
    ]
    for figure in _figures(results):
        texts = [f"{key}: {json.dumps(text, ensure_ascii=False)}" for key, text in figure.items()]
        lines.append("  - " + "\n    ".join(texts))
    return "\n".join(lines) + "\n"
