"""One offline HTML page with everything; readable without JavaScript.

The page carries its style and script and forbids everything else by a content security policy
that names both by their hash. Source text is escaped by the template engine.
"""

import base64
import hashlib
from collections.abc import Callable

from markupsafe import Markup

from portgauge.model.analysis import Analysis
from portgauge.model.estimate import EstimateLine
from portgauge.model.library_status import LIBRARY_STATUS_WORDS
from portgauge.model.rule import Category
from portgauge.reporting import sentences
from portgauge.reporting.acceptance_words import TREND, acceptance_sentences
from portgauge.reporting.arithmetic import walks
from portgauge.reporting.curve import FRAME, hours_drawing, shares_drawing
from portgauge.reporting.graph_drawing import svg
from portgauge.reporting.graph_formats import measure_sentences
from portgauge.reporting.graph_view import NODES_AT_MOST, graph_view
from portgauge.reporting.history_words import history_sentences
from portgauge.reporting.html_findings import findings_view
from portgauge.reporting.kernel_summary import KernelSummary, kernel_summaries
from portgauge.reporting.plan_report import package_rows
from portgauge.reporting.route_words import FORKS_NOTE, route_rows, what_if_sentences
from portgauge.reporting.summary import Summary, summarise
from portgauge.reporting.templates import environment, in_address
from portgauge.reporting.texts import settings_rows
from portgauge.resources import report_templates_folder

KERNELS_SHOWN = 500
FILES_SHOWN = 25

SECTIONS = (
    ("verdict", "Verdict"),
    ("hours", "Where the hours are"),
    ("files", "Files to open first"),
    ("targets", "GPUs compared"),
    ("routes", "Ways out compared"),
    ("decisions", "Decisions"),
    ("already", "Already there"),
    ("order", "Porting order"),
    ("graph", "Dependency graph"),
    ("libraries", "Libraries"),
    ("risks", "Unnoticed risks"),
    ("ptx", "Inline assembly"),
    ("kernels", "Kernels"),
    ("findings", "Findings"),
    ("plan", "Work packages"),
    ("method", "Method and limits"),
    ("coverage", "What was read"),
    ("change", "Change"),
    ("history", "History"),
    ("words", "Words"),
)


SECTIONS_WITHOUT_WORK = ("verdict", "method", "coverage", "change", "history", "words")
"""What is left to say when there is nothing to port."""


def render(analysis: Analysis) -> bytes:
    """Return the page as UTF-8; the same analysis gives the same bytes."""
    summary = summarise(analysis)
    view = graph_view(analysis, nodes_at_most=NODES_AT_MOST)
    style, script = _part("style.css"), _part("script.js")
    judged_libraries = {library.name for library in analysis.libraries}
    uses = analysis.inventory.libraries
    page = (
        environment()
        .get_template("html/page.html.j2")
        .render(
            analysis=analysis,
            summary=summary,
            sections=_sections(analysis, summary),
            files_shown=FILES_SHOWN,
            basis_number={share.basis: number for number, share in enumerate(summary.bases, start=1)},
            idle=sentences.idle(len(summary.idle), shown=len(summary.worked)),
            names_with_work={part.name for part in summary.worked},
            packages=package_rows(analysis),
            routes=route_rows(analysis),
            forks_note=FORKS_NOTE,
            what_ifs=what_if_sentences(analysis),
            part_facts={facts.name: facts for facts in view.facts},
            graph_sentences=measure_sentences(view.measures),
            # Drawn by us, with every name escaped.
            graph=Markup(svg(view)),
            # Our own files, not text from scanned code.
            style=Markup(style),
            script=Markup(script),
            style_hash=_policy_hash(style),
            script_hash=_policy_hash(script),
            library_in_total={library.name: library.words for library in summary.libraries},
            findings=findings_view(analysis, summary),
            rule_anchor=_rule_anchors(summary),
            sites_link=_sites_link(summary),
            walk_of={walk.component: walk for walk in walks(analysis)},
            ptx_groups=[g for g in summary.attention if g.category is Category.PTX],
            kernels=_dearest_kernels(analysis),
            library_status_words=LIBRARY_STATUS_WORDS,
            library_uses={use.name: use for use in uses},
            unjudged_libraries=[use for use in uses if use.name not in judged_libraries],
            settings_rows=settings_rows(analysis.settings),
            change={"sentences": acceptance_sentences(analysis.acceptance), "trend": TREND},
            history=history_sentences(analysis.history),
            drawings=(hours_drawing(analysis.history), shares_drawing(analysis.history)) if analysis.history else (),
            frame=FRAME,
        )
    )
    return (page + "\n").encode("utf-8")


def _sections(analysis: Analysis, summary: Summary) -> list[tuple[str, str]]:
    """Return anchor and title of each section that the page has."""
    shown = [part for part in SECTIONS if summary.has_work or part[0] in SECTIONS_WITHOUT_WORK]
    return [part for part in shown if analysis.history or part[0] != "history"]


def _sites_link(summary: Summary) -> Callable[[EstimateLine], str]:
    """Return what leads from a line of the arithmetic to its places.

    That is a filter of the findings, ``automatic`` when they are folded, or nothing.
    """
    listed = {judged.site.fingerprint for group in summary.attention for judged in group.sites}

    def link(line: EstimateLine) -> str:
        if not line.fingerprints:
            return ""
        if listed.isdisjoint(line.fingerprints):
            return "automatic"
        component = f"&component={in_address(line.component)}" if line.component is not None else ""
        return f"work={in_address(line.effort_class)}{component}"

    return link


def _part(name: str) -> str:
    return (report_templates_folder() / "html" / name).read_text(encoding="utf-8")


def _policy_hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _rule_anchors(summary: Summary) -> dict[str, str]:
    """Return an anchor for each rule; rule ids hold characters that do not belong into one."""
    return {
        group.rule_id: hashlib.sha256(group.rule_id.encode("utf-8")).hexdigest()[:10] for group in summary.attention
    }


def _dearest_kernels(analysis: Analysis) -> list[KernelSummary]:
    def rank(each: KernelSummary) -> tuple[float, int, str, int]:
        kernel = each.kernel
        return (-each.hours.p50, -kernel.code_lines, str(kernel.location.path), kernel.location.line)

    return sorted(kernel_summaries(analysis), key=rank)[:KERNELS_SHOWN]
