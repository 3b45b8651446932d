"""The part of RESULTS.md about whole projects."""

from collections.abc import Sequence

from portgauge.model.base import value

from . import baselines
from .scans import ProjectScan
from .texts import NOTHING, share, table, with_interval
from .verdict_scores import (
    WORDS,
    ClassScore,
    VerdictScores,
    count_word,
    score_blockers,
    score_obstacles,
    score_verdicts,
)

_SHOWN_CLASSES = 50


@value
class VerdictResults:
    """Everything that the scans of the projects gave."""

    scans: tuple[ProjectScan, ...]
    ours: VerdictScores
    rule_a: VerdictScores
    rule_b: VerdictScores
    blockers: ClassScore
    obstacles: ClassScore


def score_scans(scans: Sequence[ProjectScan]) -> VerdictResults:
    """Return the scans scored, ours beside the word searches."""
    projects = [scan.project for scan in scans]
    predictions = {scan.project.repository: scan.prediction for scan in scans}
    return VerdictResults(
        scans=tuple(scans),
        ours=score_verdicts(projects, {name: prediction.word for name, prediction in predictions.items()}),
        rule_a=score_verdicts(projects, {scan.project.repository: scan.words.rule_a() for scan in scans}),
        rule_b=score_verdicts(projects, {scan.project.repository: scan.words.rule_b() for scan in scans}),
        blockers=score_blockers(projects, predictions),
        obstacles=score_obstacles(projects, predictions),
    )


def projects_section(results: VerdictResults) -> str:
    """Return the section as Markdown, one sentence a line."""
    counts = {word: sum(scan.project.word is word for scan in results.scans) for word in WORDS}
    return "\n".join(
        (
            "## Projects: already, portable or blocked\n",
            "Agents tried to port public CUDA projects to AMD GPUs in 2026; `truth/moat_labels_dev.csv` says how "
            "each turned out.",
            "*Already*: an AMD path was in the tree before. *Portable*: it was ported, also where features were left "
            "out. *Blocked*: the effort ran into a wall.",
            f"{len(results.scans)} of them, with an outcome of medium or high confidence, were scanned at the commit "
            "in `truth/moat_sources_dev.csv`, from before the effort's own port, with the default targets.",
            f"The outcomes are {', '.join(f'{counts[word]} {word}' for word in WORDS)}: picked by class, not the "
            "natural mix.",
            f"The verdict of the first target counts ({', '.join(sorted({scan.target for scan in results.scans}))}).",
            "The rules' thresholds for verdicts were chosen on these very projects.",
            "Two plain word searches are what a verdict has to beat; `word_search.py` holds their words.",
            "A: a word of AMD code anywhere means already; else a blocker word in CUDA code (CUTLASS, tensor-core or "
            "Hopper PTX, OptiX, TensorRT) means blocked; else portable.",
            "B: a blocker word and fewer than two files with words of AMD code means blocked; else as A.",
            "They are run on the same checkouts by this command; their published figures are "
            f"{baselines.WORD_RULES['A'][0]} (A) and {baselines.WORD_RULES['B'][0]} (B) right of 74.\n",
            _verdict_table(results),
            _beside_words(results),
            "Confusion (rows: what happened; columns: what portgauge says):\n",
            _confusion_table(results.ours),
            _every_miss(results),
            _classes(results),
        )
    )


def _verdict_table(results: VerdictResults) -> str:
    rows = []
    named = (("portgauge", results.ours), ("word search A", results.rule_a), ("word search B", results.rule_b))
    for title, scores in named:
        rows.append(
            (
                title,
                f"{scores.right} of {len(scores.pairs)}",
                with_interval(scores.accuracy, scores.accuracy_interval()),
                with_interval(scores.macro_f1, scores.macro_f1_interval()),
                *(_three(scores, word) for word in WORDS),
            )
        )
    head = ("", "right", "accuracy", "macro F1", *(f"{word}: precision, recall, F1" for word in WORDS))
    return table(head, rows)


def _beside_words(results: VerdictResults) -> str:
    high = [scan for scan in results.scans if scan.project.confidence == "high"]
    right = sum(scan.prediction.word is scan.project.word for scan in high)
    by_words = sum(scan.words.rule_b() is scan.project.word for scan in high)
    only_ours, only_theirs, chance = results.ours.beside(results.rule_b)
    return (
        f"Of the {len(high)} rows of high confidence portgauge gets {right} right, word search B {by_words}.\n"
        f"{only_ours} rows are right with portgauge and wrong with word search B, {only_theirs} the other way round; "
        f"chance alone splits {only_ours + only_theirs} rows as unevenly or more with a probability of {chance:.2f}.\n"
    )


