"""The sentences that reports share, made from numbers that are already computed."""

from collections.abc import Sequence

from portgauge.model.analysis import Analysis, Blocker, Coverage, Inventory, Verdict, VerdictWord
from portgauge.model.estimate import AccuracyFigure, EstimateLine
from portgauge.model.rule import Mode
from portgauge.model.target import Target
from portgauge.reporting.age import age_warning
from portgauge.reporting.plain_text import one_line
from portgauge.reporting.rounding import Effort, ceiling_words, counted, hours_words, percent
from portgauge.reporting.texts import GRADE_WORDS, MODE_WORDS, RULES_CHANGED_SHORT

EFFORT_MEASURE = "effort"
"""An accuracy figure whose measure holds this word says how good the hours are."""
BLOCKERS_NAMED = 2
SUBMODULES_NAMED = 3


def gpu(target: Target) -> str:
    """Return a GPU by maker, product and processor name."""
    if not target.title:
        return target.id
    title = target.title if target.title.startswith("AMD") else f"AMD {target.title}"
    return f"{title[:-1]}, {target.id})" if title.endswith(")") else f"{title} ({target.id})"


def grade(letter: str) -> str:
    """Return a grade with its meaning."""
    return f"grade {letter}: {GRADE_WORDS[letter]}" if letter else "no grade"


def nothing_to_port(codebase: str) -> str:
    """Return the sentence that every report opens with when there is no CUDA code."""
    return f"No CUDA code was found in {codebase}: nothing to port."


def without_cuda(codebase: str, total: Effort, mode: Mode) -> str:
    """Return the sentence that a report opens with when only a build, scripts or packages ask for CUDA."""
    return (
        f"No CUDA code was found in {codebase}; what its build, scripts and packages ask of CUDA: "
        f"{total.words}; {MODE_WORDS[mode]}. No grade."
    )


def verdict(codebase: str, target: Target, found: Verdict, total: Effort, mode: Mode) -> str:
    """Return the one sentence that every report opens with."""
    where, how = gpu(target), MODE_WORDS[mode]
    price = total.words if total.hours_p90 <= 0 else f"{total.words}; {how}"
    letter = f"Grade {found.grade}: {GRADE_WORDS[found.grade]}" if found.grade else "No grade"
    match found.word:
        case VerdictWord.ALREADY:
            start = (
                f"{codebase} may already run on {where}: its files show signs of an AMD path. "
                f"That was read, not proved; nothing was built or run. "
                f"What such a path seems to leave open: {price}."
            )
        case VerdictWord.PORTABLE:
            start = f"{codebase} can be ported to {where}: {price}."
        case VerdictWord.BLOCKED:
            start = f"{codebase} cannot be ported to {where} before {_decisions(found)}. The work outside: {price}."
        case VerdictWord.UNCLEAR:
            start = f"Whether {codebase} can be ported to {where} is unclear. What could be priced: {price}."
    return f"{start} {letter}."


def _decisions(found: Verdict) -> str:
    count = len(found.blockers)
    if not count:
        return "a decision is made"
    named = ", ".join(blocker.title for blocker in found.blockers[:BLOCKERS_NAMED])
    more = f" and {count - BLOCKERS_NAMED} more" if count > BLOCKERS_NAMED else ""
    made = "is made" if count == 1 else "are made"
    return f"{counted(count, 'decision')} {made} ({named}{more})"


def blocker_extent(blocker: Blocker) -> str:
    """Return how much of the code a decision concerns, and whether the rest can do without it."""
    kernels = "" if blocker.kernel_share is None else f" and concern {percent(blocker.kernel_share)} of the kernels"
    extent = f"The files that hold it are {percent(blocker.code_share)} of the CUDA code{kernels}."
    if not blocker.optional_behind:
        return extent
    return f"{extent} Optional: not compiled without {', '.join(blocker.optional_behind)}."


def reason(found: Verdict, *, covered: int) -> str:
    """Return why the verdict is what it is, and how it was reached, so that nobody takes it for more."""
    why = found.why
    for blocker in found.blockers:
        # The class is a word of programs; its title is one of people.
        why = why.replace(f"({blocker.blocker_class}", f"({blocker.title}").replace(
            f", {blocker.blocker_class}", f", {blocker.title}"
        )
    parts = [why]
    if found.word is VerdictWord.ALREADY and covered:
        parts.append(
            f"{counted(covered, 'finding')} that this path seems to cover {'is' if covered == 1 else 'are'} "
            "not in the hours; if it does not serve, the port costs more."
        )
    if found.basis:
        parts.append(f"Basis: {found.basis}")
    return " ".join(_stopped(part) for part in parts if part)


