"""Two pages for the person who decides, then an annex for the person who checks.

WeasyPrint lays the document out. It may fetch ``data:`` addresses and nothing else: its own
fetcher once attached a local file to the PDF because the document asked for it.
"""

import logging
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from portgauge.errors import InstallationError
from portgauge.model.analysis import Analysis
from portgauge.model.base import value
from portgauge.reporting import sentences
from portgauge.reporting.acceptance_words import acceptance_sentences, gates_words
from portgauge.reporting.formats import PdfAnnex
from portgauge.reporting.graph_drawing import svg
from portgauge.reporting.graph_formats import measure_sentences
from portgauge.reporting.graph_view import NODES_AT_MOST, graph_view
from portgauge.reporting.route_words import FORKS_NOTE, route_rows, what_if_sentences
from portgauge.reporting.summary import Summary, summarise
from portgauge.reporting.tally import JudgedSite
from portgauge.reporting.templates import environment
from portgauge.reporting.texts import settings_rows
from portgauge.resources import report_templates_folder

SHORT_FINDINGS = 100
FULL_FINDINGS = 2_000
"""About 130 pages: WeasyPrint takes 0.2 s and 3 MB a page (tests/benchmarks/ANNEX.md)."""
COMPONENTS_IN_ANNEX = 60
PDF_VARIANT = "pdf/ua-1"
FIRST_PAGE = "pdf/decision.html.j2"
SECOND_PAGE = "pdf/second.html.j2"
ANNEX = "pdf/annex.html.j2"


@value
class Room:
    """How much of each list a page shows."""

    components: int = 8
    libraries: int = 5
    steps: int = 5
    decisions: int = 3
    options: int = 4
    """Of each decision."""
    layers: int = 2
    figures: int = 1
    """Measured ones."""
    reason: int = 1_000
    """Characters."""
    targets: int = 6
    risks: int = 6
    files: int = 5
    assumptions: int = 8
    routes: int = 7
    what_ifs: int = 6


TIGHTEST = Room(
    routes=1, components=2, libraries=1, steps=1, decisions=1, layers=0, options=1, figures=0, reason=200, risks=2,
    files=0, assumptions=1, what_ifs=1,
)  # fmt: skip

WIDER: dict[str, tuple[dict[str, int], ...]] = {
    FIRST_PAGE: (
        {"decisions": 2}, {"options": 2}, {"figures": 1}, {"layers": 1}, {"reason": 400},
        {"components": 3}, {"routes": 2},
        {"components": 4}, {"libraries": 2}, {"options": 3}, {"components": 5}, {"steps": 3}, {"libraries": 4},
        {"decisions": 3}, {"options": 4}, {"reason": 1_000}, {"components": 8}, {"steps": 5}, {"libraries": 5},
        {"layers": 2}, {"routes": 3},
    ),
    SECOND_PAGE: (
        {"what_ifs": 3}, {"assumptions": 3}, {"risks": 4}, {"routes": 3}, {"files": 2}, {"risks": 5}, {"routes": 5},
        {"files": 3}, {"assumptions": 8}, {"routes": 7}, {"files": 5}, {"risks": 6}, {"what_ifs": 6},
    ),
}  # fmt: skip
"""What the lists of a page get from the tightest on, the most important first."""


@value
class Page:
    """A part of the document, and how much room its lists have."""

    template: str
    room: Room


def render(analysis: Analysis, *, annex: PdfAnnex = "short") -> bytes:
    """Return the PDF, tagged and titled.

    Raises:
        InstallationError: If Pango, which WeasyPrint needs, is not on this machine.
    """
    weasyprint, fetcher = _weasyprint()
    summary = summarise(analysis)

    def count_pages(page: Page) -> int:
        html = document(analysis, summary, pages=(page,), annex="none")
        return len(weasyprint.HTML(string=html, url_fetcher=fetcher).render().pages)

    names = [FIRST_PAGE] + ([SECOND_PAGE] if summary.has_work else [])
    pages = [_fitted(name, count_pages) for name in names]
    if annex != "none":
        pages.append(Page(template=ANNEX, room=Room()))
    html = document(analysis, summary, pages=pages, annex=annex)
    pdf = weasyprint.HTML(string=html, url_fetcher=fetcher).write_pdf(
        pdf_variant=PDF_VARIANT, pdf_tags=True, presentational_hints=False
    )
    return bytes(pdf)


