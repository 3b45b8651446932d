"""Two pages for the person who decides, then an annex for the person who checks.

WeasyPrint lays the document out. It may fetch ``data:`` addresses and nothing else: its own
fetcher once attached a local file to the PDF because the document asked for it.
"""

import logging
from typing import Any

from markupsafe import Markup

from portgauge.errors import InstallationError
from portgauge.model.analysis import Analysis
from portgauge.reporting.formats import PdfAnnex
from portgauge.reporting.html_report import waves
from portgauge.reporting.summary import Summary, summarise
from portgauge.reporting.tally import JudgedSite
from portgauge.reporting.templates import environment
from portgauge.reporting.texts import settings_rows
from portgauge.resources import report_templates_folder

SHORT_FINDINGS = 100
FULL_FINDINGS = 2_000
"""About 100 pages: WeasyPrint takes 0.2 s and 3 MB a page (measured on tables of this kind)."""
COMPONENTS_ON_PAGE_1 = 7
COMPONENTS_BESIDE_DECISIONS = 5
"""On page 1, when decisions take up more room."""
COMPONENTS_IN_ANNEX = 60
RISKS_ON_PAGE_2 = 5
OPTIONS_BY_BLOCKERS = {0: 0, 1: 4, 2: 2}
"""How many options each decision shows on page 1, by the number of decisions; 1 when there are more."""
PDF_VARIANT = "pdf/ua-1"


def render(analysis: Analysis, *, annex: PdfAnnex = "short", snippets: bool = True) -> bytes:
    """Return the PDF, tagged and titled.

    Raises:
        InstallationError: If Pango, which WeasyPrint needs, is not on this machine.
    """
    html = document(analysis, annex=annex, snippets=snippets)
    weasyprint, fetcher = _weasyprint()
    pdf = weasyprint.HTML(string=html, url_fetcher=fetcher).write_pdf(
        pdf_variant=PDF_VARIANT, pdf_tags=True, presentational_hints=False
    )
    return bytes(pdf)


def document(analysis: Analysis, *, annex: PdfAnnex, snippets: bool) -> str:
    """Return the HTML that the PDF is made of."""
    summary = summarise(analysis)
    style = (report_templates_folder() / "pdf" / "style.css").read_text(encoding="utf-8")
    findings = annex_findings(summary, annex)
    return (
        environment()
        .get_template("pdf/document.html.j2")
        .render(
            analysis=analysis,
            summary=summary,
            style=Markup(style),
            annex=annex,
            snippets=snippets,
            findings=findings,
            left_out=sum(len(group.sites) for group in summary.attention) - len(findings),
            waves=waves(summary),
            first_components=summary.components[
                : COMPONENTS_BESIDE_DECISIONS if len(summary.blockers) > 1 else COMPONENTS_ON_PAGE_1
            ],
            annex_components=summary.components[:COMPONENTS_IN_ANNEX],
            options_shown=OPTIONS_BY_BLOCKERS.get(len(summary.blockers), 1),
            risks=summary.risks[:RISKS_ON_PAGE_2],
            settings_rows=settings_rows(analysis.settings),
            created=analysis.analysed_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        )
    )


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
