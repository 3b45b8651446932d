"""One file: bytes in, everything that a rule can say about it out."""

import hashlib
import re
from pathlib import PurePosixPath

from portgauge.matchers.calls import callees_of, definitions_of, uses_of
from portgauge.matchers.compiled import CompiledRules
from portgauge.matchers.constants import may_define_masks
from portgauge.matchers.directives import defines_of
from portgauge.matchers.facts import FileFacts
from portgauge.matchers.file_scan import C_FAMILY, FileScan
from portgauge.matchers.functions import FunctionTable
from portgauge.matchers.sites import finish_sites
from portgauge.matchers.statements import statement_matches
from portgauge.matchers.tree import TreeMatcher
from portgauge.matchers.waves import WaveTable
from portgauge.model.analysis import Stage
from portgauge.model.component import Reading
from portgauge.parsing.cuda import SourceText, TooDifficultError, parse
from portgauge.parsing.embedded import embedded_in_c, embedded_in_python, only_cuda, ptx_file, ptx_modules_in_c
from portgauge.parsing.lexer import count_code_lines
from portgauge.parsing.python_text import read_python

_LINE = re.compile(rb"^[ \t\r\f\v]*+[^\s#]", re.MULTILINE)
"""Where a line begins that is neither empty nor a comment of a script."""


def _read_with_tree(scan: FileScan) -> None:
    """Match every rule against the parsed file.

    Raises:
        TooDifficultError: If the grammar should not read this text.
    """
    parsed = parse(scan.source, scan.rules.query)
    scan.reading = Reading.PARSED
    scan.degraded_bytes = parsed.error_bytes()
    first_error, error_places = parsed.error_lines()
    if scan.degraded_bytes:
        places = "1 place" if error_places == 1 else f"{error_places} places"
        scan.problem(
            Stage.PARSING,
            f"{scan.degraded_bytes:,} of {len(scan.source.data):,} bytes stand in {places} that "
            f"could not be parsed (first at line {first_error}); findings there are less certain",
        )
    TreeMatcher(scan, parsed, scan.words()).run()


def _read_calls(scan: FileScan) -> None:
    """Note the functions and calls of a file in which there is nothing else to find."""
    try:
        parsed = parse(scan.source, scan.rules.query)
    except TooDifficultError:
        return
    table = FunctionTable(parsed, device_macro=scan.rules.device_macro)
    callees = callees_of(parsed)
    waves = WaveTable(table, parsed, scan.rules.shapes, lambda: scan.constants, words=scan.distinct_words)
    scan.definitions = definitions_of(parsed, table, waves, callees)
    scan.uses = uses_of(parsed, table, callees)


def _markers(scan: FileScan) -> None:
    data = scan.source.data
    code: bytes | None = None
    for entry in scan.rules.markers:
        if entry.languages and scan.language not in entry.languages:
            continue
        if not any(literal in data for literal in entry.literals):
            continue
        if code is None:
            # Of Python comments and docstrings are known; elsewhere a mark counts wherever it stands.
            code = read_python(data).code if scan.language == "python" else data
        hits = list(entry.pattern.finditer(code))
        if hits:
            scan.add(
                entry.rule.id,
                hits[0].start(),
                hits[0].end(),
                confidence=entry.rule.confidence,
                facts={"count": len(hits)},
            )


def scan_file(
    path: PurePosixPath,
    data: bytes,
    *,
    language: str,
    rules: CompiledRules,
    is_generated: bool = False,
    with_tree: bool = True,
    with_calls: bool = False,
) -> FileFacts:
    """Return what one file holds. ``data`` is UTF-8, as ``discovery.encoding`` gives it.

    Files outside the C family are only searched for the words of ``grep`` rules. So are files of the C family in which
    no word of CUDA stands; ``with_calls`` finds their functions and calls all the same.
    """
    scan = FileScan(SourceText(path, data), rules, language=language)
    if language not in C_FAMILY:
        scan.forget_code()
        _match_statements(scan)
    if language in C_FAMILY:
        needs_parse = scan.needs_parse()
        scan.match_directives()
        if needs_parse or scan.raw:
            if with_tree:
                try:
                    _read_with_tree(scan)
                except TooDifficultError as difficulty:
                    scan.read_with_lexer(str(difficulty))
            else:
                scan.read_with_lexer("it stopped the parser")
        elif with_calls and with_tree:
            _read_calls(scan)
        if scan.guards.unclosed:
            scan.problem(
                Stage.PARSING,
                f"{scan.guards.unclosed} #if without #endif; conditions around sites may be wrong",
            )
    _embedded(scan)
    scan.match_ignores()
    _markers(scan)
    finished = finish_sites(scan.raw, scan.source, scan.guards, is_c_family=language in C_FAMILY)
    return FileFacts(
        path=path,
        reading=scan.reading,
        is_cuda=language in C_FAMILY and scan.has_cuda_word,
        is_generated=is_generated,
        code_lines=count_code_lines(data) if language in C_FAMILY else _lines(data),
        degraded_bytes=scan.degraded_bytes,
        sha256=hashlib.sha256(data).hexdigest(),
        sites=finished.sites,
        identities=finished.identities,
        plain_sites=finished.plain_sites,
        kernels=scan.kernels,
        launches=tuple(scan.launches),
        forwarders=tuple(scan.forwarders),
        passed=tuple(scan.passed),
        includes=scan.includes,
        definitions=scan.definitions,
        calls=scan.uses.calls,
        objects=scan.uses.objects,
        kin=scan.uses.kin,
        defined=frozenset(scan.defined),
        defined_inside=frozenset(scan.defined_inside),
        masks=frozenset(scan.constants.masks if language in C_FAMILY and may_define_masks(data) else ()),
        device_macros=scan.device_macros,
        defines=defines_of(scan.guards) if language in C_FAMILY else (),
        problems=tuple(scan.problems),
    )


def _embedded(scan: FileScan) -> None:
    """Match the CUDA source and the PTX in the strings of a file; a PTX file is one such text."""
    data = scan.source.data
    match scan.language:
        case "python":
            texts = embedded_in_python(data)
        case "ptx":
            texts = (ptx_file(data),)
            if len(data) > len(texts[0].text):
                read, of = len(texts[0].text), len(data)
                scan.problem(Stage.PARSING, f"{of:,} bytes of PTX; only the first {read:,} are read")
        case language if language in C_FAMILY:
            texts = (*embedded_in_c(data, scan.code_in_strings), *ptx_modules_in_c(data))
        case _:
            texts = ()
    for text in texts:
        if text.is_ptx:
            scan.add_ptx(text)
    if any(not text.is_ptx for text in texts):
        source = SourceText(scan.source.path, only_cuda(texts, data=data), line_starts=scan.source.line_starts)
        inner = FileScan(source, scan.rules, language="cuda")
        inner.match_directives()
        try:
            _read_with_tree(inner)
        except TooDifficultError as difficulty:
            inner.read_with_lexer(str(difficulty))
        scan.take_embedded(inner)
        if scan.language not in C_FAMILY:
            scan.guards = inner.guards


def _match_statements(scan: FileScan) -> None:
    """Match what build files, scripts and packaging say."""
    found = statement_matches(scan.source.path, scan.source.data, language=scan.language, rules=scan.rules)
    for reason in found.problems:
        scan.problem(Stage.PARSING, reason)
    for match in found.matches:
        scan.add_text_match(match)
    for offset, text in found.cuda:
        scan.match_text(text, base=offset, in_macro=None)


def _lines(data: bytes) -> int:
    return len(_LINE.findall(data))
