"""Text to tree: positions as people count them, errors, and what is not given to the grammar."""

from pathlib import PurePosixPath

import pytest

from portgauge.parsing.cuda import ParsedFile, SourceText, TooDifficultError, compile_structure, parse

PATH = PurePosixPath("a.cu")


STRUCTURE = compile_structure({})


def parsed(code: str) -> ParsedFile:
    return parse(SourceText(PATH, code.encode()), STRUCTURE)


def test_columns_count_characters_and_lines_count_from_one() -> None:
    text = "int a;\r\n/* é 𝄞 */ cudaFree(p);\n"
    source = SourceText(PATH, text.encode())
    start = text.encode().index(b"cudaFree")

    place = source.location(start, start + len("cudaFree"))

    assert (place.line, place.column, place.end_line, place.end_column) == (2, 11, 2, 19)


def test_a_stretch_that_ends_with_its_line_ends_on_that_line() -> None:
    source = SourceText(PATH, b"ab\ncd\n")

    place = source.location(0, 3)

    assert (place.line, place.column, place.end_line, place.end_column) == (1, 1, 1, 4)


def test_a_snippet_has_the_line_and_its_neighbours() -> None:
    source = SourceText(PATH, b"one\r\ntwo\nthree\nfour")

    assert (source.snippet(1).first_line, source.snippet(1).lines) == (1, ("one", "two"))
    assert (source.snippet(3).first_line, source.snippet(3).lines) == (2, ("two", "three", "four"))
    assert source.snippet(4).lines == ("three", "four")


def test_a_long_line_is_cut_in_a_snippet() -> None:
    (line,) = SourceText(PATH, "é".encode() * 500).snippet(1).lines

    assert line == "é" * 200


def test_sound_code_has_no_errors() -> None:
    file = parsed("__global__ void k(int* a) { a[threadIdx.x] = 0; }\nvoid f() { k<<<1, 2>>>(a); }\n")

    assert (file.error_bytes(), file.error_lines()) == (0, (0, 0))


def test_errors_are_counted_with_the_line_of_the_first() -> None:
    file = parsed("int a;\nvoid f() { b = @@ 3; }\n")

    assert file.error_lines() == (2, len(file.captures["error"]))
    assert 0 < file.error_bytes() <= len("@@ 3")


def test_captures_come_in_source_order() -> None:
    functions = parsed("".join(f"void f{number}() {{}}\n" for number in range(200))).captures["function"]

    starts = [node.start_byte for node in functions]

    assert starts == sorted(starts)


def test_the_same_text_has_the_same_error_bytes_each_time() -> None:
    code = "void f() { int a = ; }\nvoid g() { b = @@ 3; }\nvoid h() { x ))) y; }\nvoid i() { c(p); @ ; }\n"

    assert len({parsed(code).error_bytes() for _ in range(200)}) == 1


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("x" * 2_000_001, "2,000,001 bytes; the grammar reads up to 2,000,000"),
        ("(" * 1_001, "nested 1,001 deep; the grammar reads up to 1,000"),
        ("#if A\n" * 1_001, "nested 1,001 deep; the grammar reads up to 1,000"),
    ],
)
def test_what_the_grammar_should_not_read_is_refused_with_both_numbers(code: str, reason: str) -> None:
    with pytest.raises(TooDifficultError, match=reason):
        parsed(code)
