"""The sentences that reports share, made from numbers that are already computed."""

from collections.abc import Sequence

from portgauge.model.analysis import AccuracyFigure, Analysis, Coverage, Inventory, Verdict, VerdictWord
from portgauge.model.rule import Mode
from portgauge.model.target import Target
from portgauge.reporting.rounding import Effort, counted, hours_words, percent
from portgauge.reporting.texts import GRADE_WORDS, MODE_WORDS

EFFORT_MEASURE = "effort"
"""An accuracy figure whose measure holds this word says how good the hours are."""
BLOCKERS_NAMED = 2


def gpu(target: Target) -> str:
    """Return a GPU by product and processor name."""
    return f"{target.title} ({target.id})" if target.title else target.id


def grade(letter: str) -> str:
    """Return a grade with its meaning."""
    return f"grade {letter}: {GRADE_WORDS[letter]}" if letter else "no grade"


def verdict(codebase: str, target: Target, found: Verdict, total: Effort, mode: Mode) -> str:
    """Return the one sentence that every report opens with."""
    where, how = gpu(target), MODE_WORDS[mode]
    letter = f"Grade {found.grade}" if found.grade else "No grade"
    match found.word:
        case VerdictWord.ALREADY:
            start = (
                f"{codebase} has code and a build for AMD GPUs; whether they work on {where} was not tried. "
                f"At places that they do not cover: {total.words}, {how}."
            )
        case VerdictWord.PORTABLE:
            start = f"{codebase} can be ported to {where}: {total.words}, {how}."
        case VerdictWord.BLOCKED:
            start = (
                f"{codebase} cannot be ported to {where} before {_decisions(found)}. "
                f"The work outside: {total.words}, {how}."
            )
        case VerdictWord.UNCLEAR:
            start = (
                f"Whether {codebase} can be ported to {where} is unclear. What could be priced: {total.words}, {how}."
            )
    return f"{start} {letter}{': ' + GRADE_WORDS[found.grade] if found.grade else ''}."


def _decisions(found: Verdict) -> str:
    count = len(found.blockers)
    if not count:
        return "a decision is made"
    named = ", ".join(blocker.title for blocker in found.blockers[:BLOCKERS_NAMED])
    more = f" and {count - BLOCKERS_NAMED} more" if count > BLOCKERS_NAMED else ""
    made = "is made" if count == 1 else "are made"
    return f"{counted(count, 'decision')} {made} ({named}{more})"


def uncertainty(accuracy: Sequence[AccuracyFigure]) -> str:
    """Return how sure the range of hours is, in words; claims a check only where one was published."""
    checked = [figure.n for figure in accuracy if EFFORT_MEASURE in figure.measure.lower()]
    if checked:
        ports = counted(max(checked), "public port")
        return f"The range is from judgement, checked on {ports} whose effort is itself estimated."
    return "The range is from judgement and has not been measured yet."


def knowledge(analysis: Analysis) -> str:
    """Return what the judgement knows and for which ROCm."""
    return (
        f"Judged for ROCm {analysis.settings.rocm_version} "
        f"with knowledge of {analysis.knowledge_date.isoformat()} "
        f"(rulebook {analysis.rulebook_digest[:12]}, portgauge {analysis.tool_version})."
    )


def revision(inventory: Inventory) -> str:
    """Return the revision for people."""
    if inventory.revision is None:
        return "not under version control"
    return f"{inventory.revision[:12]}{' with local changes' if inventory.dirty else ''}"


def move_today(free: int, *, of: int, kernel_share: float | None, hours_p50: float) -> str:
    """Return what can be ported now, in one sentence. The hours are P50s added."""
    if not of:
        return "There is no component to port."
    if not free:
        return "No component can be ported before a decision is made."
    subject = (
        f"All {of} components can be ported"
        if free == of > 1
        else f"{free} of {counted(of, 'component')} can be ported"
    )
    share = "" if kernel_share is None else f", with {percent(kernel_share)} of the kernels"
    hours = hours_words(hours_p50).replace(" h", " hours")
    about = "" if hours.startswith(("under", "0")) else "about "
    return f"{subject} today, without a decision{share}: {about}{hours} of work there."


def already(*, covered: int, harmless: int, automatic: int, total: int, target: str) -> str:
    """Return what needs nobody's work on the headline target."""
    if not total:
        return "No rule matched anything."
    return (
        f"Of {counted(total, 'finding')} on {target}, {covered:,} are covered by a portability layer, "
        f"{harmless:,} need no change, and HIPIFY writes {automatic:,}."
    )


def coverage(found: Coverage, *, problems: int) -> str:
    """Return how much of the CUDA code was read, and how well."""
    if not found.cuda_bytes:
        return "No CUDA code was found."
    read = percent(found.read_share)
    degraded = (
        f"; {percent(found.degraded_share)} with less certainty, because of parse errors or size"
        if found.degraded_bytes
        else ""
    )
    noted = f" {counted(problems, 'problem')} noted." if problems else " No problem noted."
    return f"{read} of the CUDA bytes were read{degraded}.{noted}"
