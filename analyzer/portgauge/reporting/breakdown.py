"""Where the hours are, seen by file, by library and by what the prices rest on.

Components are ``component_summary``; here is what crosses them.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from portgauge.model.analysis import Analysis
from portgauge.model.base import value
from portgauge.model.estimate import EstimateLine, Minutes
from portgauge.model.library_status import LIBRARY_STATUS_WORDS
from portgauge.model.rule import Severity
from portgauge.reporting.rounding import hours_words, time_words
from portgauge.reporting.tally import JudgedSite, booked_minutes

MEASURED = "measured:"
"""A basis that starts with this was measured; every other is a judgement."""
LIBRARY_LINE = "library-"
"""The effort class of a library's fixed cost is this and the library's name."""
FILE_SEVERITIES = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM)
REASONS_SHOWN = 3
OPEN_STATUSES = ("rewrite", "none")


@value
class FileSummary:
    """What breaks in one file on the headline target; only places that need a person."""

    path: str
    component: str
    hours_p50: float
    """Change block of its places, without rework and without what the whole component or codebase needs."""
    words: str
    severities: tuple[tuple[Severity, int], ...]
    """Critical, high and medium, in this order."""
    places: int
    reasons: tuple[tuple[str, int], ...]
    """Titles of the rules that cost most here, with their number of places."""


@value
class LibrarySummary:
    """What one library becomes on AMD, and what of its price is in the total."""

    name: str
    title: str
    counterpart: str
    """Empty when there is none or nobody knows one."""
    status: str
    names_used: int
    names_without: int
    """Names used that have no drop-in counterpart."""
    hours_p50: float
    """Fixed cost in the headline estimate; its calls are priced where they stand."""
    words: str
    """"open" when the library has to be replaced and nothing is booked for that."""


@value
class BasisShare:
    """How many of the P50 hours rest on one basis."""

    basis: str
    hours_p50: float
    words: str


def file_summaries(analysis: Analysis, judged: Sequence[JudgedSite]) -> tuple[FileSummary, ...]:
    """Return the files with places that need a person on the headline target, dearest first."""
    target, mode = analysis.targets[0].id, analysis.settings.mode
    booked = booked_minutes(analysis.estimate(target=target, mode=mode))
    by_path: dict[str, list[JudgedSite]] = defaultdict(list)
    for each in judged:
        if not each.needs_nobody_on(target):
            by_path[str(each.site.path)].append(each)
    files = [_file_summary(path, sites, target=target, booked=booked) for path, sites in by_path.items()]
    return tuple(sorted(files, key=lambda f: (-f.hours_p50, *(-count for _, count in f.severities), f.path)))


def _file_summary(path: str, sites: Sequence[JudgedSite], *, target: str, booked: Mapping[str, Minutes]) -> FileSummary:
    minutes: dict[str, float] = defaultdict(float)
    titles: dict[str, str] = {}
    count: Counter[str] = Counter()
    for each in sites:
        price = booked.get(each.site.fingerprint)
        rule = each.site.rule_id
        titles[rule] = each.title
        count[rule] += 1
        minutes[rule] += price.p50 if price else 0
    worst = {rule: min(e.rank for e in sites if e.site.rule_id == rule) for rule in titles}
    order = sorted(titles, key=lambda rule: (-minutes[rule], worst[rule], rule))
    severities = Counter(each.on(target).severity for each in sites)
    hours_p50 = sum(minutes[rule] for rule in order) / 60
    return FileSummary(
        path=path,
        component=sites[0].component,
        hours_p50=hours_p50,
        words=time_words(hours_p50),
        severities=tuple((severity, severities[severity]) for severity in FILE_SEVERITIES),
        places=len(sites),
        reasons=tuple((titles[rule], count[rule]) for rule in order[:REASONS_SHOWN]),
    )


def library_summaries(analysis: Analysis) -> tuple[LibrarySummary, ...]:
    """Return the judged libraries, dearest in the total first."""
    whole = analysis.estimate(target=analysis.targets[0].id, mode=analysis.settings.mode)
    booked: dict[str, float] = defaultdict(float)
    for line in whole.lines:
        booked[line.effort_class] += line.hours.p50
    used = {use.name: len(use.symbols) for use in analysis.inventory.libraries}
    found = [
        LibrarySummary(
            name=library.name,
            title=library.title,
            counterpart=library.hip_counterpart,
            status=LIBRARY_STATUS_WORDS.get(library.status, library.status),
            names_used=used.get(library.name, 0),
            names_without=len(library.unsupported_symbols),
            hours_p50=booked[LIBRARY_LINE + library.name],
            words=_library_words(booked[LIBRARY_LINE + library.name], status=library.status),
        )
        for library in analysis.libraries
    ]
    return tuple(sorted(found, key=lambda lib: (-lib.hours_p50, -lib.names_without, lib.title)))


def _library_words(hours_p50: float, *, status: str) -> str:
    # Nothing booked for what has to be replaced means undecided, not free.
    return "open" if status in OPEN_STATUSES and hours_p50 <= 0 else hours_words(hours_p50)


def basis_shares(lines: Sequence[EstimateLine]) -> tuple[BasisShare, ...]:
    """Return what the P50 hours rest on, largest first."""
    hours: dict[str, float] = defaultdict(float)
    for line in lines:
        if line.hours.p50 > 0:
            hours[line.basis] += line.hours.p50
    order = sorted(hours, key=lambda basis: (-hours[basis], basis))
    return tuple(BasisShare(basis=b, hours_p50=hours[b], words=hours_words(hours[b])) for b in order)


def measured_hours(shares: Sequence[BasisShare]) -> float:
    """Return the P50 hours whose prices were measured."""
    return sum(share.hours_p50 for share in shares if share.basis.startswith(MEASURED))
