"""Payloads kept between runs: a damaged entry is as good as none, and the folder never grows without end."""

import os
import time
import zlib
from pathlib import Path

import pytest

from portgauge.cache.store import PayloadStore

KEY = "ab" + "0" * 62


def entry(folder: Path) -> Path:
    (path,) = (path for path in folder.rglob("*") if path.is_file())
    return path


def test_a_payload_comes_back_as_it_was_written(tmp_path: Path) -> None:
    PayloadStore(tmp_path).write(KEY, b"facts")

    assert PayloadStore(tmp_path).read(KEY) == b"facts"


def test_an_unknown_key_has_no_payload(tmp_path: Path) -> None:
    assert PayloadStore(tmp_path / "missing").read(KEY) is None


@pytest.mark.parametrize(
    "damage", [lambda d: d[:-1], lambda d: d[:40], lambda d: b"", lambda d: d[:50] + b"x" + d[51:]]
)
def test_a_damaged_entry_is_taken_as_missing_and_written_anew(tmp_path: Path, damage: object) -> None:
    store = PayloadStore(tmp_path)
    store.write(KEY, os.urandom(1000))
    path = entry(tmp_path)
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]

    before = store.read(KEY)
    store.write(KEY, b"new")

    assert (before, store.read(KEY)) == (None, b"new")


def test_an_entry_with_a_right_digest_of_no_compressed_text_is_taken_as_missing(tmp_path: Path) -> None:
    import hashlib

    store = PayloadStore(tmp_path)
    store.write(KEY, b"facts")
    entry(tmp_path).write_bytes(hashlib.sha256(b"no zlib").digest() + b"no zlib")

    assert store.read(KEY) is None


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = PayloadStore(tmp_path / "file")

    store.write(KEY, b"facts")
    store.trim()

    assert store.read(KEY) is None


def test_trimming_deletes_what_was_not_used_for_longest(tmp_path: Path) -> None:
    store = PayloadStore(tmp_path, max_bytes=3_500)
    keys = [f"{number:02d}" + "0" * 62 for number in range(4)]
    for age, key in enumerate(keys):
        store.write(key, os.urandom(1_000))
        os.utime(tmp_path / key[:2] / key[2:], (time.time() - age * 100,) * 2)

    store.trim()

    assert [store.read(key) is not None for key in keys] == [True, True, False, False]


def test_trimming_deletes_what_a_killed_run_left_behind(tmp_path: Path) -> None:
    store = PayloadStore(tmp_path)
    store.write(KEY, b"facts")
    left = tmp_path / "ab" / "unfinished-1"
    left.write_bytes(b"half")
    os.utime(left, (0, 0))

    store.trim()

    assert (left.exists(), store.read(KEY)) == (False, b"facts")


def test_a_payload_that_would_grow_without_end_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portgauge.cache.store._MAX_PAYLOAD_BYTES", 1_000)
    PayloadStore(tmp_path).write(KEY, zlib.compress(b"") + b"\0" * 100_000)

    assert PayloadStore(tmp_path).read(KEY) is None
