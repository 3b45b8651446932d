"""Routes without a price: possible, or closed by what stands in this code."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from portgauge.model.analysis import Analysis, Inventory
from portgauge.model.base import value
from portgauge.model.finding import Site
from portgauge.model.route import RouteEstimate, RouteEvidence, RouteStatus
from portgauge.rulebook.route_comparison import JudgedRoute, Ways
from portgauge.rulebook.routes import RouteAnswer, RouteTable

_SHOWN = 5
_PTX = "ptx"


@value
class UsedName:
    """A CUDA name or PTX instruction that the code uses."""

    name: str
    table: str
    """The table of ``rules/`` that holds it: the first part of the rule's id."""
    places: tuple[Site, ...]
    """By path and line."""

    @property
    def is_instruction(self) -> bool:
        """It is an instruction of inline assembly."""
        return self.table == _PTX

    def evidence(self) -> RouteEvidence:
        """Return it as evidence, with its first place."""
        first = self.places[0]
        return RouteEvidence(text=self.name, count=len(self.places), path=first.path, line=first.location.line)


def used_names(inventory: Inventory, *, tables: Iterable[str]) -> tuple[UsedName, ...]:
    """Return the names of API tables and the instructions that the code uses, most places first.

    Args:
        inventory: What the codebase holds.
        tables: Names of the tables of ``rules/`` that list CUDA names.
    """
    known = frozenset(tables)
    places: dict[tuple[str, str], list[Site]] = defaultdict(list)
    for site in inventory.sites:
        table, _, symbol = site.rule_id.partition("/")
        if table == _PTX:
            places[table, str(site.fact("opcode") or symbol)].append(site)
        elif table in known:
            places[table, str(site.fact("name") or symbol)].append(site)
    found = [UsedName(name=name, table=table, places=tuple(sites)) for (table, name), sites in places.items()]
    return tuple(sorted(found, key=lambda used: (-len(used.places), used.name)))


def judge_route(route: JudgedRoute, analysis: Analysis, names: tuple[UsedName, ...], *, ways: Ways) -> RouteEstimate:
    """Return whether a route is possible for this code on the headline target, and what decides."""
    table = ways.tables.get(route.table)
    missing = tuple(used for used in names if table is not None and _is_closed(table, used, route.closed_by))
    unknown = sum(1 for used in names if table is not None and not _answers(table, used))
    places = _places(analysis.inventory, route.rules)
    evidence = [used.evidence() for used in missing] + list(places)
    reasons = [each for each in (_lanes(route, analysis), route.closed_words) if each]
    # An instruction that a single expression replaces is written by hand, as a call is.
    decisive = {f.site.fingerprint for f in analysis.findings_for(analysis.targets[0].id) if f.blocker}
    closing = [
        used
        for used in missing
        if route.closes == "every"
        or (route.closes == _PTX and used.is_instruction and any(s.fingerprint in decisive for s in used.places))
    ]
    if closing:
        reasons.append(f"{_counted(len(closing), 'name')} {_verb(closing)} not work there")
    if places and route.closes != "never":
        reasons.append(f"{', '.join(each.text for each in places[:_SHOWN])} {'have' if len(places) > 1 else 'has'} "
                       "no counterpart there")  # fmt: skip
    lacking = [library.title for library in analysis.libraries if library.name in route.libraries]
    if lacking:
        more = f" and {len(lacking) - _SHOWN} more" if len(lacking) > _SHOWN else ""
        reasons.append(f"{route.libraries_words} {', '.join(lacking[:_SHOWN])}{more}")
    facts = ways.facts[route.name]
    return RouteEstimate(
        route=route.name,
        title=facts.title,
        status=RouteStatus.EXCLUDED if reasons else RouteStatus.POSSIBLE,
        reason=f"excluded because {'; '.join(reasons)}" if reasons else _open(route, analysis, missing),
        hours=None,
        blocks=(),
        upkeep=None,
        upkeep_basis=facts.facts.get("maintenance", ""),
        three_years=None,
        needs=tuple(filter(None, (facts.facts.get("needs"),))),
        gives=tuple(filter(None, (facts.facts.get("hardware"),))),
        excludes=tuple(filter(None, (facts.facts.get("limits"),))),
        evidence=tuple(evidence[:_SHOWN]),
        evidence_count=len(evidence),
        unknown_count=unknown,
        basis=_basis(ways, route),
    )


def _answers(table: RouteTable, used: UsedName) -> tuple[RouteAnswer, ...]:
    """Return what a table says of a name; of an instruction, what it says of most of it: ``mma`` of ``mma.sync.m8``."""
    parts = used.name.split(".") if used.is_instruction else [used.name]
    for count in range(len(parts), 0, -1):
        if answers := table.find(".".join(parts[:count]), table=used.table):
            return answers
    return ()


def _is_closed(table: RouteTable, used: UsedName, closed_by: frozenset[str]) -> bool:
    """Return whether every answer of a table says that a name does not work; no answer is no "no"."""
    answers = _answers(table, used)
    return bool(answers) and all(answer.status in closed_by for answer in answers)


def _lanes(route: JudgedRoute, analysis: Analysis) -> str:
    target = analysis.targets[0]
    if route.lanes is None or route.lanes == target.lanes_per_wave:
        return ""
    return f"it runs {route.lanes} lanes only, and {target.id} has {target.lanes_per_wave}"


def _places(inventory: Inventory, prefixes: tuple[str, ...]) -> tuple[RouteEvidence, ...]:
    """Return the rules of a kind that match this code, most places first."""
    found: Mapping[str, list[Site]] = defaultdict(list)
    for site in inventory.sites:
        if prefixes and site.rule_id.startswith(prefixes):
            found[site.rule_id].append(site)
    listed = [
        RouteEvidence(text=rule_id, count=len(sites), path=sites[0].path, line=sites[0].location.line)
        for rule_id, sites in found.items()
    ]
    return tuple(sorted(listed, key=lambda each: (-each.count, each.text)))


def _open(route: JudgedRoute, analysis: Analysis, missing: tuple[UsedName, ...]) -> str:
    if route.lines_per_hour:
        kernels = analysis.inventory.kernels
        lines = sum(kernel.code_lines for kernel in kernels)
        return (
            f"{route.open_words}: {_counted(len(kernels), 'kernel')} with {lines:,} lines, and the data that they work "
            f"on; at {route.lines_per_hour:g} lines an hour, the figure of {route.lines_source}, the kernels alone are "
            f"{lines / route.lines_per_hour:,.0f} h"
        )
    by_hand = f"; {_counted(len(missing), 'name')} by hand" if missing else ""
    return f"{route.open_words}{by_hand}"


def _basis(ways: Ways, route: JudgedRoute) -> str:
    facts = ways.facts[route.name]
    sources = "; ".join(source.title for source in facts.sources)
    return f"facts of {facts.confidence} confidence: {sources}"


def _counted(count: int, unit: str) -> str:
    return f"{count:,} {unit}{'' if count == 1 else 's'}"


def _verb(found: list[UsedName]) -> str:
    return "does" if len(found) == 1 else "do"
