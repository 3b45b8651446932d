"""What one file held, kept between runs: found again by content, whatever the file is called now.

Facts depend on the bytes of a file, its language, its suffix, what the rules look for, and the code that reads it; on
the rest of its path only where they name it. So a digest of those five is the key, and the path is put in when facts
are taken out. Each content is thus read once in each way, however many folders, branches and revisions hold it.
"""

import hashlib
import pickle
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath

from portgauge.cache.store import PayloadStore
from portgauge.discovery.content import MAX_FILE_BYTES, Blob, Place, read_place
from portgauge.matchers.facts import FileFacts
from portgauge.matchers.sites import fingerprint_of
from portgauge.model.component import Reading
from portgauge.model.finding import Site
from portgauge.model.kernel import Kernel, KernelLaunch
from portgauge.model.location import Location
from portgauge.rulebook.rulebook import Rulebook
from portgauge.rulebook.table import Table

_PARSERS = ("tree-sitter", "tree-sitter-cuda", "tree-sitter-cmake", "tree-sitter-python", "PyYAML")
_ROOMS = ("discovery", "matchers", "model", "parsing")
"""The code that makes facts of bytes, with its limits."""
_PICKLE_PROTOCOL = 5


def matching_digest(rulebook: Rulebook) -> str:
    """Return a digest of everything that decides what is found in a file; prices and judgements do not."""
    digest = hashlib.sha256()
    for name in sorted(rulebook.patterns):
        rule = rulebook.patterns[name]
        digest.update(_canonical((name, rule.look_for, rule.confidence)).encode())
    for name in sorted(rulebook.tables):
        digest.update(_canonical((name, _looked_for(rulebook.tables[name]))).encode())
    parts = (rulebook.unlisted, rulebook.shapes, rulebook.vendors, rulebook.libraries.by_name)
    digest.update(_canonical(parts).encode())
    return digest.hexdigest()


def _looked_for(table: Table) -> object:
    # The rows of an API table are many, and only their symbols and kinds are looked for: its digest says both.
    rows: object = table.digest if table.kind == "api" else (table.columns, table.rows)
    return (
        table.kind,
        rows,
        table.confidence,
        table.language_keywords,
        table.builtin_variables,
        table.plain_names_need_context,
        table.distinct_names,
        table.needs_include,
        table.not_matched,
    )


def _canonical(part: object) -> str:
    """Return a text that is equal for equal values, in every process; sets have no order of their own."""
    match part:
        case Enum():
            return repr(part.value)
        case re.Pattern():
            return f"re:{part.pattern!r}/{part.flags}"
        case frozenset() | set():
            return "{" + ",".join(sorted(_canonical(inner) for inner in part)) + "}"
        case Mapping():
            return "{" + ",".join(sorted(f"{_canonical(k)}:{_canonical(v)}" for k, v in part.items())) + "}"
        case list() | tuple():
            return "(" + ",".join(_canonical(inner) for inner in part) + ")"
        case None | bool() | int() | float() | str() | bytes():
            return repr(part)
    if is_dataclass(part):
        return type(part).__name__ + _canonical({f.name: getattr(part, f.name) for f in fields(part)})
    raise TypeError(f"no canonical text for {type(part).__name__}")


def reader_digest() -> str:
    """Return a digest of the code and the parsers that make facts of bytes."""
    digest = hashlib.sha256()
    package = Path(__file__).resolve().parents[1]
    for room in _ROOMS:
        for module in sorted((package / room).glob("*.py")):
            digest.update(module.name.encode() + b"\0" + module.read_bytes() + b"\0")
    for parser in _PARSERS:
        try:
            digest.update(f"{parser} {version(parser)}".encode())
        except PackageNotFoundError:
            digest.update(parser.encode())
    return digest.hexdigest()


