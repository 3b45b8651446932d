"""Preprocessor conditions, with three answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portgauge.parsing.conditions import Number, truth

KNOWN: dict[str, tuple[bool | None, Number]] = {"ON": (True, 1), "OFF": (False, 0), "FIVE": (True, 5)}


def answer(condition: str) -> bool | None:
    return truth(condition, lambda name: KNOWN.get(name, (None, None)))


@pytest.mark.parametrize(
    "condition",
    [
        "1",
        "ON",
        "defined(ON)",
        "defined ON",
        "!defined(OFF)",
        "FIVE >= 5 && FIVE < 6",
        "FIVE == 2 + 3",
        "(1 << 2 | 1) == FIVE",
        "0x10u == 16",
        "ON || WHO_KNOWS",
        "-1 < 0",
        "NCCL_VERSION(2, 28, 0) == 22800",
        "FIVE < SOME_VERSION(1)",
    ],
)
def test_a_condition_that_holds(condition: str) -> None:
    assert answer(condition) is True


@pytest.mark.parametrize(
    "condition",
    ["0", "OFF", "!ON", "defined(OFF)", "OFF && WHO_KNOWS", "FIVE > 5", "7 % 7", "OFF >= A_VERSION(2,28,0)"],
)
def test_a_condition_that_does_not(condition: str) -> None:
    assert answer(condition) is False


@pytest.mark.parametrize(
    "condition",
    [
        "WHO_KNOWS",
        "!defined(WHO_KNOWS)",
        "ON && WHO_KNOWS",
        "OFF || WHO_KNOWS",
        "WHO_KNOWS >= 5",
        "1 / 0",
        "1 << 100",
        "",
        "1 +",
        "(1",
        "a b",
        "ON ? 1 : 0",
        "__has_include(<x.h>)",
        "@",
        "(" * 100 + "1" + ")" * 100,
    ],
)
def test_what_is_not_known_or_no_condition_is_unknown(condition: str) -> None:
    assert answer(condition) is None


@given(st.text(alphabet="ON()!&|<>=+-*/%^~1059xud defined,?:'\\\n", max_size=60))
def test_any_text_has_an_answer(condition: str) -> None:
    assert answer(condition) in (True, False, None)
