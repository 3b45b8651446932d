"""A row of a table explained: a CUDA symbol, a PTX instruction, or what only a route's table knows."""

from collections.abc import Iterable

from portgauge.explaining.question import Question, ages_in_months, judge_rule, price_of
from portgauge.model.estimate import EffortClass
from portgauge.model.explanation import Explanation, Judged, Mention, Price, RouteSays, Said
from portgauge.model.rule import Mode, Severity
from portgauge.rulebook.lookup import Frame, Lookup
from portgauge.rulebook.routes import RouteAnswer, RouteTable
from portgauge.rulebook.rulebook import Table

_WORST_FIRST = tuple(Severity)
_MOST_RELATED = 8


def _says(table: RouteTable, answer: RouteAnswer) -> RouteSays:
    return RouteSays(
        route=table.route,
        symbol=answer.symbol,
        library=answer.library,
        status=answer.status,
        text="; ".join((answer.meaning, *answer.notes)),
        needs_review=answer.needs_review,
        source=answer.source,
    )


def routes_say(lookup: Lookup, symbol: str, *, table: str) -> tuple[RouteSays, ...]:
    """Return what every other route says about a name; a route that does not list it says that."""
    said: list[RouteSays] = []
    for route_table in lookup.route_tables(symbol):
        answers = route_table.find(symbol, table=table)
        said.extend(_says(route_table, answer) for answer in answers)
        if not answers:
            said.append(
                RouteSays(
                    route=route_table.route,
                    symbol="",
                    library="",
                    status="unknown",
                    text=route_table.not_listed,
                    needs_review=False,
                    source=None,
                )
            )
    return tuple(said)


def mentions_of(lookup: Lookup, rule_ids: Iterable[str], *, name: str, question: Question) -> tuple[Mention, ...]:
    """Return pattern rules that look for a name, the worst first."""
    mentions = []
    for rule_id in rule_ids:
        rule = lookup.rule(rule_id)
        judged = judge_rule(rule, match=name, question=question, facts={"name": name, "callee": name})
        worst = tuple(
            (target, min((line.severity for line in judged if target in line.targets), key=_WORST_FIRST.index))
            for target in (asked.stands_for or asked.id for asked in question.targets)
        )
        mentions.append(Mention(rule_id=rule_id, title=rule.title, severities=worst))
    return tuple(
        sorted(mentions, key=lambda mention: min(_WORST_FIRST.index(severity) for _, severity in mention.severities))
    )


def prices_of(judged: tuple[Judged, ...], frame: Frame, *, library: str = "") -> tuple[Price, ...]:
    """Return the prices of the effort classes that may decide, and of the library they belong to."""
    classes: dict[str, EffortClass] = {
        line.effort_class: frame.effort.classes[line.effort_class] for line in judged if line.effort_class != "none"
    }
    prices = [price_of(effort) for effort in classes.values() if any(effort.minutes(mode).p90 for mode in Mode)]
    return (*prices, *library_price(library, frame))


def library_price(name: str, frame: Frame) -> tuple[Price, ...]:
    """Return what a library costs once, whatever the number of its calls; nothing when it has no such price."""
    cost = frame.effort.libraries.get(name)
    if cost is None:
        return ()
    return (
        Price(
            name=name,
            title=cost.title,
            per="library",
            unit="hours",
            grade=cost.grade,
            by_mode={mode: (hours.p50, hours.p90) for mode, hours in cost.hours.items()},
            basis=cost.basis,
        ),
    )


def explain_row(lookup: Lookup, *, table: str, number: int, asked: str, question: Question) -> Explanation:
    """Return what is known of one row, and what it is worth."""
    whole = lookup.row(table, number)
    return _explain_only_row(lookup, table=whole, asked=asked, question=question)


def _explain_only_row(lookup: Lookup, *, table: Table, asked: str, question: Question) -> Explanation:
    rule, frame, layout = table.rule(0), lookup.frame(), lookup.layout(table.kind)
    row = table.row(0)
    symbol = row[table.key_column]
    # The row of an instruction answers for many opcodes; the one that was asked for reads better.
    match = asked if table.kind == "ptx" else symbol
    judged = judge_rule(rule, match=match, question=question)
    blockers = {line.blocker for line in judged if line.blocker}
    has_own_routes = table.kind == "ptx"
    return Explanation(
        name=symbol,
        what=layout.what_it_is(row, table=table.title),
        rule_id=rule.id,
        said=tuple(
            Said(label=label, text=text)
            for label, text in layout.sentences(row, table=table.title, counterpart=table.counterpart)
        ),
        judged=judged,
        routes=() if has_own_routes else routes_say(lookup, symbol, table=table.name),
        mentions=mentions_of(lookup, lookup.mentioned_by(symbol), name=symbol, question=question),
        prices=prices_of(judged, frame, library=table.name),
        options=tuple(option for name in sorted(blockers) for option in frame.blockers[name].options),
        related=_related(lookup, match),
        sources=rule.sources,
        ages_months=ages_in_months(rule.sources, today=question.today),
        origin=str(rule.origin),
        row=row,
    )


def _related(lookup: Lookup, name: str) -> tuple[str, ...]:
    found = (
        *lookup.beginning_with(f"{name}::", limit=_MOST_RELATED),
        *lookup.beginning_with(f"{name}.", limit=_MOST_RELATED),
    )
    return found[:_MOST_RELATED]


def explain_route_name(lookup: Lookup, *, symbol: str, question: Question) -> Explanation:
    """Return what the tables of the routes say about a name that no table of ours lists."""
    said = routes_say(lookup, symbol, table="")
    sources = tuple(dict.fromkeys(line.source for line in said if line.source is not None))
    libraries = sorted({line.library for line in said if line.library})
    return Explanation(
        name=symbol,
        what=f"a name of {', '.join(libraries)}",
        rule_id="",
        said=(Said(label="On AMD", text="unknown: no table of portgauge lists the name"),),
        judged=(),
        routes=said,
        mentions=mentions_of(lookup, lookup.mentioned_by(symbol), name=symbol, question=question),
        prices=(),
        options=(),
        related=(),
        sources=sources,
        ages_months=ages_in_months(sources, today=question.today),
        origin="",
        row={},
    )
