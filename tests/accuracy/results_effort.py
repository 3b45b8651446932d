"""The section of RESULTS.md about hours, and its figures in rules/accuracy.yaml."""

import json
import math
import statistics
from datetime import date

from portgauge.model.base import value

from .effort_scores import DRAWS, NEAR, PortScore, RankedPort, leave_one_out, rank_interval, rank_of, wins
from .effort_truth import FinishedPort
from .texts import table

BEGIN, END = "<!-- effort: begin -->", "<!-- effort: end -->"
CORPUS = "finished ports"
"""Every figure of this part is about these, which tells its figures from others."""
Figure = dict[str, str | int]


@value
class EffortResults:
    """What one run measured about hours."""

    measured: date
    rules_digest: str
    ports: tuple[PortScore, ...]
    missing: tuple[FinishedPort, ...]
    """Not laid out, so not measured."""
    ranked: tuple[RankedPort, ...]
    missing_ranked: int


def _geometric_mean(scores: tuple[PortScore, ...]) -> float:
    return math.exp(statistics.fmean(math.log(score.factor) for score in scores))


def effort_figures(results: EffortResults) -> list[Figure]:
    """Return what reports print about hours."""
    near = sum(score.is_near for score in results.ports)
    factors = ", ".join(f"{score.factor:.2f}" for score in results.ports)
    low, high = rank_interval(results.ranked, by="agent")
    day = results.measured.isoformat()
    constant, sized = leave_one_out(results.ranked)
    return [
        {
            "corpus": f"{len(results.ports)} {CORPUS} in git histories",
            "measure": "effort: person-days guessed from days with commits, by the estimated P50",
            "figure": f"factors {factors}; {near} of {len(results.ports)} within a factor of {NEAR:g}",
            "n": len(results.ports),
            "measured": day,
            "rules": results.rules_digest,
            "note": "A regression check, not an accuracy: the prices were set with these ports in view, and their "
            "person-days are themselves a guess.",
        },
        {
            "corpus": f"{len(results.ranked)} {CORPUS} of coding agents",
            "measure": "rank correlation of the agent's predicted hours with its logged hours",
            "figure": f"{rank_of(results.ranked, by='agent'):.2f} ({low:.2f} to {high:.2f})",
            "n": len(results.ranked),
            "measured": day,
            "rules": results.rules_digest,
            "note": f"The person-hours of the estimate reach {rank_of(results.ranked, by='person'):.2f}, lines of CUDA "
            f"{rank_of(results.ranked, by='lines'):.2f}. Predicting from the lines has a mean error of the logarithm "
            f"of {sized:.2f}, the median alone {constant:.2f} (leave one out).",
        },
    ]


def with_figures(accuracy: str, figures: list[Figure]) -> str:
    """Return accuracy.yaml with these figures in place of earlier ones about finished ports."""
    import yaml

    kept = [figure for figure in yaml.safe_load(accuracy)["figures"] if CORPUS not in figure["corpus"]]
    head = accuracy[: accuracy.index("figures:")]
    lines = [
        "  - " + "\n    ".join(f"{key}: {json.dumps(text, ensure_ascii=False)}" for key, text in figure.items())
        for figure in (*kept, *figures)
    ]
    return f"{head}figures:\n" + "\n".join(lines) + "\n"


def figures_of(accuracy: str) -> list[Figure]:
    """Return the figures about finished ports that a file holds."""
    import yaml

    return [figure for figure in yaml.safe_load(accuracy)["figures"] if CORPUS in figure["corpus"]]


def section_of(text: str) -> str:
    """Return the section about hours; empty when there is none."""
    if BEGIN not in text:
        return ""
    return text[text.index(BEGIN) : text.index(END) + len(END)] + "\n"


def with_section(text: str, section: str) -> str:
    """Return RESULTS.md with this section: in place of the earlier one, else before what may not be concluded."""
    old = section_of(text)
    if old:
        return text.replace(old, section)
    limits = "## What may not be concluded\n"
    return text.replace(limits, f"{section}\n{limits}") if limits in text else f"{text}\n{section}"