def at_path(facts: FileFacts, path: PurePosixPath) -> FileFacts:
    """Return the facts of a file of the same content that is called ``path``."""
    if facts.path == path:
        return facts

    def moved(location: Location) -> Location:
        return replace(location, path=path)

    def site_at_path(site: Site, identity: str) -> Site:
        return replace(site, location=moved(site.location), fingerprint=fingerprint_of(path, identity))

    def kernel_at_path(kernel: Kernel) -> Kernel:
        return replace(kernel, location=moved(kernel.location))

    def launch_at_path(launch: KernelLaunch) -> KernelLaunch:
        return replace(launch, location=moved(launch.location))

    return replace(
        facts,
        path=path,
        sites=tuple(map(site_at_path, facts.sites, facts.identities)),
        kernels=tuple(map(kernel_at_path, facts.kernels)),
        launches=tuple(replace(found, launch=launch_at_path(found.launch)) for found in facts.launches),
        forwarders=tuple(replace(found, launch=launch_at_path(found.launch)) for found in facts.forwarders),
        passed=tuple(replace(found, location=moved(found.location)) for found in facts.passed),
        problems=tuple(replace(problem, path=path) for problem in facts.problems),
    )


class KeptFacts:
    """The facts of files read before, in this run or an earlier one."""

    def __init__(self, rulebook: Rulebook, *, folder: Path | None) -> None:
        self._store = PayloadStore(folder) if folder is not None else None
        self._common = f"{matching_digest(rulebook)} {reader_digest()}"
        self._digests: dict[str, str] = {}
        self._in_memory: dict[str, FileFacts] = {}
        self._at_paths: dict[tuple[str, str, PurePosixPath, bool], FileFacts] = {}

    def content_digest(self, place: Place) -> str | None:
        """Return the sha256 of a file's bytes; None when it cannot be read or is too large to be."""
        known = self._digests.get(place.id) if isinstance(place, Blob) else None
        if known is not None:
            return known
        try:
            data = read_place(place)
        except OSError:
            return None
        if len(data) > MAX_FILE_BYTES:
            return None
        digest = hashlib.sha256(data).hexdigest()
        if isinstance(place, Blob):
            self._digests[place.id] = digest
        return digest

    def find(
        self, path: PurePosixPath, content_digest: str, *, language: str, with_calls: bool = False
    ) -> FileFacts | None:
        """Return what a file of this content and language holds, None when it was not read before in this way."""
        place = (content_digest, language, path, with_calls)
        placed = self._at_paths.get(place)
        if placed is not None:
            return placed
        key = self._key(content_digest, language, path, with_calls=with_calls)
        facts = self._in_memory.get(key)
        if facts is None and self._store is not None:
            payload = self._store.read(key)
            facts = _unpacked(payload) if payload is not None else None
            if facts is not None:
                self._in_memory[key] = facts
        if facts is None:
            return None
        # The same value each time: what is worked out from a file of one revision holds for the next.
        return self._at_paths.setdefault(place, at_path(facts, path))

    def keep(self, facts: FileFacts, *, language: str, with_calls: bool = False) -> None:
        """Keep what a file holds; what could not be read is tried again by the next run."""
        if facts.reading is Reading.NOT_READ or not facts.sha256:
            return
        key = self._key(facts.sha256, language, facts.path, with_calls=with_calls)
        self._in_memory[key] = facts
        if self._store is not None:
            self._store.write(key, pickle.dumps(facts, protocol=_PICKLE_PROTOCOL))

    def finish(self) -> None:
        """Bring what is kept between runs below its limit."""
        if self._store is not None:
            self._store.trim()

    def _key(self, content_digest: str, language: str, path: PurePosixPath, *, with_calls: bool) -> str:
        parts = (self._common, language, "calls" if with_calls else "", path.suffix, content_digest)
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _unpacked(payload: bytes) -> FileFacts | None:
    # The payload's digest was checked, and its file belongs to the user: it is what this code wrote.
    try:
        facts = pickle.loads(payload)
    except (pickle.PickleError, EOFError, AttributeError, ImportError, IndexError, TypeError, ValueError):
        return None
    return facts if isinstance(facts, FileFacts) else None
