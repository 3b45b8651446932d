"""The ways out of CUDA in words, the same in every report."""

from collections.abc import Sequence
from typing import assert_never

from portgauge.model.analysis import Analysis, VerdictWord
from portgauge.model.base import value
from portgauge.model.route import RouteEstimate, RouteStatus
from portgauge.model.what_if import WhatIf, WhatIfSetting
from portgauge.reporting.rounding import ceiling_words, counted, hours_words
from portgauge.reporting.texts import VERDICT_WORDS

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
    """Return the first things that decide about a route, each with its places, and how many more there are.

    Of a route with a price that is the work with the most hours.
    """
    if not route.evidence:
        return ""
    shown = ", ".join(f"{each.text} ({each.count:,})" for each in route.evidence)
    more = route.evidence_count - len(route.evidence)
    return f"{shown}, and {more:,} more" if more > 0 else shown


def routes_sentences(rows: Sequence[RouteRow]) -> list[str]:
    """Return what a terminal says: the cheapest over three years, then what is possible and what excluded."""
    priced = [row for row in rows if row.route.status is RouteStatus.PRICED]
    said = []
    if priced:
        # Those that cost the same as the third, as far as the figures go, are named beside it.
        shown = [row for number, row in enumerate(priced) if number < 3 or row.three_years == priced[2].three_years]
        named = "; ".join(f"{row.route.title}: {row.hours}, with three years {row.three_years}" for row in shown)
        more = f"; and {len(priced) - len(shown)} more" if len(priced) > len(shown) else ""
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


def what_if_sentences(analysis: Analysis) -> tuple[str, ...]:
    """Return what is left out, and what would be otherwise with something else asked for; one sentence each."""
    found = (analysis.what_if,) if analysis.what_if else ()
    return tuple(what_if_sentence(each) for each in (*found, *analysis.what_ifs))


def what_if_sentence(what_if: WhatIf) -> str:
    """Return what leaving parts out, or asking for something else, changes."""
    before, after = hours_words(what_if.hours_before.p50), hours_words(what_if.hours_after.p50)
    hours = f"{after} as before (P50)" if after == before else f"{after} instead of {before} (P50)"
    said = [f"{_otherwise(what_if)}: {hours}{_extent(what_if)}."]
    if what_if.decisions_gone:
        said.append(f"Decisions that go with it: {', '.join(what_if.decisions_gone)}.")
    if what_if.decisions_new:
        said.append(f"Decisions that come with it: {', '.join(what_if.decisions_new)}.")
    if what_if.verdict_before != what_if.verdict_after:
        old, new = (VERDICT_WORDS[VerdictWord(word)] for word in (what_if.verdict_before, what_if.verdict_after))
        said.append(f"The verdict changes from {old} to {new}.")
    return " ".join(said)


def _otherwise(what_if: WhatIf) -> str:
    named = ", ".join(what_if.names)
    match what_if.setting:
        case WhatIfSetting.WITHOUT:
            return f"Without {named}"
        case WhatIfSetting.TARGET:
            return f"On {named} instead of {what_if.instead_of}"
        case WhatIfSetting.ROCM:
            return f"With ROCm {named} instead of {what_if.instead_of}"
        case WhatIfSetting.TESTS if named == what_if.instead_of:
            return (
                "With tests that reach the kernels, as now"
                if named == "yes"
                else "Without tests that reach the kernels, as now"
            )
        case WhatIfSetting.TESTS if named == "yes":
            return "With tests that reach the kernels, written first (the hours to write them are not in it)"
        case WhatIfSetting.TESTS:
            return "Without tests that reach the kernels"
        case never:
            assert_never(never)


def _extent(what_if: WhatIf) -> str:
    """Return how much less code there is; nothing where all of it stays."""
    if what_if.setting is not WhatIfSetting.WITHOUT:
        return ""
    return (
        f", {counted(what_if.kernels_after, 'kernel')} instead of {what_if.kernels_before:,}, "
        f"{counted(what_if.sites_after, 'site')} instead of {what_if.sites_before:,}"
    )
