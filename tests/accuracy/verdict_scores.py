"""Verdicts and their classes against how projects turned out."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from portgauge.model.analysis import VerdictWord
from portgauge.model.base import value

from .labels import LabelledProject
from .measures import Counted, add_up, interval

WORDS = (VerdictWord.ALREADY, VerdictWord.PORTABLE, VerdictWord.BLOCKED)


@value
class Prediction:
    """What portgauge says of one project."""

    word: VerdictWord
    blockers: frozenset[str]
    obstacles: frozenset[str]
    why: str


@value
class ClassScore:
    """Blocker or obstacle classes over some projects, all classes in one count, and each alone."""

    projects: int
    at_least_one_right: int
    together: Counted
    each: tuple[tuple[str, Counted], ...]
    """Most frequent in the truth first."""
    of_project: tuple[Counted, ...]

    def f1_interval(self) -> tuple[float, float]:
        """Return the 95 % interval of F1; projects are resampled whole."""
        return interval(self.of_project, lambda parts: add_up(parts).f1)


Pair = tuple[VerdictWord, VerdictWord]
"""What is true, and what was said."""


def accuracy(pairs: Sequence[Pair]) -> float:
    """Return the share of pairs that agree."""
    return sum(true is said for true, said in pairs) / len(pairs) if pairs else math.nan


def count_word(pairs: Sequence[Pair], word: VerdictWord) -> Counted:
    """Return one word's counts."""
    return Counted(
        right=sum(true is word and said is word for true, said in pairs),
        wrong=sum(true is not word and said is word for true, said in pairs),
        missed=sum(true is word and said is not word for true, said in pairs),
    )


def macro_f1(pairs: Sequence[Pair]) -> float:
    """Return the mean F1 over the words that occur in the truth."""
    scores = [count_word(pairs, word).f1 for word in WORDS if any(true is word for true, _ in pairs)]
    return sum(scores) / len(scores) if scores else math.nan


@value
class VerdictScores:
    """How often a way of judging is right."""

    pairs: tuple[Pair, ...]

    @property
    def right(self) -> int:
        """Number of verdicts that agree with the outcome."""
        return sum(true is said for true, said in self.pairs)

    @property
    def accuracy(self) -> float:
        """Share of verdicts that agree with the outcome."""
        return accuracy(self.pairs)

    @property
    def macro_f1(self) -> float:
        """Mean F1 of the three words."""
        return macro_f1(self.pairs)

    def beside(self, other: "VerdictScores") -> tuple[int, int, float]:
        """Return the rows that only this way gets right, those that only the other does, and a probability.

        The probability is that chance alone splits these rows as unevenly or more (exact sign test, two-sided).
        """
        marks = [
            (pair[0] is pair[1], theirs[0] is theirs[1]) for pair, theirs in zip(self.pairs, other.pairs, strict=True)
        ]
        only_this, only_other = marks.count((True, False)), marks.count((False, True))
        differing = only_this + only_other
        tail = sum(math.comb(differing, k) for k in range(min(only_this, only_other) + 1)) / 2**differing
        return only_this, only_other, min(1.0, 2 * tail)

    def f1(self, word: VerdictWord) -> float:
        """Return F1 of one word."""
        return count_word(self.pairs, word).f1

    def confusion(self) -> Mapping[Pair, int]:
        """Return how often each pair occurs; 0 for those that do not."""
        return Counter(self.pairs)

    def accuracy_interval(self) -> tuple[float, float]:
        """Return the 95 % interval of the accuracy."""
        return interval(self.pairs, accuracy)

    def macro_f1_interval(self) -> tuple[float, float]:
        """Return the 95 % interval of macro F1."""
        return interval(self.pairs, macro_f1)


def score_verdicts(projects: Sequence[LabelledProject], said: Mapping[str, VerdictWord]) -> VerdictScores:
    """Return the scores of the words said, by repository."""
    return VerdictScores(pairs=tuple((project.word, said[project.repository]) for project in projects))


def score_blockers(projects: Sequence[LabelledProject], predictions: Mapping[str, Prediction]) -> ClassScore:
    """Return how well blocker classes are named on projects that are blocked, whatever verdict they got."""
    blocked = [project for project in projects if project.word is VerdictWord.BLOCKED and project.blockers]
    return _score_classes(
        blocked,
        true=lambda project: project.blockers,
        said=lambda project: predictions[project.repository].blockers,
    )


def score_obstacles(projects: Sequence[LabelledProject], predictions: Mapping[str, Prediction]) -> ClassScore:
    """Return how well obstacle classes are named on projects that were ported."""
    return _score_classes(
        [project for project in projects if project.is_ported],
        true=lambda project: project.obstacles,
        said=lambda project: predictions[project.repository].obstacles - (project.weak_obstacles - project.obstacles),
    )


def _score_classes(
    projects: Sequence[LabelledProject],
    *,
    true: Callable[[LabelledProject], frozenset[str]],
    said: Callable[[LabelledProject], frozenset[str]],
) -> ClassScore:
    pairs = [(true(project), said(project)) for project in projects]
    each = [
        (name, _count_class(pairs, name)) for name in sorted({name for pair in pairs for name in pair[0] | pair[1]})
    ]
    each.sort(key=lambda entry: (-(entry[1].right + entry[1].missed), -entry[1].wrong, entry[0]))
    return ClassScore(
        projects=len(pairs),
        at_least_one_right=sum(bool(are & named) for are, named in pairs),
        together=add_up([counted for _, counted in each]),
        each=tuple(each),
        of_project=tuple(_count_project(are, named) for are, named in pairs),
    )


def _count_project(are: frozenset[str], named: frozenset[str]) -> Counted:
    return Counted(right=len(are & named), wrong=len(named - are), missed=len(are - named))


def _count_class(pairs: Sequence[tuple[frozenset[str], frozenset[str]]], name: str) -> Counted:
    return Counted(
        right=sum(name in are and name in named for are, named in pairs),
        wrong=sum(name not in are and name in named for are, named in pairs),
        missed=sum(name in are and name not in named for are, named in pairs),
    )
