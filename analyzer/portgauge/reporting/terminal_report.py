"""One screen on the terminal: the verdict, the price, where it comes from, what is uncertain."""

from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from portgauge.model.analysis import Analysis
from portgauge.model.rule import Severity
from portgauge.reporting import sentences
from portgauge.reporting.plain_text import one_line, shortened, shortened_path
from portgauge.reporting.rounding import ceiling_words, counted, percent
from portgauge.reporting.route_words import route_rows, routes_sentences, what_if_sentences
from portgauge.reporting.summary import Summary, summarise

WIDTH = 100
COMPONENTS_SHOWN = 5
BLOCKERS_SHOWN = 3
NAMED = 3


def print_summary(analysis: Analysis, console_file: IO[str], *, color: bool) -> None:
    """Write one screen about ``analysis`` to ``console_file``.

    Text from the scanned code is shown, never obeyed: markup, links and control characters
    stay characters.
    """
    console = Console(
        file=console_file,
        force_terminal=color,
        no_color=not color,
        color_system="standard" if color else None,
        width=WIDTH,
        markup=False,
        emoji=False,
        highlight=False,
    )
    summary = summarise(analysis)
    console.print(Text(one_line(summary.sentence), style="bold"))
    _print_lines(console, [summary.reason])
    if not summary.has_work:
        _print_lines(console, [*_read(summary), summary.knowledge])
        return
    _print_lines(console, _figures(summary))
    console.print()
    console.print(_targets(summary))
    if summary.worked:
        console.print(_components(summary))
        _print_lines(console, _left_out(summary))
    _print_lines(console, _places(summary))
    _print_decisions(console, summary)
    for sentence in what_if_sentences(analysis):
        console.print(Text(one_line(sentence), style="bold"))
    _print_lines(console, routes_sentences(route_rows(analysis)))
    _print_lines(console, _notes(summary))


def _print_lines(console: Console, lines: Iterable[str]) -> None:
    for line in lines:
        console.print(Text(one_line(line)))


def _plain_table(*headers: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for number, header in enumerate(headers):
        table.add_column(header, justify="left" if number == 0 else "right", no_wrap=True)
    return table


def _figures(summary: Summary) -> Iterator[str]:
    total = summary.headline.effort
    blocks = ", ".join(f"{each.block.value} {each.words}" for each in summary.headline.blocks)
    yield f"Of it: {blocks}. On the calendar: {total.weeks}."
    if total.cost:
        yield f"Money: {total.cost}."
    if summary.not_asked:
        yield summary.not_asked
    if summary.agent_words:
        yield summary.agent_words
    yield f"{summary.uncertainty} {summary.rests_on}"
    if summary.drivers:
        yield f"What drives the range: {'; '.join(driver.words for driver in summary.drivers[:NAMED])}."


def _targets(summary: Summary) -> Table:
    table = _plain_table("GPU", "verdict", "grade", "P50", "P90", *(severity.value for severity in Severity))
    for each in summary.targets:
        table.add_row(
            shortened(each.target.id, limit=20),
            each.verdict_words,
            each.grade or "none",
            each.effort.hours_words,
            each.effort.hours_ceiling,
            *(f"{count:,}" for _, count in each.severities),
        )
    return table


def _components(summary: Summary) -> Table:
    table = _plain_table("component", "P50", "P90", "grade", "kernels", "sites", "decision")
    shown = summary.worked[:COMPONENTS_SHOWN]
    for part in shown:
        real = part.component is not None
        table.add_row(
            shortened(part.name, limit=34),
            part.words,
            ceiling_words(part.hours.p90) if real else "-",
            part.grade or "-",
            f"{part.kernels:,}" if real else "-",
            f"{part.sites:,}" if real else "-",
            shortened(part.decision_words, limit=24) if real else "-",
        )
    return table


def _left_out(summary: Summary) -> Iterator[str]:
    rest = len(summary.worked) - COMPONENTS_SHOWN
    if rest > 0:
        yield f"… and {counted(rest, 'more component')} with fewer hours"
    if summary.idle:
        yield sentences.idle(len(summary.idle), shown=len(summary.worked))


def _places(summary: Summary) -> Iterator[str]:
    """Yield where the hours are besides components: shared work, libraries, files, and the order."""
    for part in summary.worked:
        if part.detail:
            yield f"{part.name[:1].upper()}{part.name[1:]}: {part.detail}."
    libraries = [f"{library.title} {library.words}" for library in summary.libraries if library.hours_p50 > 0]
    if libraries:
        yield f"Libraries in it: {', '.join(libraries[:NAMED])}{_more(libraries)}."
    files = [f"{shortened_path(file.path, limit=44)} ({file.words})" for file in summary.files]
    if files:
        yield f"Files to open first: {', '.join(files[:NAMED])}{_more(files)}."
    if summary.steps:
        steps = [", ".join(shortened(part.name, limit=40) for part in step.components) for step in summary.steps]
        yield "Order: " + "; ".join(f"{n}. {shortened(step, limit=90)}" for n, step in enumerate(steps, start=1)) + "."


def _more(found: Sequence[str]) -> str:
    return f" and {len(found) - NAMED} more" if len(found) > NAMED else ""


def _print_decisions(console: Console, summary: Summary) -> None:
    for blocker in summary.blockers[:BLOCKERS_SHOWN]:
        places = counted(len(blocker.where), "place")
        options = " | ".join(option.title for option in blocker.options) or "no option is known"
        console.print(Text(one_line(f"Decision: {blocker.title} ({places}): {options}."), style="yellow"))
    if summary.blockers:
        _print_lines(console, [summary.blockers_words])


def _read(summary: Summary) -> Iterator[str]:
    coverage = summary.coverage
    unread = sum(count for _, count in coverage.not_read_yet)
    not_read = f" {counted(unread, 'file')} in formats that this version does not read yet." if unread else ""
    yield f"{counted(coverage.files, 'file')} met. {coverage.words}{not_read}"


def _notes(summary: Summary) -> Iterator[str]:
    coverage = summary.coverage
    yield summary.move_today.words
    yield summary.already.words
    yield (
        f"{counted(coverage.cuda_files, 'CUDA file')}, {counted(coverage.cuda_lines, 'code line')}, "
        f"{counted(summary.kernels, 'kernel')}, {counted(summary.sites, 'site')} "
        f"at {counted(summary.places, 'place')}."
    )
    yield from _read(summary)
    if summary.unknown_symbols:
        yield f"{counted(len(summary.unknown_symbols), 'CUDA-like name')} that no table knows."
    if summary.headline.verdict.portability is not None:
        share = percent(summary.headline.verdict.portability / 100)
        yield f"Portability {share}: CUDA lines in files that need no more than local edits."
    yield summary.knowledge
