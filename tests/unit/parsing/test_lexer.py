"""Words of C-family text without a grammar."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portgauge.parsing.lexer import bracket_depth, count_code_lines, names_only, tokens, without_comments


def words(text: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text.decode()) for token in tokens(text.encode())]


def test_words_marks_numbers_and_strings_are_told_apart() -> None:
    assert words('k<<<1, 0x1f\'ff>>>(a::b, "c // d"); // e') == [
        ("name", "k"),
        ("mark", "<<<"),
        ("number", "1"),
        ("mark", ","),
        ("number", "0x1f'ff"),
        ("mark", ">>>"),
        ("mark", "("),
        ("name", "a"),
        ("mark", "::"),
        ("name", "b"),
        ("mark", ","),
        ("string", '"c // d"'),
        ("mark", ")"),
        ("mark", ";"),
    ]


@pytest.mark.parametrize(
    "hidden",
    [
        "// one \\\n two\n",
        "/* a\n b */",
        '"a \\" b"',
        'R"(a " b)"',
        'u8R"x(a )" b)x"',
        "'\\''",
        "/* never closed",
        'R"(never closed',
    ],
)
def test_comments_and_strings_are_blanked_at_their_place(hidden: str) -> None:
    text = f"before {hidden}"

    blanked = names_only(text.encode()).decode()

    assert blanked == "before " + "".join("\n" if letter == "\n" else " " for letter in hidden)


def test_strings_stay_when_only_comments_go() -> None:
    assert without_comments(b'a("// b"); // c\n') == b'a("// b");     \n'


def test_lines_with_code_are_counted_without_blanks_and_comments() -> None:
    assert count_code_lines(b'int a;\n\n  // b\n/* c\n d */ int e;\nchar* f = "\\\n";\n') == 4


def test_nesting_is_that_of_the_deepest_bracket_or_condition() -> None:
    assert bracket_depth(b"f((a[{0}]))") == 4
    assert bracket_depth(b"#if A\n# ifdef B\n#endif\n#endif\n#if C\n#endif\n") == 2


@given(st.binary(max_size=300))
def test_blanking_keeps_every_byte_at_its_place(data: bytes) -> None:
    for blanked in (names_only(data), without_comments(data)):
        assert len(blanked) == len(data)
        assert [place for place, byte in enumerate(blanked) if byte == 10] == [
            place for place, byte in enumerate(data) if byte == 10
        ]


@given(st.binary(max_size=300))
def test_tokens_are_slices_of_the_text_in_order(data: bytes) -> None:
    found = list(tokens(data))

    assert all(data[token.start : token.end] == token.text for token in found)
    assert all(left.end <= right.start for left, right in pairwise(found))


@pytest.mark.parametrize("text", ['"', "'", '\\"', "x", "/", "(", "1'"])
def test_hostile_text_is_read_in_linear_time(text: str) -> None:
    started = time.process_time()

    list(tokens(text.encode() * 200_000))
    names_only(text.encode() * 200_000)

    assert time.process_time() - started < 5
