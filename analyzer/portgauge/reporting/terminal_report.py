"""One screen on the terminal: the verdict, the price, where it comes from, what is uncertain."""

from typing import IO

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from portgauge.model.analysis import Analysis
from portgauge.model.rule import Severity
from portgauge.reporting.plain_text import one_line, shortened
from portgauge.reporting.rounding import counted, percent
from portgauge.reporting.summary import Summary, summarise
from portgauge.reporting.texts import MODE_WORDS, VERDICT_WORDS

WIDTH = 100
COMPONENTS_SHOWN = 5
BLOCKERS_SHOWN = 3


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
    console.print(_figures(summary))
    console.print()
    console.print(_targets(summary))
    if summary.components:
        console.print(_components(summary))
    _print_blockers(console, summary)
    console.print(_lines(summary))


def _plain_table(*headers: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for number, header in enumerate(headers):
        table.add_column(header, justify="left" if number == 0 else "right", no_wrap=True)
    return table


def _figures(summary: Summary) -> Padding:
    total = summary.headline.effort
    blocks = ", ".join(f"{each.block.value} {each.words}" for each in summary.headline.blocks)
    lines = [f"of it: {blocks}", f"calendar: {total.weeks}"]
    if total.cost:
        lines.append(f"cost: {total.cost}")
    lines.append(summary.uncertainty)
    return Padding(Text("\n".join(lines)), (0, 0, 0, 2), expand=False)


def _targets(summary: Summary) -> Table:
    table = _plain_table("GPU", "verdict", "grade", "P50", "P90", *(severity.value for severity in Severity))
    for each in summary.targets:
        table.add_row(
            shortened(each.target.id, limit=20),
            VERDICT_WORDS[each.verdict.word],
            each.grade or "none",
            each.effort.hours_words,
            each.effort.hours_ceiling,
            *(f"{count:,}" for _, count in each.severities),
        )
    return table


def _components(summary: Summary) -> Table:
    table = _plain_table("component", "hours", "grade", "kernels", "sites", "waits for")
    shown = summary.components[:COMPONENTS_SHOWN]
    for part in shown:
        waits = ", ".join(part.blockers) or ("a part that it needs" if part.waits else "nothing")
        table.add_row(
            shortened(part.name, limit=32),
            part.words,
            part.grade or "-",
            f"{part.kernels:,}",
            f"{part.sites:,}",
            shortened(waits, limit=28),
        )
    rest = len(summary.components) - len(shown)
    if rest:
        table.caption = f"and {counted(rest, 'more component')}"
        table.caption_justify = "left"
    return table


def _print_blockers(console: Console, summary: Summary) -> None:
    for blocker in summary.blockers[:BLOCKERS_SHOWN]:
        places = counted(len(blocker.where), "place")
        options = " | ".join(option.title for option in blocker.options) or "no option is known"
        console.print(Text(one_line(f"Decision: {blocker.title} ({places}): {options}"), style="yellow"))


def _lines(summary: Summary) -> Text:
    coverage = summary.coverage
    lines = [
        summary.move_today.words,
        summary.already.words,
        f"{counted(coverage.cuda_files, 'CUDA file')}, {counted(coverage.cuda_lines, 'code line')}, "
        f"{counted(summary.kernels, 'kernel')}, {counted(summary.sites, 'site')} "
        f"at {counted(summary.places, 'place')}. {coverage.words}",
    ]
    if summary.unknown_symbols:
        lines.append(f"{counted(len(summary.unknown_symbols), 'CUDA-like name')} that no table knows.")
    unread = sum(count for _, count in coverage.not_read_yet)
    if unread:
        lines.append(f"{counted(unread, 'file')} in formats that this version does not read yet.")
    if summary.headline.verdict.portability is not None:
        share = percent(summary.headline.verdict.portability / 100)
        lines.append(f"Portability {share}: CUDA lines in files that need no more than local edits.")
    lines.append(f"Way of working: {MODE_WORDS[summary.mode]}. {summary.knowledge}")
    return Text("\n".join(one_line(line) for line in lines))
