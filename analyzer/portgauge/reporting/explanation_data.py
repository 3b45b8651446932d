"""An explanation as data."""

import json
from collections.abc import Sequence

from portgauge.model.explanation import Explanation, Price
from portgauge.model.rule import Source


def explanation_data(explanation: Explanation) -> dict[str, object]:
    """Return an explanation as values that JSON can hold."""
    return {
        "name": explanation.name,
        "what": explanation.what,
        "rule": explanation.rule_id or None,
        "said": [{"label": said.label, "text": said.text} for said in explanation.said],
        "judged": [
            {
                "targets": list(line.targets),
                "when": line.when or None,
                "severity": line.severity.value,
                "failure_mode": line.failure_mode.value,
                "automation": line.automation.value,
                "effort_class": line.effort_class,
                "message": line.message,
                "blocker": line.blocker or None,
                "obstacle": line.obstacle or None,
            }
            for line in explanation.judged
        ],
        "routes": [
            {
                "route": line.route,
                "symbol": line.symbol or None,
                "library": line.library or None,
                "status": line.status,
                "text": line.text,
                "needs_review": line.needs_review,
                "source": _source_data(line.source) if line.source else None,
            }
            for line in explanation.routes
        ],
        "differs": [
            {
                "rule": mention.rule_id,
                "title": mention.title,
                "severity": {target: severity.value for target, severity in mention.severities},
            }
            for mention in explanation.mentions
        ],
        "costs": [_price_data(price) for price in explanation.prices],
        "ways_past": [
            {
                "title": way.title,
                "hours": {"p50": way.hours[0], "p90": way.hours[1]} if way.hours else None,
                "basis": way.basis,
            }
            for way in explanation.ways
        ],
        "related": list(explanation.related),
        "sources": [_source_data(source) for source in explanation.sources],
        "age_months": dict(zip(("newest", "oldest"), explanation.ages_months, strict=True))
        if explanation.ages_months
        else None,
        "origin": explanation.origin or None,
        "row": dict(explanation.row) or None,
    }


def _price_data(price: Price) -> dict[str, object]:
    return {
        "name": price.name,
        "title": price.title,
        "per": price.per,
        "grade": price.grade or None,
        price.unit: {mode.value: {"p50": low, "p90": high} for mode, (low, high) in price.by_mode.items()},
        "basis": price.basis,
    }


def _source_data(source: Source) -> dict[str, object]:
    return {"title": source.title, "url": source.url or None, "retrieved": source.retrieved or None}


def explanations_json(
    name: str, explanations: Sequence[Explanation], *, also: Sequence[str], targets: Sequence[str], rocm_version: str
) -> str:
    """Return the answer to a name as JSON text."""
    return json.dumps(
        {
            "name": name,
            "targets": list(targets),
            "rocm": rocm_version,
            "meanings": [explanation_data(explanation) for explanation in explanations],
            "also": list(also),
        },
        indent=2,
        ensure_ascii=False,
    )
