"""All routes of one analysis, side by side."""

from collections.abc import Iterable

from portgauge.model.analysis import Analysis
from portgauge.model.route import RouteEstimate, RouteStatus
from portgauge.routes.judged import judge_route, used_names
from portgauge.routes.priced import past_decisions, price_route
from portgauge.rulebook.route_comparison import Ways
from portgauge.rulebook.rulebook import Rulebook

_ORDER = (RouteStatus.PRICED, RouteStatus.NOT_RECOMMENDED, RouteStatus.POSSIBLE, RouteStatus.EXCLUDED)


def compare_routes(
    analysis: Analysis, *, rulebook: Rulebook, ways: Ways, reduced: Analysis | None, optional: tuple[str, ...]
) -> tuple[RouteEstimate, ...]:
    """Return every route: priced ones first, cheapest over three years first, then possible ones, then excluded ones.

    A codebase without work has none to compare.

    Args:
        analysis: The codebase judged, for the targets asked for; the first decides.
        rulebook: The prices, and which tables hold CUDA names.
        ways: How routes are compared.
        reduced: The codebase judged without its optional parts; None when none of them holds a decision.
        optional: What is left out of it.
    """
    target, mode = analysis.targets[0].id, analysis.settings.mode
    if not analysis.estimate(target=target, mode=mode).lines and not analysis.verdict(target).blockers:
        return ()
    effort = rulebook.effort
    names = used_names(analysis.inventory, tables=_api_tables(rulebook))
    routes = [price_route(r, analysis, effort=effort, ways=ways) for r in ways.priced]
    routes += past_decisions(analysis, effort=effort, ways=ways, reduced=reduced, optional=optional)
    routes += [judge_route(route, analysis, names, ways=ways) for route in ways.judged]
    return tuple(sorted(routes, key=_rank))


def _api_tables(rulebook: Rulebook) -> Iterable[str]:
    return (name for name, table in rulebook.tables.items() if table.kind == "api")


def _rank(route: RouteEstimate) -> tuple[int, float, str]:
    years = route.three_years.p50 if route.three_years is not None else 0.0
    return (_ORDER.index(route.status), years, route.route)
