"""The last answer to a question: most revisions of a history have what the one before had."""

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

Name = TypeVar("Name")
Question = TypeVar("Question")
Answer = TypeVar("Answer")


class LastAnswer(Generic[Question, Answer]):
    """Remembers one answer. Questions are compared and not hashed, which is quick where they share their parts."""

    def __init__(self) -> None:
        self._last: tuple[Question, Answer] | None = None

    def to(self, question: Question, work: Callable[[], Answer]) -> Answer:
        """Return the answer to a question: that of before when it is the same question, else what ``work`` finds."""
        if self._last is None or self._last[0] != question:
            self._last = (question, work())
        return self._last[1]


class LastAnswers(Generic[Name, Question, Answer]):
    """Remembers the last answers to one question about each of many, such as the files of a codebase."""

    def __init__(self) -> None:
        self._last: dict[Name, tuple[Question, Answer]] = {}

    def to(self, questions: Mapping[Name, Question], work: Callable[[Name, Question], Answer]) -> dict[Name, Answer]:
        """Return the answer for each name; who is not asked about is forgotten."""
        before = self._last
        self._last = {}
        for name, question in questions.items():
            known = before.get(name)
            is_same = known is not None and known[0] == question
            self._last[name] = known if known is not None and is_same else (question, work(name, question))
        return {name: answer for name, (_, answer) in self._last.items()}
