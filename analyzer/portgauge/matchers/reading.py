"""From a file on disk to its facts, with every reason why not."""

import os
import stat
from dataclasses import replace
from pathlib import PurePosixPath

from portgauge.discovery.encoding import decode_source
from portgauge.discovery.generated import is_generated_text
from portgauge.matchers.compiled import CompiledRules
from portgauge.matchers.facts import FileFacts
from portgauge.matchers.file_scan import C_FAMILY
from portgauge.matchers.scan import scan_file
from portgauge.model.analysis import Problem, Stage
from portgauge.model.component import Reading

MAX_FILE_BYTES = 16_000_000
"""Larger files are not read at all: they are data, not code that somebody ports."""
_HEAD_BYTES = 1024


def not_read(path: PurePosixPath, reason: str, *, is_cuda: bool | None = None) -> FileFacts:
    """Return the facts of a file that could not be read; it counts as CUDA when its name says so."""
    return FileFacts(
        path=path,
        reading=Reading.NOT_READ,
        is_cuda=path.suffix in (".cu", ".cuh") if is_cuda is None else is_cuda,
        is_generated=False,
        code_lines=0,
        degraded_bytes=0,
        sha256="",
        sites=(),
        plain_sites=(),
        kernels=(),
        launches=(),
        includes=(),
        defined=frozenset(),
        defined_inside=frozenset(),
        defines=(),
        problems=(Problem(path=path, stage=Stage.PARSING, reason=reason),),
    )


def _bytes_of(absolute: str) -> bytes:
    """Return the content; a pipe or device that has taken the file's place is refused, not waited for."""
    descriptor = os.open(absolute, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("it is no regular file any more")
        return stream.read(MAX_FILE_BYTES + 1)


def read_file(path: PurePosixPath, absolute: str, *, language: str, rules: CompiledRules, with_tree: bool) -> FileFacts:
    """Return the facts of one file; what could not be read is a problem in them."""
    try:
        data = _bytes_of(absolute)
    except OSError as error:
        return not_read(path, f"cannot be read: {error.strerror or error}")
    decoded = decode_source(data, max_bytes=MAX_FILE_BYTES)
    if not decoded.is_text:
        return not_read(path, decoded.reason)
    facts = scan_file(
        path,
        decoded.text,
        language=language,
        rules=rules,
        is_generated=language in C_FAMILY and is_generated_text(decoded.text[:_HEAD_BYTES]),
        with_tree=with_tree,
    )
    if not decoded.note or not (facts.sites or facts.is_cuda):
        return facts
    return _with_problem(facts, Problem(path=path, stage=Stage.PARSING, reason=decoded.note))


def _with_problem(facts: FileFacts, problem: Problem) -> FileFacts:
    return replace(facts, problems=(*facts.problems, problem))
