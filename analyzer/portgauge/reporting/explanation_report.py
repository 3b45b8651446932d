"""An explanation as text for a terminal."""

import textwrap
from collections.abc import Callable, Iterator, Sequence

from portgauge.model.explanation import Explanation, Judged, Mention, Price, RouteSays
from portgauge.model.rule import Automation, Mode, Severity, Source
from portgauge.reporting.plain_text import one_line

_INDENT = 2
_MOST_SOURCES = 3
_LABEL_WIDTH = 14
_AUTOMATION_WORDS = {
    Automation.AUTOMATIC: "HIPIFY writes it",
    Automation.ASSISTED: "a local, mechanical edit",
    Automation.MANUAL: "by hand, with understanding",
}
_MODE_WORDS = {Mode.MANUAL: "by hand", Mode.HIPIFY: "after HIPIFY", Mode.AGENT: "with an agent"}
_PER_WORDS = {
    "site": "for each place in the code",
    "rule-in-file": "for the first place in a file, nothing for further ones",
    "rule-in-component": "for the first place in a component, nothing for further ones",
    "rule-in-codebase": "once for the codebase",
    "library": "once for the codebase",
}
_ROUTE_WORDS = {"sycl": "SYCL", "zluda": "ZLUDA", "scale": "SCALE"}


def explanations_text(
    explanations: Sequence[Explanation],
    *,
    also: Sequence[str],
    rocm_version: str,
    width: int,
    emphasis: Callable[[str], str] = str,
) -> str:
    """Return the answer to a name as text of at most ``width`` columns, one meaning after another."""
    blocks = []
    for explanation in explanations:
        heading = f"{emphasis(one_line(explanation.name))}: {one_line(explanation.what)}"
        lines = _lines(explanation, width=width - _INDENT, rocm_version=rocm_version)
        blocks.append(
            "\n".join(
                (heading, *(" " * _INDENT + emphasis(f"{label:<{_LABEL_WIDTH}}") + text for label, text in lines))
            )
        )
    if also:
        blocks.append("\n".join(textwrap.wrap(f"Also: {', '.join(map(one_line, also))}", width)))
    return "\n\n".join(blocks)


def _lines(explanation: Explanation, *, width: int, rocm_version: str) -> Iterator[tuple[str, str]]:
    """Yield the lines of an explanation as label and text; a label is empty where the line goes on."""
    for said in explanation.said:
        yield from _wrapped(said.label, said.text, width)
    for label, text in _judged_texts(explanation.judged, rocm_version):
        yield from _wrapped(label, text, width)
    for mention in explanation.mentions:
        yield from _wrapped("Differs", _mention_text(mention), width)
    for route, text in _route_texts(explanation):
        yield from _wrapped(_ROUTE_WORDS.get(route, route), text, width)
    for price in explanation.prices:
        yield from _wrapped("Costs", _price_text(price), width)
    for basis in dict.fromkeys(price.basis for price in explanation.prices):
        yield from _wrapped("Basis", basis, width)
    for way in explanation.ways:
        hours = f"{_range(*way.hours)} person-hours" if way.hours else "no figure"
        yield from _wrapped("Way past it", f"{way.title}: {hours} ({way.basis})", width)
    if explanation.related:
        yield from _wrapped("See also", ", ".join(explanation.related), width)
    for source in explanation.sources[:_MOST_SOURCES]:
        yield from _wrapped("Source", _source_text(source), width)
    if explanation.ages_months is not None:
        yield from _wrapped("Age", _age_text(*explanation.ages_months), width)
    where = [part for part in (explanation.rule_id and f"rule {explanation.rule_id}", explanation.origin) if part]
    if where:
        yield from _wrapped("Stands in", ", ".join(where), width)


def _wrapped(label: str, text: str, width: int) -> Iterator[tuple[str, str]]:
    room = max(30, width - _LABEL_WIDTH)
    parts = textwrap.wrap(one_line(text), room, break_long_words=False, break_on_hyphens=False) or [""]
    for number, part in enumerate(parts):
        yield (label if number == 0 else "", part)


def _judged_texts(judged: Sequence[Judged], rocm_version: str) -> Iterator[tuple[str, str]]:
    for line in judged:
        yield "On " + line.targets[0], _judged_text(line, rocm_version)


def _judged_text(line: Judged, rocm_version: str) -> str:
    others = f" (also {', '.join(line.targets[1:])})" if len(line.targets) > 1 else ""
    when = f", when {line.when}" if line.when else ""
    if line.severity is Severity.NONE:
        worth = "nothing to do"
    else:
        worth = f"{line.severity} severity, {line.failure_mode}, {_AUTOMATION_WORDS[line.automation]}"
    decision = f"; a decision, blocker {line.blocker}" if line.blocker else ""
    return f"ROCm {rocm_version}{others}{when}: {line.message} {worth[0].upper()}{worth[1:]}{decision}."


def _mention_text(mention: Mention) -> str:
    by_severity: dict[str, list[str]] = {}
    for target, severity in mention.severities:
        by_severity.setdefault(severity.value, []).append(target)
    worth = ", ".join(f"{severity} on {' and '.join(targets)}" for severity, targets in by_severity.items())
    return f"{mention.title} ({worth}): portgauge explain {mention.rule_id}"


def _route_texts(explanation: Explanation) -> Iterator[tuple[str, str]]:
    grouped: dict[tuple[str, str, bool], list[RouteSays]] = {}
    for line in explanation.routes:
        grouped.setdefault((line.route, line.text, line.needs_review), []).append(line)
    order = list(_ROUTE_WORDS)
    for (route, text, needs_review), lines in sorted(
        grouped.items(), key=lambda entry: order.index(entry[0][0]) if entry[0][0] in order else len(order)
    ):
        symbols = ", ".join(
            dict.fromkeys(line.symbol for line in lines if line.symbol not in ("", "*", explanation.name))
        )
        review = "; review it" if needs_review else ""
        yield route, f"{symbols}: {text}{review}" if symbols else f"{text}{review}"


def _range(low: float, high: float) -> str:
    return f"{low:g} to {high:g}" if high else "0"


def _price_text(price: Price) -> str:
    each = ", ".join(
        f"{_MODE_WORDS[mode]} {_range(*price.by_mode[mode])}" for mode in _MODE_WORDS if mode in price.by_mode
    )
    grade = f", grade {price.grade}" if price.grade else ""
    return (
        f"{price.title} ({price.name}{grade}): {each} {price.unit} {_PER_WORDS.get(price.per, price.per)} (P50 to P90)"
    )


def _source_text(source: Source) -> str:
    return ", ".join(part for part in (source.title, source.url, source.retrieved) if part)


def _months(months: int) -> str:
    return "less than a month" if months == 0 else f"{months} month{'' if months == 1 else 's'}"


def _age_text(newest: int, oldest: int) -> str:
    return _months(newest) if newest == oldest else f"{_months(newest)} to {_months(oldest)}, by source"
