"""Raw matches made into whole sites: position, guards, snippet and fingerprint."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

from portgauge.matchers.facts import PlainName
from portgauge.matchers.guards import GuardTable
from portgauge.model.base import value
from portgauge.model.finding import Site
from portgauge.model.rule import Confidence
from portgauge.parsing.cuda import SourceText
from portgauge.parsing.lexer import without_comments

_MAX_MATCH = 200
_MAX_IDENTITY_BYTES = 16_000
"""Longer matches are told apart by their beginning."""


@value
class RawSite:
    """A match before its file is finished; byte offsets, the end exclusive."""

    rule_id: str
    start: int
    end: int
    confidence: Confidence
    function: str | None
    facts: tuple[tuple[str, str | int], ...]
    plain: PlainName | None
    """Set when the site falls away if the codebase defines this name itself."""
    extent: int = 0
    """Where the place ends when that is behind the match."""


@value
class FinishedSites:
    """The sites of one file, sorted by place and rule."""

    sites: tuple[Site, ...]
    identities: tuple[str, ...]
    """What each site is apart from the file that it is in."""
    plain_sites: tuple[tuple[PlainName, int], ...]
    """Name and index into ``sites`` of those that hang on a name."""


def fingerprint_of(path: PurePosixPath, identity: str) -> str:
    """Return the fingerprint of a site from its file and its identity within it."""
    return _digest(str(path), identity)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:20]


def _spelling(text: str, *, is_c_family: bool) -> str:
    """Return what a match says, whatever its indentation, line ends and comments."""
    if is_c_family and "/" in text:
        text = without_comments(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")
    elif not is_c_family and "#" in text:
        text = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return " ".join(text.split())


def finish_sites(raw: Sequence[RawSite], source: SourceText, guards: GuardTable, *, is_c_family: bool) -> FinishedSites:
    """Return the sites of a file. Two matches of one rule at one place are one site.

    A site is told from another by its rule, its function and its spelling, and by its number among its equals:
    never by its line, so that it stays the same when lines are added above it or functions change places.
    """
    unique = {(match.start, match.end, match.rule_id): match for match in raw}
    ordered = [unique[key] for key in sorted(unique)]
    seen: Counter[tuple[str, ...]] = Counter()
    sites: list[Site] = []
    identities: list[str] = []
    plain: list[tuple[PlainName, int]] = []
    for match in ordered:
        text = source.text(match.start, min(match.end, match.start + _MAX_IDENTITY_BYTES))
        shown = text if len(text) <= _MAX_MATCH else text[: _MAX_MATCH - 3] + "..."
        location = source.location(match.start, max(match.end, match.extent))
        kind = (match.rule_id, match.function or "", _spelling(text, is_c_family=is_c_family))
        identities.append(_digest(*kind, str(seen[kind])))
        seen[kind] += 1
        if match.plain is not None:
            plain.append((match.plain, len(sites)))
        sites.append(
            Site(
                rule_id=match.rule_id,
                location=location,
                match=shown,
                function=match.function,
                facts=match.facts,
                guards=guards.at(match.start),
                confidence=match.confidence,
                fingerprint=fingerprint_of(source.path, identities[-1]),
                snippet=source.snippet(location.line),
            )
        )
    return FinishedSites(sites=tuple(sites), identities=tuple(identities), plain_sites=tuple(plain))
