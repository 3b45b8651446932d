"""The ways out of CUDA in words, the same in every report."""

from collections.abc import Sequence

from portgauge.model.analysis import Analysis
from portgauge.model.base import value
from portgauge.model.route import RouteEstimate, RouteStatus
from portgauge.model.what_if import WhatIf
from portgauge.reporting.rounding import ceiling_words, counted, hours_words

STATUS_WORDS = {
    RouteStatus.PRICED: "priced",
    RouteStatus.NOT_RECOMMENDED: "not recommended",
    RouteStatus.POSSIBLE: "possible, no price",
    RouteStatus.EXCLUDED: "excluded",
}
FORKS_NOTE = (
    "Which way a project takes is not only a question of hours: many maintainers link to a fork rather than merge a "
    "second platform, and a copied back end is often left behind."
)
"""What reading public ports showed; a judgement, so it stands beside the figures and not in them."""


@value
class RouteRow:
    """One route as a row of a table."""

    route: RouteEstimate
    status_words: str
    hours: str
    """P50; empty when it has no price."""
    ceiling: str
    upkeep: str
    three_years: str
    decides: str
    """The names that decide, with counts; empty when none does."""


def route_rows(analysis: Analysis) -> tuple[RouteRow, ...]:
    """Return every route in the order of the analysis."""
    return tuple(_row(route) for route in analysis.routes)


def _row(route: RouteEstimate) -> RouteRow:
    return RouteRow(
        route=route,
        status_words=STATUS_WORDS[route.status],
        hours=hours_words(route.hours.p50) if route.hours else "",
        ceiling=ceiling_words(route.hours.p90) if route.hours else "",
        upkeep=hours_words(route.upkeep.p50) if route.upkeep else "",
        three_years=hours_words(route.three_years.p50) if route.three_years else "",
        decides=decides(route),
    )


def decides(route: RouteEstimate) -> str:
    """Return the first names that decide about a route, each with its places, and how many more there are."""
    if not route.evidence:
        return ""
    shown = ", ".join(f"{each.text} ({each.count:,})" for each in route.evidence)
    more = route.evidence_count - len(route.evidence)
    return f"{shown}, and {more:,} more" if more > 0 else shown


def routes_sentences(rows: Sequence[RouteRow]) -> list[str]:
    """Return what a terminal says: the three cheapest over three years, then what is possible and what excluded."""
    priced = [row for row in rows if row.route.status is RouteStatus.PRICED]
    said = []
    if priced:
        named = "; ".join(f"{row.route.title}: {row.hours}, with three years {row.three_years}" for row in priced[:3])
        more = f"; and {len(priced) - 3} more" if len(priced) > 3 else ""
        said.append(f"Ways out, P50: {named}{more}.")
    short = [row.route.title for row in rows if row.route.status is RouteStatus.NOT_RECOMMENDED]
    if short:
        said.append(f"Not past the open decisions: {'; '.join(short)}.")
    open_ways = [row.route.title for row in rows if row.route.status is RouteStatus.POSSIBLE]
    closed = [
        f"{row.route.title} ({row.route.reason.removeprefix('excluded because ')})"
        for row in rows
        if row.route.status is RouteStatus.EXCLUDED
    ]
    if open_ways:
        said.append(f"Possible, without a price: {'; '.join(open_ways)}.")
    if closed:
        said.append(f"Excluded: {'; '.join(closed[:3])}{f'; and {len(closed) - 3} more' if len(closed) > 3 else ''}.")
    return said


def what_if_sentence(what_if: WhatIf) -> str:
    """Return what leaving parts out changes."""
    before, after = what_if.hours_before.p50, what_if.hours_after.p50
    gone = f" Decisions that go with it: {', '.join(what_if.decisions_gone)}." if what_if.decisions_gone else ""
    verdict = (
        f" The verdict changes from {what_if.verdict_before} to {what_if.verdict_after}."
        if what_if.verdict_before != what_if.verdict_after
        else ""
    )
    return (
        f"Without {', '.join(what_if.names)}: {hours_words(after)} instead of {hours_words(before)} (P50), "
        f"{counted(what_if.kernels_after, 'kernel')} instead of {what_if.kernels_before:,}, "
        f"{counted(what_if.sites_after, 'site')} instead of {what_if.sites_before:,}.{gone}{verdict}"
    )
