"""What each library that the code uses becomes on AMD."""

from collections.abc import Iterable, Mapping

from portgauge.model.analysis import Inventory, LibraryJudgement
from portgauge.model.estimate import Hours
from portgauge.model.finding import Finding
from portgauge.model.rule import Automation, Mode, Severity
from portgauge.model.target import Target
from portgauge.rulebook.rulebook import Rulebook

_NO_PRICE: Mapping[str, str] = {
    "sites": "no price of its own: its names are priced where they stand",
    "build": "part of the price of porting the build",
    "ci": "part of the price of CI and packaging",
    "build-table": "priced where the build or a script names it",
    "package": "priced where code imports it or a list of packages asks for it",
    "decision": "a decision: its options stand with the blocker",
}


def judge_libraries(
    inventory: Inventory, findings: Iterable[Finding], *, rulebook: Rulebook, target: Target, mode: Mode
) -> tuple[LibraryJudgement, ...]:
    """Return what each used library becomes on the headline target."""
    unsupported: dict[str, set[str]] = {}
    rewritten: dict[str, set[str]] = {}
    for finding in findings:
        is_manual = finding.automation is Automation.MANUAL
        if finding.target == target.id and is_manual and finding.severity in (Severity.CRITICAL, Severity.HIGH):
            table, _, symbol = finding.site.rule_id.partition("/")
            library = rulebook.libraries.of_table(table)
            if library:
                rule = rulebook.rule(finding.site.rule_id)
                has_other = rule is not None and bool(rule.row.get("miopen_or_roc_symbol"))
                (rewritten if has_other else unsupported).setdefault(library, set()).add(symbol)
    judged = []
    for use in inventory.libraries:
        known = rulebook.libraries.get(use.name)
        if known is None:
            continue
        cost = rulebook.effort.libraries.get(use.name)
        no_price = _NO_PRICE.get(known.price, "no price of its own")
        if cost is not None and not use.is_in_code:
            cost, no_price = None, "only linked or listed: no code uses it, so only the build changes"
        judged.append(
            LibraryJudgement(
                name=use.name,
                title=known.title,
                status=known.status,
                group=known.group,
                hip_counterpart=known.twin,
                sycl_counterpart=known.sycl,
                unsupported_symbols=tuple(sorted(unsupported.get(use.name, ()))),
                rewritten_symbols=tuple(sorted(rewritten.get(use.name, ()))),
                hours=cost.hours[mode] if cost else Hours(p50=0.0, p90=0.0),
                basis=cost.basis if cost else no_price,
                note=known.note,
            )
        )
    return tuple(judged)