def _fitted(template: str, count_pages: Callable[[Page], int]) -> Page:
    """Return a part with the most room with which it stays on one page.

    The columns of a page are seldom of one length, so each list is widened by itself. A list that
    once did not fit stays as it is; there would be no end to trying otherwise.
    """
    roomiest = Page(template=template, room=Room())
    if count_pages(roomiest) == 1:
        return roomiest
    fitted, full = Page(template=template, room=TIGHTEST), set[str]()
    for more in WIDER[template]:
        wider = replace(fitted, room=replace(fitted.room, **more))
        if full.isdisjoint(more) and count_pages(wider) == 1:
            fitted = wider
        else:
            full |= more.keys()
    return fitted


def document(analysis: Analysis, summary: Summary, *, pages: Sequence[Page], annex: PdfAnnex) -> str:
    """Return the HTML that the PDF is made of."""
    style = (report_templates_folder() / "pdf" / "style.css").read_text(encoding="utf-8")
    findings = annex_findings(summary, annex)
    has_annex = any(page.template == ANNEX for page in pages)
    view = graph_view(analysis, nodes_at_most=NODES_AT_MOST) if has_annex else None
    return (
        environment()
        .get_template("pdf/document.html.j2")
        .render(
            analysis=analysis,
            summary=summary,
            style=Markup(style),
            pages=pages,
            snippets=not analysis.withheld,
            findings=findings,
            left_out=sum(len(group.sites) for group in summary.attention) - len(findings),
            idle=sentences.idle(len(summary.idle), shown=len(summary.worked)),
            annex_components=summary.worked[:COMPONENTS_IN_ANNEX],
            basis_number={share.basis: number for number, share in enumerate(summary.bases, start=1)},
            shown_assumptions=next((p.room.assumptions for p in pages if p.template == SECOND_PAGE), 0),
            settings_rows=settings_rows(analysis.settings),
            routes=route_rows(analysis),
            forks_note=FORKS_NOTE,
            what_ifs=what_if_sentences(analysis),
            shown_what_ifs=next((p.room.what_ifs for p in pages if p.template == SECOND_PAGE), 0),
            graph_sentences=measure_sentences(view.measures) if view else (),
            graph_address=f"data:image/svg+xml;base64,{b64encode(svg(view).encode()).decode('ascii')}" if view else "",
            change=_change(analysis),
            created=analysis.analysed_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        )
    )


def _change(analysis: Analysis) -> str:
    """Return what changed since the baseline, in few words: half a column holds it."""
    held = analysis.acceptance
    gates = gates_words(held)
    if held is None or held.since is None:
        return f"Held against none (scan --baseline). {gates}".rstrip()
    return " ".join((*acceptance_sentences(held), gates)).rstrip()


def annex_findings(summary: Summary, annex: PdfAnnex) -> tuple[JudgedSite, ...]:
    """Return the findings of the annex, worst first."""
    limit = {"none": 0, "short": SHORT_FINDINGS, "full": FULL_FINDINGS}[annex]
    sites = [site for group in summary.attention for site in group.sites]
    return tuple(sorted(sites, key=lambda site: site.rank)[:limit])


def _weasyprint() -> tuple[Any, Any]:
    """Return the module and a fetcher that fetches nothing but ``data:`` addresses."""
    try:
        import weasyprint
        from weasyprint.urls import URLFetcher
    except OSError as missing:
        raise InstallationError(
            "PDF needs Pango: install the Debian packages libpango-1.0-0 libpangoft2-1.0-0 "
            f"and a font such as fonts-dejavu-core ({missing})"
        ) from missing

    class DataOnlyFetcher(URLFetcher):  # type: ignore[misc]
        """Fetches what the document itself holds, and refuses the rest."""

        def __init__(self) -> None:
            super().__init__(allowed_protocols=["data"], allow_redirects=False)

    # It would write a line to stderr for every CSS property of the page that it does not know.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    return weasyprint, DataOnlyFetcher()
