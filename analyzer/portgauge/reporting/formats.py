"""The report formats: name to renderer. The command line reads its choices here.

Cheap to import: a renderer is imported when it is called.
"""

from collections.abc import Callable
from typing import Literal

from portgauge.model.analysis import Analysis
from portgauge.model.base import value

PdfAnnex = Literal["none", "short", "full"]


@value
class RenderOptions:
    """What the user may choose about an output, whatever its format."""

    pdf_annex: PdfAnnex = "short"
    """How many findings the PDF lists: none, the 100 worst, or as many as the page limit allows."""


Renderer = Callable[[Analysis, RenderOptions], bytes]


@value
class Format:
    """One report format."""

    name: str
    suffix: str
    """With the dot; the suffix of an output file picks its format."""
    title: str
    render: Renderer


def _json(analysis: Analysis, options: RenderOptions) -> bytes:
    from portgauge.reporting.json_report import render

    return render(analysis)


def _jsonl(analysis: Analysis, options: RenderOptions) -> bytes:
    from portgauge.reporting.jsonl_report import render

    return render(analysis)


def _html(analysis: Analysis, options: RenderOptions) -> bytes:
    from portgauge.reporting.html_report import render

    return render(analysis)


def _pdf(analysis: Analysis, options: RenderOptions) -> bytes:
    from portgauge.reporting.pdf_report import render

    return render(analysis, annex=options.pdf_annex)


FORMATS: dict[str, Format] = {
    known.name: known
    for known in (
        Format(name="html", suffix=".html", title="one offline page with everything", render=_html),
        Format(name="pdf", suffix=".pdf", title="two pages for a decision, then an annex", render=_pdf),
        Format(name="json", suffix=".json", title="the whole analysis, for programs", render=_json),
        Format(name="jsonl", suffix=".jsonl", title="one line per finding and target", render=_jsonl),
    )
}


def format_for_suffix(suffix: str) -> Format | None:
    """Return the format of a file suffix such as ``.html``, None when there is none."""
    return next((known for known in FORMATS.values() if known.suffix == suffix.lower()), None)
