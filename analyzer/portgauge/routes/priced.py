"""Routes that have a price: the lines of the estimate, changed as far as the route changes the work."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from portgauge.effort.combine import combine_hours
from portgauge.model.analysis import Analysis, VerdictWord
from portgauge.model.base import value
from portgauge.model.estimate import Block, EstimateLine, Hours, Minutes
from portgauge.model.finding import Finding, Site
from portgauge.model.route import RouteEstimate, RouteEvidence, RouteStatus
from portgauge.model.rule import Mode
from portgauge.rulebook.effort_classes import EffortModel
from portgauge.rulebook.route_comparison import PricedRoute, Ways

_REWORK = "rework"
_SURCHARGES = (_REWORK, "experience")
_YEARS = 3
EVIDENCE_SHOWN = 5
"""Of a route; the rest is counted."""


@value
class Upkeep:
    """What keeping a port alive costs a year."""

    hours: Hours
    basis: str


def price_route(route: PricedRoute, analysis: Analysis, *, effort: EffortModel, ways: Ways) -> RouteEstimate:
    """Return the price of one route on the headline target, or why it does not apply."""
    needs, facts_limits = _facts(ways, route.facts)
    places = _places(analysis, route.needs_rule)
    if route.needs_rule and not places:
        return _excluded(route.name, route.title, f"excluded because no {route.needs_words} was found", needs=needs)
    closed = _closed_by_verdict(route, ways, word=analysis.verdict(analysis.targets[0].id).word)
    if closed:
        return _excluded(route.name, route.title, f"excluded because {closed}", needs=needs)
    lines = route_lines(route, analysis, effort=effort)
    grade = analysis.verdict(analysis.targets[0].id).grade
    upkeep = yearly(route.upkeep_share(grade), analysis, effort=effort, ways=ways)
    titles = [blocker.title for blocker in analysis.verdict(analysis.targets[0].id).blockers]
    decisions = f"; not in it: the decision about {', '.join(titles)}" if titles else ""
    priced = _priced(
        route.name,
        route.title,
        f"priced from the findings, in the {route.mode.value} way of working{decisions}",
        lines=lines,
        sigma=effort.sigma,
        upkeep=upkeep,
        needs=needs,
        gives=route.gives,
        excludes=(*route.excludes, *facts_limits),
        evidence=(*_evidence(places), *_dearest(lines, analysis)),
        basis=route.basis,
    )
    if analysis.verdict(analysis.targets[0].id).word is not VerdictWord.BLOCKED:
        return priced
    reason = f"does not get past the decision about {', '.join(titles)}; the hours are those of the rest"
    return replace(priced, status=RouteStatus.NOT_RECOMMENDED, reason=reason)


def _closed_by_verdict(route: PricedRoute, ways: Ways, *, word: VerdictWord) -> str:
    """Return why the verdict closes a route; empty when it does not."""
    if route.needs_verdict:
        return "" if route.needs_verdict == word else f"no {route.needs_words} was found"
    return next((other.closes_others for other in ways.priced if other.needs_verdict == word), "")


def route_lines(route: PricedRoute, analysis: Analysis, *, effort: EffortModel) -> tuple[EstimateLine, ...]:
    """Return the lines of the whole codebase as the route has them; rework follows from the lines above it."""
    estimate = analysis.estimate(target=analysis.targets[0].id, mode=route.mode)
    names = {finding.site.fingerprint: finding.site.rule_id for finding in analysis.findings_for(estimate.target)}
    kept: list[EstimateLine] = []
    renamed: dict[str, set[str]] = {}
    for line in estimate.lines:
        if line.effort_class in route.once_per_name:
            renamed.setdefault(line.effort_class, set()).update(
                names[fingerprint] for fingerprint in line.fingerprints if fingerprint in names
            )
        elif line.effort_class in route.factors:
            kept.append(_scaled(line, route.factors[line.effort_class]))
        elif line.effort_class not in route.free and line.effort_class not in _SURCHARGES:
            kept.append(line)
    for effort_class, found in sorted(renamed.items()):
        minutes = effort.classes[effort_class].minutes(Mode.MANUAL)
        kept.append(_named_line(effort, effort_class, len(found), minutes))
    return (*kept, *_surcharges(kept, estimate.lines))


def yearly(share_name: str, analysis: Analysis, *, effort: EffortModel, ways: Ways) -> Upkeep:
    """Return the yearly upkeep: fixed days, and a share of the hours that changes of GPU code take."""
    day = analysis.settings.hours_per_day
    low, high = (days * day for days in effort.maintenance_days_per_year)
    low_share, high_share = effort.maintenance_share[share_name]
    changed, source = analysis.inventory.lines_changed_in_a_year, "git, the last year"
    if changed is None:
        changed = round(_cuda_lines(analysis) * ways.churn_without_history)
        source = f"{ways.churn_without_history:.0%} of the CUDA lines, as no history of a year was found"
    hours = changed / ways.churn_lines_per_hour
    return Upkeep(
        hours=Hours(p50=low + low_share * hours, p90=high + high_share * hours),
        basis=f"{low:g} to {high:g} h a year, and {low_share:.0%} to {high_share:.0%} of the hours of yearly changes: "
        f"{changed:,} lines ({source}) are {hours:,.0f} h; {ways.churn_basis}",
    )


def ways_of_upkeep(analysis: Analysis, *, effort: EffortModel, ways: Ways) -> tuple[tuple[str, Hours], ...]:
    """Return the yearly hours of each way of keeping a port, with what the way is and its share of the changes."""
    return tuple(
        (
            f"{effort.maintenance_titles[name]}: {low:.0%} to {high:.0%} of the hours of yearly changes",
            yearly(name, analysis, effort=effort, ways=ways).hours,
        )
        for name, (low, high) in effort.maintenance_share.items()
    )


def past_decisions(
    analysis: Analysis, *, effort: EffortModel, ways: Ways, reduced: Analysis | None, optional: tuple[str, ...]
) -> tuple[RouteEstimate, ...]:
    """Return the two routes past open decisions: replace what is blocked, and leave optional parts out.

    Args:
        analysis: The whole codebase judged.
        effort: Prices.
        ways: How routes are compared.
        reduced: The codebase judged without its optional parts; None when none of them holds a decision.
        optional: What is left out of it.
    """
    start = next(route for route in ways.priced if route.name == ways.start)
    return (
        _replaced(analysis, start, effort=effort, ways=ways),
        _left_out(analysis, start, reduced, optional, effort=effort, ways=ways),
    )


def _replaced(analysis: Analysis, start: PricedRoute, *, effort: EffortModel, ways: Ways) -> RouteEstimate:
    name, title = ways.replace_facts, ways.replace_title
    needs, limits = _facts(ways, name)
    verdict = analysis.verdict(analysis.targets[0].id)
    if not verdict.blockers:
        return _excluded(name, title, "excluded because nothing here waits for a replacement", needs=needs)
    unpriced = [each.title for each in verdict.blockers if all(option.hours is None for option in each.options)]
    if unpriced:
        reason = f"excluded because nobody has a figure for a replacement of: {', '.join(unpriced)}"
        return _excluded(name, title, reason, needs=needs)
    lines = list(route_lines(start, analysis, effort=effort))
    chosen = []
    for blocker in verdict.blockers:
        option, hours = next((option, option.hours) for option in blocker.options if option.hours is not None)
        chosen.append(f"{blocker.title}: {option.title}")
        lines.append(_decision_line(blocker.blocker_class, option.title, hours, option.basis))
    grade = verdict.grade
    return _priced(
        name,
        title,
        "; ".join((*chosen, "each option is counted once, also one per kernel")),
        lines=lines,
        sigma=effort.sigma,
        upkeep=yearly(start.upkeep_share(grade), analysis, effort=effort, ways=ways),
        needs=needs,
        gives=("everything runs on AMD",),
        excludes=limits,
        evidence=tuple(
            RouteEvidence(text=b.title, count=len(b.where), path=b.where[0].path, line=b.where[0].line)
            for b in verdict.blockers
            if b.where
        ),
        basis=start.basis,
    )


def _left_out(
    analysis: Analysis,
    start: PricedRoute,
    reduced: Analysis | None,
    optional: tuple[str, ...],
    *,
    effort: EffortModel,
    ways: Ways,
) -> RouteEstimate:
    name, title = "leave-out", ways.leave_out_title
    target = analysis.targets[0].id
    blockers = analysis.verdict(target).blockers
    if not blockers:
        return _excluded(name, title, "excluded because nothing that is optional waits for a decision")
    open_still = blockers if reduced is None else reduced.verdict(target).blockers
    if reduced is None or open_still:
        titles = ", ".join(blocker.title for blocker in open_still)
        return _excluded(name, title, f"excluded because no option and no component takes out: {titles}")
    options = ", ".join(optional)
    if len(optional) > ways.leave_out_most_parts:
        return _excluded(name, title, f"excluded because {len(optional)} parts would have to go, such as {optional[0]}")
    before, after = len(analysis.inventory.kernels), len(reduced.inventory.kernels)
    if before - after > ways.leave_out_most_kernels * before:
        reason = f"excluded because {before - after} of {before} kernels would go with {options}"
        return _excluded(name, title, reason)
    lines, left = _cuda_lines(analysis), _cuda_lines(reduced)
    if lines - left > ways.leave_out_most_lines * lines:
        reason = f"excluded because {1 - left / lines:.0%} of the CUDA lines would go with {options}"
        return _excluded(name, title, reason)
    grade = reduced.verdict(target).grade
    return _priced(
        name,
        title,
        f"without {options} no decision is open; {after} of {before} kernels stay",
        lines=route_lines(start, reduced, effort=effort),
        sigma=effort.sigma,
        upkeep=yearly(start.upkeep_share(grade), reduced, effort=effort, ways=ways),
        needs=(f"a build without {options}, and another way for what calls it",),
        gives=("a port that needs no decision",),
        excludes=tuple(f"{b.title} on AMD" for b in blockers),
        evidence=tuple(
            RouteEvidence(text=b.title, count=len(b.where), path=b.where[0].path, line=b.where[0].line)
            for b in blockers
            if b.where
        ),
        basis=start.basis,
    )


def _cuda_lines(analysis: Analysis) -> int:
    return sum(file.code_lines for file in analysis.inventory.files if file.is_cuda)


def _priced(
    name: str,
    title: str,
    reason: str,
    *,
    lines: Sequence[EstimateLine],
    sigma: float,
    upkeep: Upkeep,
    needs: tuple[str, ...],
    gives: tuple[str, ...],
    excludes: tuple[str, ...],
    evidence: tuple[RouteEvidence, ...],
    basis: str,
) -> RouteEstimate:
    hours = combine_hours((line.hours for line in lines), sigma=sigma)
    three = combine_hours((hours, *[upkeep.hours] * _YEARS), sigma=sigma)
    return RouteEstimate(
        route=name,
        title=title,
        status=RouteStatus.PRICED,
        reason=reason,
        hours=hours,
        blocks=tuple(
            (block, combine_hours((line.hours for line in lines if line.block is block), sigma=sigma))
            for block in Block
        ),
        upkeep=upkeep.hours,
        upkeep_basis=upkeep.basis,
        three_years=three,
        needs=needs,
        gives=gives,
        excludes=excludes,
        evidence=evidence[:EVIDENCE_SHOWN],
        evidence_count=len(evidence),
        unknown_count=0,
        basis=basis,
    )


def _excluded(name: str, title: str, reason: str, *, needs: tuple[str, ...] = ()) -> RouteEstimate:
    return RouteEstimate(
        route=name, title=title, status=RouteStatus.EXCLUDED, reason=reason, hours=None, blocks=(), upkeep=None,
        upkeep_basis="", three_years=None, needs=needs, gives=(), excludes=(), evidence=(), evidence_count=0,
        unknown_count=0, basis="",
    )  # fmt: skip


def _facts(ways: Ways, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what a route needs, and its limits, as its facts have them."""
    facts = ways.facts[name].facts
    return tuple(filter(None, (facts.get("needs"),))), tuple(filter(None, (facts.get("limits"),)))


