"""The last answer is given again only to the same question."""

from portgauge.graph.memory import LastAnswer


def test_the_same_question_is_worked_on_once_and_another_anew() -> None:
    asked: list[str] = []
    answer: LastAnswer[tuple[str, ...], int] = LastAnswer()

    def of(*question: str) -> int:
        def work() -> int:
            asked.append("".join(question))
            return len(question)

        return answer.to(question, work)

    assert [of("a"), of("a"), of("a", "b"), of("a")] == [1, 1, 2, 1]
    assert asked == ["a", "ab", "a"]
