"""A match in a file that is no C or C++: found in a statement's text, before it becomes a site."""

from portgauge.model.base import value
from portgauge.model.rule import Confidence


@value
class TextMatch:
    """One match; byte offsets in the file, the end exclusive."""

    rule_id: str
    start: int
    end: int
    confidence: Confidence
    facts: tuple[tuple[str, str | int], ...]