def _three(scores: VerdictScores, word: object) -> str:
    counted = next(count_word(scores.pairs, known) for known in WORDS if known is word)
    return f"{share(counted.precision)}, {share(counted.recall)}, {share(counted.f1)}"


def _confusion_table(scores: VerdictScores) -> str:
    counted = scores.confusion()
    said_words = [*WORDS, *sorted({said for _, said in scores.pairs} - set(WORDS))]
    return table(("", *said_words), [(true, *(counted.get((true, said), 0) for said in said_words)) for true in WORDS])


def _every_miss(results: VerdictResults) -> str:
    wrong = [scan for scan in results.scans if scan.prediction.word is not scan.project.word]
    better = [s for s in wrong if s.words.rule_b() is s.project.word]
    worse = [s for s in results.scans if s.prediction.word is s.project.word and s.words.rule_b() is not s.project.word]
    shown = [scan for scan in results.scans if {scan.prediction.word, scan.words.rule_b()} != {scan.project.word}]
    return (
        "Every row that portgauge or word search B gets wrong (bold: wrong):\n\n"
        + table(
            ("project", "what happened", "confidence", "portgauge", "word search B", "portgauge's reason"),
            [
                (
                    scan.project.repository,
                    scan.project.outcome,
                    scan.project.confidence,
                    _marked(scan.prediction.word, scan),
                    _marked(scan.words.rule_b(), scan),
                    scan.prediction.why,
                )
                for scan in sorted(shown, key=lambda scan: (scan.project.word, scan.project.repository.lower()))
            ],
        )
        + f"\nportgauge is wrong on {len(wrong)}; word search B is right on {len(better)} of them"
        + (f" ({', '.join(scan.project.project for scan in better)})" if better else "")
        + f".\nportgauge is right on {len(worse)} that word search B gets wrong"
        + (f" ({', '.join(scan.project.project for scan in worse)})" if worse else "")
        + ".\n"
    )


def _marked(word: object, scan: ProjectScan) -> str:
    return str(word) if word is scan.project.word else f"**{word}**"


def _classes(results: VerdictResults) -> str:
    blockers, obstacles = results.blockers, results.obstacles
    words = baselines.BLOCKER_WORDS
    head = ("classes, all in one count", "projects", "precision", "recall", "F1 (95 %)", "at least one right")
    rows = [
        (
            "blockers, portgauge",
            blockers.projects,
            share(blockers.together.precision),
            share(blockers.together.recall),
            with_interval(blockers.together.f1, blockers.f1_interval()),
            f"{blockers.at_least_one_right} of {blockers.projects}",
        ),
        ("blockers, word search", 17, words["precision"], words["recall"], words["f1"], words["at-least-one"]),
        (
            "obstacles, portgauge",
            obstacles.projects,
            share(obstacles.together.precision),
            share(obstacles.together.recall),
            with_interval(obstacles.together.f1, obstacles.f1_interval()),
            f"{obstacles.at_least_one_right} of {obstacles.projects}",
        ),
        ("obstacles, word search", 30, NOTHING, NOTHING, baselines.OBSTACLE_WORDS_F1, NOTHING),
        (
            "obstacles, word search with build-cmake always added",
            30,
            NOTHING,
            NOTHING,
            baselines.OBSTACLE_WORDS_WITH_CMAKE_F1,
            NOTHING,
        ),
    ]
    return "\n".join(
        (
            "### Blockers and obstacles\n",
            "Blockers are scored on blocked projects whatever verdict they got, obstacles on ported ones.",
            "A predicted obstacle that the labels hold as seen in a plan only is neither right nor wrong.",
            "A class in the labels says that the thing was in the port, not that it hurt.",
            "Word searches are published figures; one that always adds build-cmake and leaves out eight classes rarely "
            "noted, both chosen on these rows, reaches an F1 of 0.69.\n",
            table(head, rows),
            "Each blocker class:\n",
            _each(blockers),
            "Each obstacle class:\n",
            _each(obstacles),
        )
    )


def _each(scores: ClassScore) -> str:
    return table(
        ("class", "right", "wrong", "missed"),
        [(name, counted.right, counted.wrong, counted.missed) for name, counted in scores.each[:_SHOWN_CLASSES]],
    )
