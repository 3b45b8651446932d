"""Parts that are read when asked for, the tests that rules make on them, and the constants of a file."""

import re

import pytest

from portgauge.matchers.constants import FileConstants
from portgauge.matchers.parts import LazyParts, Surroundings, fits
from portgauge.model.rule import Shape


def shape(**tests: object) -> Shape:
    return Shape(name="call-form", where=({name: (wanted,) for name, wanted in tests.items()},), flow={})  # type: ignore[misc]


def test_a_part_is_read_once_and_only_when_asked_for() -> None:
    read: list[str] = []
    parts = LazyParts({"callee": "f"}, {"second": lambda: read.append("second") or 7, "third": lambda: 1 // 0})

    assert (parts.read("second"), parts.read("second"), dict(parts)) == (7, 7, {"callee": "f", "second": 7})
    assert read == ["second"]


def test_a_part_without_a_value_fits_nothing_and_is_no_fact() -> None:
    parts = LazyParts({}, {"second": lambda: None})

    assert not fits(shape(second="present"), parts)
    assert dict(parts) == {}


@pytest.mark.parametrize(
    ("wanted", "expected"), [(32, True), (31, False), ("present", True), ("re:3.", True), ("re:4.", False)]
)
def test_a_part_is_compared_as_a_value_a_pattern_or_for_being_there(wanted: object, expected: bool) -> None:
    assert fits(shape(first=wanted), {"first": 32}) is expected


def test_a_rule_can_ask_what_the_function_and_the_file_hold_elsewhere() -> None:
    text = b"int a = 1; void f() { vote(); }"
    around = Surroundings({"votes": re.compile(rb"vote")}, text)
    of_f, of_a = (11, len(text)), (0, 10)

    assert fits(shape(function_has="votes"), {}, surroundings=around, span=of_f)
    assert not fits(shape(function_has="votes"), {}, surroundings=around, span=of_a)
    assert fits(shape(function_lacks="votes"), {}, surroundings=around, span=of_a)
    assert fits(shape(file_has="votes"), {}, surroundings=around, span=of_a)
    assert not fits(shape(function_has="votes"), {}, surroundings=around, span=None)


CONSTANTS = FileConstants(
    b"#define TILE 16\n#define LANES (32u)\nconstexpr size_t kBytes = 96 ;\nint other = 5;\n"
    b"static const int kBlock = LANES * TILE;\n#define TWICE (2 * kBlock)\n#define AGAIN AGAIN * 2\n"
    b"#define EITHER TILE * 2\n#define EITHER TILE * 4\n#define FAR TILE * elsewhere\n"
)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("32", 32),
        ("0x1fu", 31),
        ("TILE", 16),
        ("LANES", 32),
        ("2*TILE", 32),
        ("kBytes * 1024", 98304),
        ("(int)TILE", 16),
        ("1 << 5", 32),
        ("TILE + 1", None),
        ("other", None),
        ("kBlock", 512),
        ("2048 / TWICE", 2),
        ("AGAIN", None),
        ("EITHER", None),
        ("FAR", None),
        ("f(2) * 3", None),
    ],
)
def test_the_amount_of_a_number_a_constant_or_a_product(text: str, amount: int | None) -> None:
    assert CONSTANTS.amount(text) == amount
