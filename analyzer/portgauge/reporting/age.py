"""A warning when what judged an analysis is old."""

from datetime import date

from portgauge.model.age import OLD_MONTHS, months_between
from portgauge.model.analysis import Analysis

_NAMED = 4


def old_tables(analysis: Analysis) -> dict[str, int]:
    """Return the age in months of each table or family whose knowledge is old, the oldest first.

    A rule is as old as the newest source that it names, a table as its oldest rule that made a finding.
    """
    today = analysis.analysed_at.date()
    ages: dict[str, int] = {}
    for rule in analysis.rules:
        dates = [date.fromisoformat(source.retrieved) for source in rule.sources if source.retrieved]
        if dates:
            table = rule.id.partition("/")[0]
            ages[table] = max(ages.get(table, 0), months_between(max(dates), today))
    old = {table: months for table, months in ages.items() if months > OLD_MONTHS}
    return dict(sorted(old.items(), key=lambda entry: (-entry[1], entry[0])))


def age_warning(analysis: Analysis) -> str:
    """Return a sentence about old knowledge; empty when none is."""
    old = old_tables(analysis)
    if not old:
        return ""
    named = [f"{table} ({months} months)" for table, months in list(old.items())[:_NAMED]]
    more = len(old) - len(named)
    told = ", ".join(named) + (f" and {more} more" if more else "")
    return f"More than {OLD_MONTHS} months old is the knowledge of: {told}. What AMD released since may be missing."
