"""The page of ways out beside what happened."""

from builders import make_analysis, make_verdict
from portgauge.model.analysis import VerdictWord

from .routes_run import CASES, line_of, page


def test_a_project_without_a_priced_way_says_so() -> None:
    analysis = make_analysis(verdicts=(make_verdict(word=VerdictWord.BLOCKED),), routes=())

    line = line_of(CASES[0], analysis)

    assert line.startswith("| lc0 | two copied back ends")
    assert line.endswith("| blocked | none has a price | – |")


def test_the_page_holds_a_line_for_each_project() -> None:
    text = page(["| a | b | c | d | e |"], digest="0123456789abcdef")

    assert "`0123456789ab`" in text
    assert text.rstrip().endswith("| a | b | c | d | e |")
