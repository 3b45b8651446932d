"""The ways out in words."""

from builders import make_hours
from portgauge.model.route import RouteEstimate, RouteStatus
from portgauge.reporting.route_words import RouteRow, routes_sentences


def make_row(title: str, years: str) -> RouteRow:
    route = RouteEstimate(
        route=title, title=title, status=RouteStatus.PRICED, reason="", hours=make_hours(), blocks=(), upkeep=None,
        upkeep_basis="", three_years=make_hours(), needs=(), gives=(), excludes=(), evidence=(), evidence_count=0,
        unknown_count=0, basis="",
    )  # fmt: skip
    return RouteRow(
        route=route, status_words="priced", hours="8 h", ceiling="20 h", upkeep="", three_years=years, decides=""
    )


def test_a_way_that_costs_what_the_third_costs_is_named_too() -> None:
    rows = [
        make_row(title, years)
        for title, years in (("a", "1 h"), ("b", "2 h"), ("c", "3 h"), ("d", "3 h"), ("e", "4 h"))
    ]

    (sentence,) = routes_sentences(rows)

    assert "c: 8 h, with three years 3 h; d: 8 h, with three years 3 h; and 1 more." in sentence


def test_fewer_than_three_ways_are_all_named() -> None:
    (sentence,) = routes_sentences([make_row("a", "1 h"), make_row("b", "1 h")])

    assert sentence == "Ways out, P50: a: 8 h, with three years 1 h; b: 8 h, with three years 1 h."
