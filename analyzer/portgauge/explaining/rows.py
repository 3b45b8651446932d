"""A row of a table explained: a CUDA symbol, a PTX instruction, or what only a route's table knows."""

from collections.abc import Iterable, Iterator, Mapping

from portgauge.explaining.question import Question, ages_in_months, judge_rule
from portgauge.model.explanation import Explanation, Judged, Mention, Price, RouteSays, Said
from portgauge.model.rule import Severity
from portgauge.rulebook.lookup import Frame, Lookup
from portgauge.rulebook.routes import RouteAnswer, RouteTable

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


def prices_of(judged: tuple[Judged, ...], frame: Frame, *, libraries: Iterable[str] = ()) -> tuple[Price, ...]:
    """Return the prices of the effort classes that may decide, and of the libraries that the name belongs to."""
    classes = dict.fromkeys(line.effort_class for line in judged if line.effort_class in frame.prices)
    prices = [frame.prices[name] for name in classes if any(high for _, high in frame.prices[name].by_mode.values())]
    return (*prices, *(frame.library_prices[name] for name in libraries if name in frame.library_prices))


def explain_row(lookup: Lookup, *, table: str, number: int, asked: str, question: Question) -> Explanation:
    """Return what is known of one row, and what it is worth."""
    whole = lookup.row(table, number)
    rule, frame, layout = whole.rule(0), lookup.frame(), lookup.layout(whole.kind)
    row = whole.row(0)
    symbol = row[whole.key_column]
    # The row of an instruction or library answers for many names; the one that was asked for reads better.
    match = symbol if whole.kind == "api" else asked
    judged = judge_rule(rule, match=match, question=question)
    decisions = [line.blocker for line in judged if line.blocker] or [symbol]
    return Explanation(
        name=symbol,
        what=layout.what_it_is(row, table=whole.title),
        rule_id=rule.id,
        said=(
            *(
                Said(label=label, text=text)
                for label, text in layout.sentences(row, table=whole.title, counterpart=whole.counterpart)
            ),
            *(_said_of_library(lookup, row.get("library", ""), knows=row) if whole.kind != "library" else ()),
        ),
        judged=judged,
        routes=routes_say(lookup, symbol, table=table) if whole.kind == "api" else (),
        mentions=mentions_of(lookup, lookup.mentioned_by(symbol), name=symbol, question=question),
        prices=prices_of(judged, frame, libraries=(table, row.get("library", ""))),
        ways=tuple(
            way for name in dict.fromkeys(decisions) if name in frame.blockers for way in frame.blockers[name].ways
        ),
        related=_related(lookup, match),
        sources=rule.sources,
        ages_months=ages_in_months(rule.sources, today=question.today),
        origin=str(rule.origin),
        row=row,
    )


def _said_of_library(lookup: Lookup, name: str, *, knows: Mapping[str, str]) -> Iterator[Said]:
    """Yield what the entry that a package, image or tool is part of says beside it."""
    for named in lookup.find(name) if name else ():
        if named.kind == "row" and lookup.kind(named.part) == "library" and not named.is_weak:
            found = lookup.row(named.part, int(named.key)).row(0)
            yield Said(label="Part of", text=f"{found['title']}, one entry however it is seen: {found['twin']}")
            if found["sycl"] and not knows.get("sycl"):
                yield Said(label="SYCL", text=found["sycl"])
            return


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
        ways=(),
        related=(),
        sources=sources,
        ages_months=ages_in_months(sources, today=question.today),
        origin="",
        row={},
    )
