"""Annotations for GitHub: one workflow command a line, to be printed by a step of a workflow.

GitHub shows ten of each level for a step, so no more are written, worst first; a last line
counts the rest.
"""

from collections import Counter

from portgauge.model.analysis import Analysis
from portgauge.model.rule import Severity
from portgauge.reporting.plain_text import one_line, shortened
from portgauge.reporting.rounding import counted
from portgauge.reporting.selection import select_sites, severities_words, telling_finding
from portgauge.reporting.summary import summarise
from portgauge.reporting.tally import JudgedSite

SHOWN_OF_A_LEVEL = 10
MESSAGE_CHARACTERS = 400
LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.NONE: "notice",
}


def render(analysis: Analysis, *, show_automatic: bool = False) -> bytes:
    """Return the commands, one a line, UTF-8; the last one says what the whole costs."""
    summary = summarise(analysis)
    selection = select_sites(summary, show_automatic=show_automatic)
    # One notice is kept for the last line.
    room = Counter(error=SHOWN_OF_A_LEVEL, warning=SHOWN_OF_A_LEVEL, notice=SHOWN_OF_A_LEVEL - 1)
    lines = []
    for judged in selection.sites:
        level = LEVELS[telling_finding(judged).severity]
        if room[level]:
            room[level] -= 1
            lines.append(_command(judged, level))
    left = len(selection.sites) - len(lines)
    more = f" {counted(left, 'more place')} that need a person stand in the other reports." if left else ""
    lines.append(f"::notice title=portgauge::{_data(one_line(summary.sentence) + more)}")
    return ("\n".join(lines) + "\n").encode("utf-8")


def _data(text: str) -> str:
    """Return text that no workflow command ends early in."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _command(judged: JudgedSite, level: str) -> str:
    place = judged.site.location
    told = f"{telling_finding(judged).message} ({severities_words(judged)})"
    properties = {
        "file": one_line(str(place.path)),
        "line": str(place.line),
        "endLine": str(place.end_line),
        "title": shortened(judged.title, limit=120),
    }
    if place.line == place.end_line:
        properties |= {"col": str(place.column), "endColumn": str(place.end_column)}
    written = ",".join(f"{name}={_property(text)}" for name, text in properties.items())
    return f"::{level} {written}::{_data(shortened(told, limit=MESSAGE_CHARACTERS))}"
