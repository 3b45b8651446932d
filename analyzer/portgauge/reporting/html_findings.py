"""The findings of the page: rows ready to print, within a size that a browser opens at once.

Up to ``FULL_ROWS`` sites are shown with their source lines. Above that each site is one short
row with its match, groups are closed, and rows stop when ``ROW_BYTES`` are used; a note says so.
"""

from collections.abc import Iterable, Mapping

from portgauge.model.analysis import Analysis, Withheld
from portgauge.model.base import value
from portgauge.model.estimate import Minutes
from portgauge.model.finding import Finding, Site
from portgauge.model.rule import Automation, Confidence
from portgauge.reporting.plain_text import shortened, shortened_path
from portgauge.reporting.rounding import minutes_words, time_words
from portgauge.reporting.summary import Summary
from portgauge.reporting.tally import JudgedSite, RuleGroup, booked_minutes

FULL_ROWS = 2_000
ROW_BYTES = 6_200_000
"""Of 8 MB for the whole file: what is left after the other sections and the folded names."""
OPEN_ROWS = 400
"""Groups stand open when there are no more sites than this in all."""
FOLDED_ROWS = 2_000
LINE_CHARACTERS = 160
MATCH_CHARACTERS = 90
CHARACTERS_BEFORE_MATCH = 60


@value
class SnippetLine:
    """One source line in three parts, the match in the middle."""

    number: int
    before: str
    marked: str
    after: str


@value
class Judged:
    """What a site is on one target."""

    target: str
    severity: str
    remark: str


@value
class FindingRow:
    """One site, ready to print."""

    fingerprint: str
    path: str
    line: int
    context: str
    match: str
    snippet: tuple[SnippetLine, ...]
    messages: tuple[str, ...]
    """Those that differ from the group's."""
    judged: tuple[Judged, ...]
    severities: str
    """By target, separated by blanks; for the filter."""
    component_number: int | str
    """Place in the list of components; empty when it belongs to none."""
    work: str
    """Effort class on the headline target; for the filter."""

    @property
    def bytes_about(self) -> int:
        """Bytes of HTML that the row takes, about."""
        texts = [self.path, self.context, self.match, *self.messages]
        texts += [line.before + line.marked + line.after for line in self.snippet]
        # A control character becomes eight bytes, "<" four: measured on source code, 1.3 is enough,
        # and hostile text is bounded because long lines are cut.
        return 230 + 100 * len(self.judged) + int(1.3 * sum(len(text.encode("utf-8", "replace")) for text in texts))


@value
class GroupView:
    """The rows of one rule."""

    group: RuleGroup
    rows: tuple[FindingRow, ...]
    is_open: bool
    work: str
    """What its sites add to the change block of the headline target."""
    minutes: float
    """The same in person-minutes, P50."""
    first: str
    """The place of its worst site."""


@value
class FindingsView:
    """Everything that the section on findings prints."""

    groups: tuple[GroupView, ...]
    shown: int
    """Sites that need somebody, listed or not."""
    folded: int
    folded_rows: int
    notes: tuple[str, ...]
    categories: tuple[str, ...]
    works: tuple[str, ...]
    """Effort classes of the listed sites."""


def findings_view(analysis: Analysis, summary: Summary) -> FindingsView:
    """Return the findings ready to print."""
    snippets = not analysis.withheld
    total = sum(len(group.sites) for group in summary.attention)
    full = total <= FULL_ROWS
    components = {part.name: number for number, part in enumerate(p for p in summary.components if p.component)}
    mode = analysis.settings.mode
    booked = {target.id: booked_minutes(analysis.estimate(target=target.id, mode=mode)) for target in analysis.targets}
    left = ROW_BYTES
    groups = []
    for group in summary.attention:
        rows = []
        for judged in group.sites:
            row = _row(judged, group, booked=booked, components=components, snippets=snippets and full)
            left -= row.bytes_about
            if left < 0:
                break
            rows.append(row)
        groups.append(
            GroupView(
                group=group,
                rows=tuple(rows),
                is_open=total <= OPEN_ROWS,
                work=_work(group, booked[analysis.targets[0].id]),
                minutes=_minutes(group, booked[analysis.targets[0].id]),
                first=shortened_path(f"{group.sites[0].site.path}:{group.sites[0].site.location.line}", limit=48),
            )
        )
    listed = sum(len(view.rows) for view in groups)
    return FindingsView(
        groups=tuple(groups),
        shown=total,
        folded=sum(len(group.sites) for group in summary.automatic),
        folded_rows=FOLDED_ROWS,
        notes=tuple(
            _notes(total, listed=listed, full=full, snippets=snippets, is_redacted=Withheld.NAMES in analysis.withheld)
        ),
        categories=tuple(sorted({group.category.value for group in summary.attention})),
        works=tuple(sorted({row.work for view in groups for row in view.rows if row.work})),
    )


