"""The last answer to a question: most revisions of a history have what the one before had."""

from collections.abc import Callable
from typing import Generic, TypeVar

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
