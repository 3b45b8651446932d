import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import make_hours
from portgauge.reporting.rounding import (
    ceiling_words,
    effort,
    hours_words,
    percent,
    rough,
    rough_above,
    time_words,
)


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ((160.0, 345.0), "about 20 person-days (9 in 10 such ports: under 45)"),
        ((159.0, 341.7), "about 20 person-days (9 in 10 such ports: under 45)"),
        ((8.0, 17.2), "about 8 person-hours (9 in 10 such ports: under 18)"),
        ((0.1, 0.2), "under 1 person-hour (9 in 10 such ports: under 1)"),
        ((1.0, 3.0), "about 1 person-hour (9 in 10 such ports: under 3)"),
        ((0.0, 0.0), "no hours"),
        ((12_345.0, 30_000.0), "about 1,500 person-days (9 in 10 such ports: under 3,800)"),
    ],
)
def test_hours_are_worded_without_false_precision(hours: tuple[float, float], words: str) -> None:
    assert effort(make_hours(*hours), hours_per_day=8, team=1, rate=None).words == words


def test_weeks_are_five_days_of_the_whole_team() -> None:
    total = effort(make_hours(400, 800), hours_per_day=8, team=2, rate=None)

    assert (total.weeks_p50, total.weeks) == (5.0, "about 5 weeks with 2 people (9 in 10: under 10)")


def test_money_appears_only_with_a_rate() -> None:
    hours = make_hours(100, 200)

    assert effort(hours, hours_per_day=8, team=1, rate=None).cost == ""
    assert effort(hours, hours_per_day=8, team=1, rate=90).cost_p50 == 9_000


@given(st.floats(1e-6, 1e7))
def test_a_ceiling_is_never_below_the_number(amount: float) -> None:
    assert rough_above(amount) >= amount * (1 - 1e-8)


@given(st.floats(0, 1e7), st.floats(0, 1e7))
def test_rounding_keeps_the_order(one: float, other: float) -> None:
    low, high = sorted((one, other))

    assert rough(low) <= rough(high)


@pytest.mark.parametrize(
    ("share", "words"),
    [(1.0, "100 %"), (0.99999, "99.9 %"), (0.976, "97.6 %"), (0.62, "62 %"), (0.0001, "0.1 %"), (0.0, "0 %")],
)
def test_a_share_says_all_or_nothing_only_when_it_is(share: float, words: str) -> None:
    assert percent(share) == words


def test_table_cells_are_rounded_too() -> None:
    assert [hours_words(h) for h in (0, 0.3, 7.2, 118)] == ["0 h", "under 1 h", "7 h", "120 h"]
    assert [ceiling_words(h) for h in (0, 0.3, 7.2, 118)] == ["0 h", "1 h", "8 h", "120 h"]


def test_a_short_piece_of_work_is_shown_in_minutes() -> None:
    assert [time_words(h) for h in (0, 0.01, 0.58, 1, 2.6)] == ["0 h", "under 1 min", "35 min", "1 h", "2.5 h"]
