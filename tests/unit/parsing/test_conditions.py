"""Preprocessor conditions with three answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portgauge.parsing.conditions import Number, truth


def known(name: str) -> tuple[bool | None, Number]:
    """YES is defined as 1, NO is not defined, VERSION is defined as an unknown number, the rest is unknown."""
    return {"YES": (True, 1), "NO": (False, 0), "VERSION": (True, None)}.get(name, (None, None))


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ("defined(YES)", True),
        ("!defined YES", False),
        ("defined(YES) && defined(OTHER)", None),
        ("defined(NO) && defined(OTHER)", False),
        ("defined(YES) || defined(OTHER)", True),
        ("defined(NO) || defined(OTHER)", None),
        ("VERSION >= 12000", None),
        ("defined(VERSION)", True),
        ("NO >= 530", False),
        ("OTHER(3) || YES", True),
        ("(1 << 3) == 8 && 0x10 == 16", True),
        ("1'000 > 999UL", True),
        ("-1 < 0", True),
        ("5 / 0", None),
        ("0", False),
        ("", None),
        ("(((", None),
        ("YES ? 1 : 0", None),
        ('__has_include("x.h")', None),
    ],
)
def test_a_condition_is_true_false_or_unknown(condition: str, answer: bool | None) -> None:
    assert truth(condition, known) is answer


def test_a_deep_or_long_condition_is_unknown_and_quick() -> None:
    assert truth("!" * 5000 + "YES", known) is None
    assert truth(" || ".join(["NO"] * 5000), known) is None


@given(st.text(max_size=80))
def test_any_text_has_an_answer(text: str) -> None:
    assert truth(text, known) in (True, False, None)


@given(
    st.recursive(
        st.sampled_from(["YES", "NO", "OTHER"]), lambda inner: st.tuples(st.sampled_from(["&&", "||"]), inner, inner)
    )
)
def test_a_negation_turns_the_answer_round(tree: object) -> None:
    def written(node: object) -> str:
        return node if isinstance(node, str) else f"({written(node[1])} {node[0]} {written(node[2])})"  # type: ignore[index]

    answer = truth(written(tree), known)

    assert truth(f"!({written(tree)})", known) is (None if answer is None else not answer)
