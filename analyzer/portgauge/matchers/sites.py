"""Raw matches made into whole sites: position, guards, snippet and fingerprint."""

import hashlib
from collections import Counter
from collections.abc import Sequence

from portgauge.matchers.facts import PlainName
from portgauge.matchers.guards import GuardTable
from portgauge.model.base import value
from portgauge.model.finding import Site
from portgauge.model.rule import Confidence
from portgauge.parsing.cuda import SourceText

_MAX_MATCH = 200


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


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:20]


def finish_sites(
    raw: Sequence[RawSite], source: SourceText, guards: GuardTable
) -> tuple[tuple[Site, ...], tuple[tuple[PlainName, int], ...]]:
    """Return the sites sorted by place and rule, and the indices of those that hang on a name.

    Two matches of one rule at one place are one site.
    """
    unique = {(match.start, match.end, match.rule_id): match for match in raw}
    ordered = [unique[key] for key in sorted(unique)]
    seen: Counter[tuple[str, ...]] = Counter()
    sites: list[Site] = []
    plain: list[tuple[PlainName, int]] = []
    for match in ordered:
        text = source.text(match.start, min(match.end, match.start + 4 * _MAX_MATCH))
        shown = text if len(text) <= _MAX_MATCH else text[: _MAX_MATCH - 3] + "..."
        location = source.location(match.start, match.end)
        identity = (match.rule_id, str(source.path), match.function or "", " ".join(text.split()))
        fingerprint = _fingerprint(*identity, str(seen[identity]))
        seen[identity] += 1
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
                fingerprint=fingerprint,
                snippet=source.snippet(location.line),
            )
        )
    return tuple(sites), tuple(plain)
