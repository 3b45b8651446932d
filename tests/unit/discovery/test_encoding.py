import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portgauge.discovery.encoding import decode_for_display, decode_source


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_wide_encodings_become_utf8(mark: bytes, encoding: str) -> None:
    decoded = decode_source(mark + "int é = 1; // 𝄞\n".encode(encoding))

    assert decoded.text == "int é = 1; // 𝄞\n".encode()
    assert (decoded.is_text, decoded.encoding, decoded.invalid_bytes) == (True, encoding, 0)
    assert "positions" in decoded.note


def test_the_byte_order_mark_of_utf8_is_taken_off() -> None:
    assert decode_source(codecs.BOM_UTF8 + b"int x;").text == b"int x;"


def test_a_nul_byte_near_the_beginning_means_binary() -> None:
    decoded = decode_source(b"int x;" + b"\0" + b"y" * 100)

    assert not decoded.is_text
    assert "NUL" in decoded.reason


def test_a_nul_byte_far_inside_does_not() -> None:
    assert decode_source(b"x" * 8192 + b"\0").is_text


def test_invalid_utf8_is_kept_and_counted() -> None:
    decoded = decode_source(b"// caf\xe9 \xef\xbf\xbd\n")

    assert decoded.text == b"// caf\xe9 \xef\xbf\xbd\n"
    assert decoded.invalid_bytes == 1
    assert decode_for_display(b"caf\xe9") == "café"


def test_a_cut_off_wide_file_is_read_with_a_note() -> None:
    decoded = decode_source(codecs.BOM_UTF16_LE + "ab".encode("utf-16-le") + b"x")

    assert decoded.text.startswith(b"ab")
    assert decoded.invalid_bytes == 1


def test_a_file_over_the_limit_is_refused_with_both_numbers() -> None:
    decoded = decode_source(b"x" * 1200, max_bytes=1000)

    assert not decoded.is_text
    assert "1,200" in decoded.reason
    assert "1,000" in decoded.reason


@given(st.binary(max_size=300))
def test_any_bytes_decode_without_a_crash(data: bytes) -> None:
    decoded = decode_source(data)

    assert decoded.is_text or not decoded.text
    decode_for_display(decoded.text)


@given(st.text(max_size=100))
def test_text_that_is_valid_utf8_stays_as_it_is(text: str) -> None:
    data = text.replace("\0", "").removeprefix("\ufeff").encode("utf-8", "replace")

    assert decode_source(data).text == data
