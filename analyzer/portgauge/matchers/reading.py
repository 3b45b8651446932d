"""From a file on disk to its facts, with every reason why not."""

import hashlib
from dataclasses import replace
from pathlib import PurePosixPath

from portgauge.discovery.content import MAX_FILE_BYTES, Place, read_place
from portgauge.discovery.encoding import decode_source
from portgauge.discovery.generated import is_generated_text
from portgauge.matchers.compiled import CompiledRules
from portgauge.matchers.facts import FileFacts
from portgauge.matchers.file_scan import C_FAMILY
from portgauge.matchers.scan import scan_file
from portgauge.model.analysis import Problem, Stage
from portgauge.model.component import Reading

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
        identities=(),
        plain_sites=(),
        kernels=(),
        launches=(),
        forwarders=(),
        passed=(),
        includes=(),
        definitions=(),
        calls=(),
        objects=(),
        kin=(),
        masks=frozenset(),
        defined=frozenset(),
        defined_inside=frozenset(),
        device_macros=frozenset(),
        defines=(),
        problems=(Problem(path=path, stage=Stage.PARSING, reason=reason),),
    )


def read_file(
    path: PurePosixPath, place: Place, *, language: str, rules: CompiledRules, with_tree: bool, with_calls: bool = False
) -> FileFacts:
    """Return the facts of one file, as ``scan_file``; what could not be read is a problem in them."""
    try:
        data = read_place(place)
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
        with_calls=with_calls,
    )
    if decoded.text != data:
        # The digest is of the file as it lies there, so that what is kept of it can be found without decoding it.
        facts = replace(facts, sha256=hashlib.sha256(data).hexdigest())
    if not decoded.note or not (facts.sites or facts.is_cuda):
        return facts
    return _with_problem(facts, Problem(path=path, stage=Stage.PARSING, reason=decoded.note))


def _with_problem(facts: FileFacts, problem: Problem) -> FileFacts:
    return replace(facts, problems=(*facts.problems, problem))