def effort_section(results: EffortResults) -> str:
    """Return the section about hours."""
    return "\n".join((BEGIN, _ports(results), _rank(results), END)) + "\n"


def _ports(results: EffortResults) -> str:
    scores = results.ports
    near = sum(score.is_near for score in scores)
    missing = "".join(
        f"Not measured, as no checkout was there: {port.name} ({port.repository} at {port.commit}, "
        f"{port.observed_days:g} days).\n"
        for port in results.missing
    )
    rows = [
        (
            score.port.name,
            score.port.mode.value,
            score.verdict,
            f"{score.cuda_lines:,}",
            f"{score.whole_days:.1f}",
            f"{score.days:.1f}",
            f"{score.p90_days:.1f}",
            f"{score.port.observed_days:g}",
            f"{score.factor:.2f}",
            score.port.scope,
        )
        for score in scores
    ]
    return (
        "## Hours: finished ports\n\n"
        f"Measured on {results.measured} with the rules of digest `{results.rules_digest}` by "
        "`python -m tests.accuracy.effort_run`.\n"
        "A regression check, not an accuracy: whoever set the prices knew these ports, the inputs (scope, tests, "
        "kernels to tune) were set with hindsight, and the observed person-days are 1.4 times the days on which an "
        "author committed; 1.0 and 2.0 times are as defensible.\n"
        "Each is scanned as it was before the port, on the headline GPU, with the settings that the port had; "
        "what the port left out is taken off in the second column of days.\n"
        f"{near} of {len(scores)} are within a factor of {NEAR:g}; the geometric mean of observed by estimated is "
        f"{_geometric_mean(scores):.2f}.\n"
        f"{missing}\n"
        + table(
            (
                "port", "way of working", "verdict", "CUDA lines", "P50 of the scan, days", "P50 in scope, days",
                "P90 in scope", "observed days", "observed by P50", "scope",
            ),
            rows,
        )
    )  # fmt: skip


def _rank(results: EffortResults) -> str:
    ranked = results.ranked
    constant, sized = leave_one_out(ranked)
    words = {
        "agent": "the agent's hours, as predicted",
        "person": "person-hours of the estimate, agent at work",
        "lines": "lines of CUDA, as the truth counts them",
    }
    rows = []
    for by, name in words.items():
        low, high = rank_interval(ranked, by=by)
        beats = "–" if by == "lines" else f"{wins(ranked, by=by)} of {DRAWS:,}"
        rows.append((name, f"{rank_of(ranked, by=by):.2f} ({low:.2f} to {high:.2f})", beats))
    missing = f" {results.missing_ranked} more were not laid out." if results.missing_ranked else ""
    return (
        "\n### Order of agent ports\n\n"
        f"Logged hours of an agent until tests passed on one GPU, n = {len(ranked)}.{missing}\n"
        "Gaps between log entries count 45 minutes at most. These are no person-hours: what people pay for (build, CI, "
        "libraries, proof) is no large part of them, so the person-hours order them badly.\n"
        "Resampled ports, 95 %; a figure beats the lines in so many resamples.\n\n"
        + table(("figure", "Spearman with the logged hours", "beats lines of CUDA in"), rows)
        + "\nThe slope of the agent's hours was fitted on these very ports, so its order is that of their code lines "
        "as scanned, and in sample.\n"
        f"Leave one out, mean error of the logarithm of the hours: {constant:.2f} for the median of the others, "
        f"{sized:.2f} with the code lines.\n"
        "Tried on 33 of these ports beside the lines and not used: hand-written PTX, wave-size classes and the number "
        "of obstacle classes, as the scan finds them, came no nearer to the hours; blockers did (0.58 against 0.62), "
        "but four ports show one.\n"
        "Compile runs came out nearer with the lines and the number of obstacle classes (0.54 against 0.60, n = 31), "
        "which is not used yet. For tokens nothing came nearer than the median (0.33, n = 24), so they are not "
        "shifted.\n"
    )
