"""What is no row: a pattern rule, a library, a target, a route, a class of work or of blockers."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from portgauge.explaining.question import Question, ages_in_months, judge_rule
from portgauge.explaining.rows import mentions_of, prices_of
from portgauge.model.explanation import Explanation, RouteSays, Said
from portgauge.model.library_status import LIBRARY_STATUS_WORDS
from portgauge.model.rule import Example, Rule, Source
from portgauge.model.target import Target
from portgauge.rulebook.lookup import Lookup
from portgauge.rulebook.routes import RouteTable
from portgauge.rulebook.table import Table

_MOST_TARGETS_OF_A_ROUTE = 2


def _said(pairs: Mapping[str, str]) -> tuple[Said, ...]:
    return tuple(Said(label=label, text=" ".join(text.split())) for label, text in pairs.items() if text)


def _bare(
    *, name: str, what: str, said: tuple[Said, ...], sources: tuple[Source, ...], question: Question, origin: str
) -> Explanation:
    """Return an explanation of what is no rule and costs nothing by itself."""
    return Explanation(
        name=name,
        what=what,
        rule_id="",
        said=said,
        judged=(),
        routes=(),
        mentions=(),
        prices=(),
        ways=(),
        related=(),
        sources=sources,
        ages_months=ages_in_months(sources, today=question.today),
        origin=origin,
        row={},
    )


def _shown_match(rule: Rule) -> str:
    """Return a text that the rule matches, for its message."""
    example: Example = next((found for found in rule.match_examples if found.text), rule.match_examples[0])
    return example.text or "…"


def explain_rule(lookup: Lookup, *, rule_id: str, question: Question) -> Explanation:
    """Return what a pattern rule looks for and why."""
    rule, frame = lookup.rule(rule_id), lookup.frame()
    judged = judge_rule(rule, match=_shown_match(rule), question=question)
    blockers = sorted({line.blocker for line in judged if line.blocker})
    bare = _bare(
        name=rule.id,
        what=f"a rule: {rule.title}",
        said=_said(
            {
                "Why": rule.why,
                "Instead": rule.instead,
                "Test": rule.validate,
                "Not found": rule.not_found,
                "Finds": rule.match_examples[0].code.strip(),
                "Leaves": rule.no_match_examples[0].code.strip(),
                "Formerly": ", ".join(rule.formerly),
                "How sure": f"{rule.confidence.value} confidence that a match is a true site",
            }
        ),
        sources=rule.sources,
        question=question,
        origin=str(rule.origin),
    )
    return replace(
        bare,
        rule_id=rule.id,
        judged=judged,
        prices=prices_of(judged, frame),
        ways=tuple(way for name in blockers for way in frame.blockers[name].ways),
    )


def _library_route(table: RouteTable, library: str) -> RouteSays | None:
    """Return what a route says about a library; None when it says nothing."""
    whole = table.library_answers(library)
    rows = table.library_rows(library)
    if not rows:
        return None
    if whole:
        text = "; ".join(dict.fromkeys(answer.meaning for answer in whole))
        source = whole[0].source
    else:
        targets = Counter(row["target"] for row in rows if row.get("target"))
        common = [name for name, _ in targets.most_common(_MOST_TARGETS_OF_A_ROUTE)]
        text = f"calls that it knows become {' or '.join(common)}; ask for the call" if common else "ask for the call"
        source = table.sources[rows[0]["source"]]
    return RouteSays(
        route=table.route,
        symbol="*",
        library=library,
        status=whole[0].status if whole else "by name",
        text=text,
        needs_review=False,
        source=source,
    )


def _status_words(table: Table) -> str:
    """Return how what AMD has compares with the library; empty when the table leaves it open."""
    return "" if table.status == "unknown" else LIBRARY_STATUS_WORDS.get(table.status, "")


def _counts(table: Table) -> str:
    """Return how many names of a table have which status, in words."""
    if "status" not in table.columns:
        return f"{len(table.rows):,} rows"
    column = table.columns.index("status")
    counts = Counter(row[column] for row in table.rows)
    return f"{len(table.rows):,} names, by status: " + ", ".join(
        f"{count:,} {status}" for status, count in counts.most_common()
    )


def _library_row(lookup: Lookup, name: str) -> dict[str, str]:
    """Return what the row of a library among the libraries says beyond what its API table says."""
    for named in lookup.find(name):
        if named.kind == "row" and lookup.kind(named.part) == "library":
            found = lookup.row(named.part, int(named.key))
            said = lookup.layout("library").sentences(found.row(0), table=found.title, counterpart="")
            return {label: text for label, text in said if label not in ("On AMD", "Price")}
    return {}


def explain_library(lookup: Lookup, *, table: Table, question: Question) -> Explanation:
    """Return what becomes of a library as a whole."""
    frame = lookup.frame()
    sources = tuple(table.sources.values())
    used = {key for row in table.rows for key in row[table.columns.index("source")].split(";")}
    of_rows = tuple(source for source in sources if source.key in used)
    said = [_library_route(route_table, table.name) for route_table in lookup.whole_route_tables()]
    bare = _bare(
        name=table.title,
        what=f"the table {table.name} of portgauge" if not table.is_library else "a CUDA library",
        said=_said(
            {
                "On AMD": "; ".join(part for part in (table.counterpart, _status_words(table)) if part),
                "Names": _counts(table),
                **_library_row(lookup, table.name),
            }
        ),
        sources=of_rows or sources[:1],
        question=question,
        origin=table.file,
    )
    return replace(
        bare,
        routes=tuple(line for line in said if line is not None),
        mentions=mentions_of(lookup, lookup.mentioned_in(table.name), name=table.title, question=question),
        prices=prices_of((), frame, libraries=(table.name,)),
    )


def explain_target(lookup: Lookup, *, target: Target, question: Question) -> Explanation:
    """Return what is known about an AMD GPU."""
    listed, layout = lookup.frame().targets, lookup.layout("target")
    row = {
        "id": target.id,
        "title": target.title,
        "lanes_per_wave": str(target.lanes_per_wave),
        **{str(name): str(found) for name, found in target.properties.items()},
    }
    return _bare(
        name=target.stands_for or target.id,
        what=layout.what_it_is(row, table="an AMD GPU"),
        said=_said(
            {
                "Listed as": f"{target.id}, its nearest relative; not listed itself" if target.stands_for else "",
                **dict(layout.sentences(row, table="", counterpart="")),
                "How sure": f"{listed.confidence.get(target.id, 'unknown')} confidence that the row is right; "
                "a property that is missing is unknown, never no",
            }
        ),
        sources=listed.sources.get(target.id, ()),
        question=question,
        origin="rules/targets.yaml",
    )


_ROUTE_LABELS = {
    "needs_source": "Source needed",
    "runs_binary": "Runs binaries",
    "needs": "Needs",
    "hardware": "Hardware",
    "cuda_versions": "CUDA versions",
    "libraries": "Libraries",
    "inline_ptx": "Inline PTX",
    "warp_size": "Warp size",
    "licence": "Licence",
    "activity": "Activity",
    "maintenance": "Upkeep",
    "limits": "Limits",
    "measured": "Measured",
    "cost_follows": "Cost follows",
}


def explain_route(lookup: Lookup, *, name: str, question: Question) -> Explanation:
    """Return what a way to leave CUDA asks for and gives."""
    route = lookup.route(name)
    return _bare(
        name=route.name,
        what=f"a way to leave CUDA: {route.title}",
        said=_said(
            {
                **{label: route.facts.get(key, "") for key, label in _ROUTE_LABELS.items()},
                "How sure": f"{route.confidence} confidence",
            }
        ),
        sources=route.sources,
        question=question,
        origin=str(route.origin),
    )


def explain_effort(lookup: Lookup, *, name: str, question: Question) -> Explanation:
    """Return what a class of work costs."""
    price = lookup.frame().prices[name]
    bare = _bare(
        name=name,
        what=f"a class of work: {price.title}",
        said=(),
        sources=(),
        question=question,
        origin="rules/effort.yaml",
    )
    return replace(bare, prices=(price,))


def explain_blocker(lookup: Lookup, *, name: str, question: Question) -> Explanation:
    """Return the ways past a blocker."""
    blocker = lookup.frame().blockers[name]
    bare = _bare(
        name=name,
        what=f"a blocker, which is a decision and no edit: {blocker.title}",
        said=(),
        sources=(),
        question=question,
        origin="rules/blockers.yaml",
    )
    return replace(bare, ways=blocker.ways)