def _minutes(group: RuleGroup, booked: Mapping[str, Minutes]) -> float:
    return sum(booked[each.site.fingerprint].p50 for each in group.sites if each.site.fingerprint in booked)


def _work(group: RuleGroup, booked: Mapping[str, Minutes]) -> str:
    is_booked = any(each.site.fingerprint in booked for each in group.sites)
    return time_words(_minutes(group, booked) / 60) if is_booked else ""


def _notes(total: int, *, listed: int, full: bool, snippets: bool, is_redacted: bool) -> Iterable[str]:
    if is_redacted:
        yield "Names and source text are withheld; hashes stand for them."
    elif not snippets:
        yield "Source lines were left out as asked."
    elif not full:
        yield f"Above {FULL_ROWS:,} sites each is shown with its match only; the JSON holds the lines."
    if listed < total:
        yield f"{total - listed:,} sites are left out to keep this page small; the JSON holds them all."


def _row(
    judged: JudgedSite,
    group: RuleGroup,
    *,
    booked: Mapping[str, Mapping[str, Minutes]],
    components: Mapping[str, int],
    snippets: bool,
) -> FindingRow:
    site = judged.site
    said = {finding.message: None for finding in judged.findings if finding.message not in group.messages}
    return FindingRow(
        fingerprint=site.fingerprint,
        path=str(site.path),
        line=site.location.line,
        context=_context(judged),
        match=shortened(site.match, limit=MATCH_CHARACTERS),
        snippet=snippet_lines(site) if snippets else (),
        messages=tuple(shortened(message, limit=300) for message in said) if snippets else (),
        judged=tuple(
            Judged(
                target=finding.target,
                severity=finding.severity.value,
                remark=_remark(finding, booked[finding.target].get(site.fingerprint)),
            )
            for finding in judged.findings
        ),
        severities=" ".join(finding.severity.value for finding in judged.findings),
        component_number=components.get(judged.component, ""),
        work=judged.findings[0].effort_class,
    )


def _context(judged: JudgedSite) -> str:
    site = judged.site
    parts = [f"in {site.function}"] if site.function else []
    if judged.component:
        parts.append(f"component {judged.component}")
    parts += [f"under {guard.kind} {guard.text}" for guard in site.guards[-2:]]
    if site.confidence is not Confidence.HIGH:
        parts.append(f"{site.confidence.value} confidence")
    return shortened(", ".join(parts), limit=240)


def _remark(finding: Finding, minutes: Minutes | None) -> str:
    if finding.covered_by is not None:
        return f"covered by {shortened(finding.covered_by, limit=60)}"
    if finding.blocker:
        return f"decision: {finding.blocker}"
    price = minutes_words(minutes.p50) if minutes else "0 min"
    return f"{price}, by HIPIFY" if finding.automation is Automation.AUTOMATIC else price


def snippet_lines(site: Site) -> tuple[SnippetLine, ...]:
    """Return the source lines around a site with the match marked, each cut to a readable length."""
    if site.snippet is None:
        return ()
    place = site.location
    lines = []
    for number, text in enumerate(site.snippet.lines, start=site.snippet.first_line):
        inside = place.line <= number <= place.end_line
        start = (place.column - 1 if number == place.line else 0) if inside else len(text)
        end = (place.end_column - 1 if number == place.end_line else len(text)) if inside else len(text)
        lines.append(_cut_line(number, text.rstrip("\r\n"), start=start, end=max(start, end)))
    return tuple(lines)


def _cut_line(number: int, text: str, *, start: int, end: int) -> SnippetLine:
    before, marked, after = text[:start], text[start:end], text[end:]
    if len(text) > LINE_CHARACTERS:
        if marked and len(before) > CHARACTERS_BEFORE_MATCH:
            before = "…" + before[-CHARACTERS_BEFORE_MATCH:]
        room = LINE_CHARACTERS - min(len(before), LINE_CHARACTERS)
        before = before[:LINE_CHARACTERS]
        marked, after = (
            (marked if len(marked) <= room else marked[:room] + "…"),
            after[: max(room - len(marked), 0)],
        )
    return SnippetLine(number=number, before=before, marked=marked, after=after)