def _places(analysis: Analysis, rule_id: str) -> list[Finding]:
    findings = analysis.findings_for(analysis.targets[0].id) if rule_id else ()
    return [finding for finding in findings if finding.site.rule_id == rule_id]


def _evidence(places: Sequence[Finding]) -> tuple[RouteEvidence, ...]:
    if not places:
        return ()
    first = places[0].site
    text = " ".join(first.match.split())
    return (RouteEvidence(text=text, count=len(places), path=first.path, line=first.location.line),)


def _dearest(lines: Iterable[EstimateLine], analysis: Analysis) -> tuple[RouteEvidence, ...]:
    """Return the kinds of work that the price is made of, dearest first, each with its places and the first of them."""
    sites = {f.site.fingerprint: f.site for f in analysis.findings_for(analysis.targets[0].id)}
    hours: dict[str, float] = {}
    places: dict[str, list[Site]] = {}
    for line in lines:
        found = [sites[fingerprint] for fingerprint in line.fingerprints if fingerprint in sites]
        if found:
            title = line.reason.partition(",")[0]
            hours[title] = hours.get(title, 0.0) + line.hours.p50
            places.setdefault(title, []).extend(found)
    return tuple(
        RouteEvidence(
            text=title,
            count=len(places[title]),
            path=first.path,
            line=first.location.line,
        )
        for title in sorted(hours, key=lambda title: (-hours[title], title))
        for first in [min(places[title], key=lambda site: (site.path, site.location.line))]
    )