def _stopped(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."


def looked_for() -> str:
    """Return what a codebase without CUDA code was searched for."""
    return "Looked for in each file that is read: kernels, launches, CUDA headers and CUDA names."


def decisions_left_out(count: int, *, is_stuck: bool) -> str:
    """Return what open decisions mean for the hours; ``is_stuck`` when the port waits for them."""
    these = "this" if count == 1 else "these"
    if is_stuck:
        return f"The hours above hold nothing for {these}."
    return f"The port can start without {these}: leave the part out, or add an option's hours to those above."


def uncertainty(accuracy: Sequence[AccuracyFigure]) -> str:
    """Return how sure the range of hours is, in words; claims a check only where one was published."""
    checked = [figure for figure in accuracy if EFFORT_MEASURE in figure.measure.lower()]
    if checked:
        ports = counted(max(figure.n for figure in checked), "public port")
        since = ""
        if any(figure.was_measured_with_other_rules for figure in checked):
            since = f"; {RULES_CHANGED_SHORT}"
        return f"The range is from judgement, checked on {ports} whose effort is itself estimated{since}."
    return "The range is from judgement; no error of the hours is published for this build."


def hours_first(accuracy: Sequence[AccuracyFigure]) -> tuple[AccuracyFigure, ...]:
    """Return the figures with those on the hours, which is what people ask about, before the others."""
    return tuple(sorted(accuracy, key=lambda figure: EFFORT_MEASURE not in figure.measure.lower()))


def not_asked(lines: Sequence[EstimateLine]) -> str:
    """Return what is not in the total: ignored findings, and one unit of what was not asked for; empty for nothing."""
    if not lines:
        return ""
    prices = (
        f"{line.reason}: {hours_words(line.hours.p50)} (9 in 10: {ceiling_words(line.hours.p90)})" for line in lines
    )
    return f"Not in these hours, as it is ignored or nobody asked for it: {'; '.join(prices)}."


def rests_on(measured: float, *, total: float) -> str:
    """Return how much of the P50 hours has prices that somebody measured; both are hours."""
    if total <= 0:
        return "No hours, so no price was used."
    if measured <= 0:
        return "Every price behind the hours is a judgement, none is measured."
    return f"{percent(measured / total)} of the hours have measured prices; the rest is judgement."


def knowledge(analysis: Analysis) -> str:
    """Return what the judgement knows and for which ROCm, and a warning when a part of it is old."""
    stamp = (
        f"Judged for ROCm {analysis.settings.rocm_version} "
        f"with knowledge of {analysis.knowledge_date.isoformat()} "
        f"(rulebook {analysis.rulebook_digest[:12]}, portgauge {analysis.tool_version})."
    )
    return f"{stamp} {age_warning(analysis)}".rstrip()


def revision(inventory: Inventory) -> str:
    """Return the revision for people."""
    if inventory.revision is None:
        return "not under version control"
    return f"{inventory.revision[:12]}{' with local changes' if inventory.dirty else ''}"


def move_today(free: int, *, of: int, kernel_share: float | None, hours_p50: float) -> str:
    """Return what can be ported now, in one sentence. The hours are P50s added; ``of`` counts parts with work."""
    if not of:
        return "No component has work of its own."
    if not free:
        return "No component can be ported before a decision is made."
    with_work = "component with CUDA work" if of == 1 else "components with CUDA work"
    subject = f"All {of} {with_work}" if free == of > 1 else f"{free} of {of} {with_work}"
    share = "" if kernel_share is None else f", with {percent(kernel_share)} of the kernels"
    number = hours_words(hours_p50).removesuffix(" h")
    about = "" if number.startswith(("under", "0")) else "about "
    unit = "hour" if number in ("1", "under 1") else "hours"
    return f"{subject} can be ported today, without a decision{share}: {about}{number} {unit} of work there."


def already(*, covered: int, harmless: int, automatic: int, total: int, target: str, is_priced: bool) -> str:
    """Return what needs nobody's work on the headline target, and what is left; ``is_priced``: the port has hours."""
    if not total:
        return "No rule matched anything."
    left = total - covered - harmless - automatic
    rest = (
        f"{left:,} need a person."
        if is_priced or not left
        else f"Without hours of their own, but to look at: {left:,}."
    )
    return (
        f"Of {counted(total, 'finding')} on {target}, {covered:,} are handled by the code as it is or never compiled, "
        f"{harmless:,} need no change, and HIPIFY writes {automatic:,}. {rest}"
    )


def idle(count: int, *, shown: int) -> str:
    """Return the line under a table of components that leaves ``count`` without work out; empty for none."""
    if not count:
        return ""
    return f"{'… and ' if shown else ''}{counted(count, 'more component' if shown else 'component')} without CUDA work"


def absent(submodules: Sequence[str]) -> str:
    """Return which submodules are there without their code, the first few by name."""
    more = f" and {len(submodules) - SUBMODULES_NAMED} more" if len(submodules) > SUBMODULES_NAMED else ""
    named = ", ".join(one_line(path) for path in submodules[:SUBMODULES_NAMED])
    return f"{counted(len(submodules), 'submodule')} not checked out: {named}{more}"


def coverage(found: Coverage, *, problems: int, elsewhere: int, submodules: Sequence[str]) -> str:
    """Return how much of the CUDA code was read, and how well.

    ``elsewhere`` counts problems in other files; ``submodules`` are those whose code is not there.
    """
    other = f" {counted(elsewhere, 'problem')} noted in files without CUDA code." if elsewhere else ""
    if submodules:
        other += f" Not read, as it is not there: {absent(submodules)}."
    if not found.cuda_bytes:
        return f"No CUDA code was found.{other}"
    read = percent(found.read_share)
    degraded = (
        f"; {percent(found.degraded_share)} with less certainty, because of parse errors or size"
        if found.degraded_bytes
        else ""
    )
    noted = f" {counted(problems, 'problem')} noted there." if problems else " No problem noted there."
    return f"{read} of the CUDA bytes were read{degraded}.{noted}{other}"
