"""The last answer is given again only to the same question."""

from pathlib import PurePosixPath

from portgauge.graph.calls import call_edges
from portgauge.graph.includes import Reach, include_edges
from portgauge.graph.memory import LastAnswer, LastAnswers
from portgauge.matchers.facts import Call, Definition, Include
from portgauge.model.component import Edge


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


def test_only_names_whose_question_is_another_are_worked_out_again() -> None:
    worked: list[str] = []

    def work(name: str, question: int) -> int:
        worked.append(name)
        return question * 10

    answers: LastAnswers[str, int, int] = LastAnswers()

    assert answers.to({"a": 1, "b": 2}, work) == {"a": 10, "b": 20}
    assert answers.to({"a": 1, "b": 3, "c": 4}, work) == {"a": 10, "b": 30, "c": 40}
    assert worked == ["a", "b", "b", "c"]


def test_a_name_that_was_not_asked_about_is_forgotten() -> None:
    worked: list[str] = []
    answers: LastAnswers[str, int, int] = LastAnswers()
    for questions in ({"a": 1}, {"b": 1}, {"a": 1}):
        answers.to(questions, lambda name, question: worked.append(name) or question)  # type: ignore[func-returns-value]

    assert worked == ["a", "b", "a"]


def test_calls_follow_a_function_that_moves_to_another_file_though_the_calling_file_stays() -> None:
    calling = PurePosixPath("a.cpp")
    calls = {calling: (Call(name="run", scopes=(), lines=(3,)),)}

    def edges(home: str) -> list[tuple[str, str]]:
        paths = [calling, PurePosixPath("x.h"), PurePosixPath("y.h")]
        includes = {calling: (_include("x.h", 1), _include("y.h", 2))}
        reach = Reach(include_edges(includes, paths))
        return _ends(call_edges({PurePosixPath(home): (_function("run"),)}, calls, reach=reach))

    assert [edges("x.h"), edges("y.h"), edges("x.h")] == [
        [("a.cpp", "x.h")],
        [("a.cpp", "y.h")],
        [("a.cpp", "x.h")],
    ]


def test_calls_follow_an_include_that_goes_though_no_function_changes() -> None:
    calling, header = PurePosixPath("a.cpp"), PurePosixPath("x.h")
    calls = {calling: (Call(name="run", scopes=(), lines=(3,)),)}

    def edges(*includes: Include) -> list[tuple[str, str]]:
        reach = Reach(include_edges({calling: includes}, [calling, header]))
        return _ends(call_edges({header: (_function("run"),)}, calls, reach=reach))

    assert [edges(_include("x.h", 1)), edges()] == [[("a.cpp", "x.h")], []]


def _include(text: str, line: int) -> Include:
    return Include(text=text, is_quoted=True, line=line, guards=())


def _function(name: str) -> Definition:
    return Definition(name=name, scopes=(), is_member=False, is_hidden=False, is_device=False, line=1)


def _ends(edges: tuple[Edge, ...]) -> list[tuple[str, str]]:
    return [(edge.source, edge.target) for edge in edges]
