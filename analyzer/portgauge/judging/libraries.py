"""One library, one entry: which CUDA libraries the code uses and what each becomes on AMD."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from portgauge.model.analysis import Inventory, LibraryJudgement
from portgauge.model.component import LibraryUse
from portgauge.model.estimate import Hours
from portgauge.model.finding import Finding, Site
from portgauge.model.rule import Automation, Mode, Severity
from portgauge.model.target import Target
from portgauge.rulebook.rulebook import Rulebook, Table


def library_uses(sites: Iterable[Site], *, tables: Mapping[str, Table]) -> tuple[LibraryUse, ...]:
    """Return the libraries whose names stand in the code, by name."""
    symbols: dict[str, Counter[str]] = {}
    files: dict[str, set[PurePosixPath]] = {}
    for site in sites:
        table_name, _, symbol = site.rule_id.partition("/")
        table = tables.get(table_name)
        if table is None or not table.is_library:
            continue
        symbols.setdefault(table_name, Counter())[symbol] += 1
        files.setdefault(table_name, set()).add(site.path)
    return tuple(
        LibraryUse(
            name=name,
            symbols=tuple(sorted(symbols[name].items(), key=lambda entry: (-entry[1], entry[0]))),
            files=tuple(sorted(files[name])),
        )
        for name in sorted(symbols)
    )


def judge_libraries(
    inventory: Inventory, findings: Iterable[Finding], *, rulebook: Rulebook, target: Target, mode: Mode
) -> tuple[LibraryJudgement, ...]:
    """Return what each used library becomes on the headline target."""
    unsupported: dict[str, set[str]] = {}
    for finding in findings:
        is_manual = finding.automation is Automation.MANUAL
        if finding.target == target.id and is_manual and finding.severity in (Severity.CRITICAL, Severity.HIGH):
            table, _, symbol = finding.site.rule_id.partition("/")
            unsupported.setdefault(table, set()).add(symbol)
    judged = []
    for use in inventory.libraries:
        table_entry = rulebook.tables[use.name]
        cost = rulebook.effort.libraries.get(use.name)
        judged.append(
            LibraryJudgement(
                name=use.name,
                title=table_entry.title,
                status=table_entry.status,
                hip_counterpart=table_entry.counterpart,
                sycl_counterpart="",
                unsupported_symbols=tuple(sorted(unsupported.get(use.name, ()))),
                hours=cost.hours[mode] if cost else Hours(p50=0.0, p90=0.0),
                basis=cost.basis if cost else "no price of its own: its calls are priced as sites",
            )
        )
    return tuple(judged)