def _scaled(line: EstimateLine, factor: float) -> EstimateLine:
    return replace(
        line,
        hours=Hours(p50=line.hours.p50 * factor, p90=line.hours.p90 * factor),
        minutes_each=Minutes(p50=line.minutes_each.p50 * factor, p90=line.minutes_each.p90 * factor),
        reason=f"{line.reason}, {factor:.0%} of it",
    )


def _named_line(effort: EffortModel, effort_class: str, count: int, minutes: Minutes) -> EstimateLine:
    price = effort.classes[effort_class]
    return EstimateLine(
        component=None,
        block=Block.CHANGE,
        effort_class=effort_class,
        reason=f"{price.title}, {count:,} names in the header",
        units=count,
        minutes_each=minutes,
        hours=Hours(p50=minutes.p50 * count / 60, p90=minutes.p90 * count / 60),
        basis=price.basis,
        grade=price.grade,
        fingerprints=(),
    )


def _decision_line(blocker_class: str, title: str, hours: Hours, basis: str) -> EstimateLine:
    return EstimateLine(
        component=None,
        block=Block.CHANGE,
        effort_class=blocker_class,
        reason=title,
        units=1,
        minutes_each=Minutes(p50=hours.p50 * 60, p90=hours.p90 * 60),
        hours=hours,
        basis=basis,
        grade="D",
        fingerprints=(),
    )


def _surcharges(kept: Iterable[EstimateLine], before: Iterable[EstimateLine]) -> tuple[EstimateLine, ...]:
    """Return the lines that are shares of others, in the proportion that they had before."""
    kept = tuple(kept)
    before = tuple(before)
    added = []
    for block in (Block.CHANGE, Block.VERIFY):
        old = sum(line.hours.p50 for line in before if line.block is block and line.effort_class not in _SURCHARGES)
        new = sum(line.hours.p50 for line in kept if line.block is block)
        surcharge = [line for line in before if line.block is block and line.effort_class in _SURCHARGES]
        if old <= 0 or new <= 0 or not surcharge:
            continue
        added += [_scaled(line, new / old) for line in surcharge]
    return tuple(added)
