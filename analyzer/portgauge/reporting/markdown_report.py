"""A comment for a pull request: four lines and a table."""

import re

from portgauge.model.analysis import Analysis
from portgauge.reporting import sentences
from portgauge.reporting.plain_text import shortened
from portgauge.reporting.rounding import ceiling_words, counted
from portgauge.reporting.selection import telling_finding
from portgauge.reporting.summary import Summary, summarise

COMPONENTS_SHOWN = 10
KINDS_SHOWN = 10
_PUNCTUATION = re.compile(r"([\\`*_\[\]!|~])|^(?=[-+#>=]|\d+[.)])")
_LINKS = re.compile(r"(://|@|#)|(www)(?=\.)", re.IGNORECASE)
_NOTHING = "&#8203;"
"""A character without width: what stands around it is no link and no mention."""


def escaped(text: str, *, limit: int = 300) -> str:
    """Return text that Markdown shows as it is: no markup, no link, nobody mentioned."""
    plain = shortened(text, limit=limit).replace("&", "&amp;").replace("<", "&lt;")
    unlinked = _LINKS.sub(lambda found: f"{found[0][0]}{_NOTHING}{found[0][1:]}", plain)
    return _PUNCTUATION.sub(lambda found: f"\\{found[1]}" if found[1] else _NOTHING, unlinked)


def render(analysis: Analysis, *, show_automatic: bool = False) -> bytes:
    """Return the comment, UTF-8."""
    summary = summarise(analysis)
    head = summary.headline
    lines = [f"**{escaped(summary.sentence, limit=1_000)}**"]
    if summary.has_work:
        blocks = ", ".join(f"{each.block.value} {each.words}" for each in head.blocks)
        lines.append(f"Of it: {blocks}. On the calendar: {head.effort.weeks}.")
        lines.append(f"{escaped(summary.move_today.words)} {_decisions(summary)}")
    lines.append(f"{escaped(summary.already.words)} {escaped(summary.coverage.words)} {escaped(summary.uncertainty)}")
    parts = ["  \n".join(lines)]
    if summary.worked:
        parts.append(_components(summary))
    if show_automatic or summary.attention:
        parts.append(_places(summary, show_automatic=show_automatic))
    parts.append(f"<sub>{escaped(summary.knowledge, limit=1_000)}</sub>")
    return ("\n\n".join(parts) + "\n").encode("utf-8")


def _decisions(summary: Summary) -> str:
    if not summary.blockers:
        return "No decision is open."
    named = "; ".join(f"{blocker.title} ({counted(len(blocker.where), 'place')})" for blocker in summary.blockers)
    return f"Decisions that are open: {escaped(named)}."


def _components(summary: Summary) -> str:
    rows = ["| Component | P50 | 9 in 10 under | Grade | Decision |", "|---|--:|--:|---|---|"]
    for part in summary.worked[:COMPONENTS_SHOWN]:
        real = part.component is not None
        ceiling = ceiling_words(part.hours.p90) if real else "–"
        decision = escaped(part.decision_words, limit=80) if real else "–"
        rows.append(f"| {escaped(part.name, limit=80)} | {part.words} | {ceiling} | {part.grade or '–'} | {decision} |")
    rest = len(summary.worked) - COMPONENTS_SHOWN
    if rest > 0:
        rows.append(f"| … and {counted(rest, 'more component')} | | | | |")
    if summary.idle:
        rows.append(f"| {sentences.idle(len(summary.idle), shown=len(summary.worked))} | | | | |")
    return "\n".join(rows)


def _places(summary: Summary, *, show_automatic: bool) -> str:
    """Return the worst kinds of place, folded."""
    groups = (*summary.attention, *summary.automatic) if show_automatic else summary.attention
    rows = []
    for group in groups[:KINDS_SHOWN]:
        worst = group.sites[0]
        telling = telling_finding(worst)
        place = escaped(f"{worst.site.path}:{worst.site.location.line}", limit=200)
        rows.append(
            f"- {telling.severity.value} on {telling.target}, {counted(len(group.sites), 'place')}, "
            f"the first at {place}: {escaped(telling.message)}"
        )
    title = f"The worst {len(rows)} of {counted(len(groups), 'kind')} of place"
    return f"<details><summary>{title}</summary>\n\n" + "\n".join(rows) + "\n\n</details>"
