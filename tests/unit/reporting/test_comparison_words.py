"""Words of numbers that are read against each other."""

import pytest

from portgauge.reporting.comparison_report import signed_hours
from portgauge.reporting.plain_text import whole_sentences
from portgauge.reporting.rounding import compared_words


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        (31.8, 33.2, ("31.8 h", "33.2 h")),
        (31.8, 31.8, ("30 h", "30 h")),
        (31.8, 60.0, ("30 h", "60 h")),
        (262.0, 266.0, ("262 h", "266 h")),
        (0.0, 0.4, ("0 h", "under 1 h")),
    ],
)
def test_rounding_makes_no_difference_of_its_own(before: float, now: float, words: tuple[str, str]) -> None:
    assert compared_words(before, now) == words


@pytest.mark.parametrize(("hours", "words"), [(1.4, "+1.4 h"), (-0.01, "0 h"), (-8.0, "-8 h"), (31.8, "+30 h")])
def test_a_small_difference_shows_a_tenth_of_an_hour(hours: float, words: str) -> None:
    assert signed_hours(hours) == words


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("One is short.", "One is short."),
        ("One is short. Two would not fit.", "One is short."),
        ("See a.cu for it. Two would not fit.", "See a.cu for it."),
        ("One that is longer than the limit.", "One that is longer …"),
    ],
)
def test_a_text_is_cut_between_sentences(text: str, kept: str) -> None:
    assert whole_sentences(text, limit=20) == kept
