"""The report formats: name to renderer. The command line reads its choices here.

Cheap to import: a renderer is imported when it is called.
"""

from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

from portgauge.model.base import value

if TYPE_CHECKING:
    # Only for types: every command's help would wait for the model.
    from portgauge.model.analysis import Analysis

PdfAnnex = Literal["none", "short", "full"]


@value
class RenderOptions:
    """What the user may choose about an output, whatever its format."""

    pdf_annex: PdfAnnex = "short"
    """How many findings the PDF lists: none, the 100 worst, or as many as the page limit allows."""
    show_automatic: bool = False
    """Show what needs nobody in SARIF, annotations and comments too."""


Renderer = Callable[["Analysis", RenderOptions], bytes]


@value
class Format:
    """One report format."""

    name: str
    suffix: str
    """With the dot; the suffix of an output file picks its format."""
    title: str
    render: Renderer
    needs: str = ""
    """A module that an extra of the same name as the format installs; empty when every installation has it."""

    def lacking(self) -> str:
        """Return why the format cannot be written with this installation, and what to do; empty when it can."""
        if not self.needs or find_spec(self.needs.lower()) is not None:
            return ""
        return f"{self.name.upper()} needs {self.needs}: pip install 'portgauge[{self.name}]'"


def _json(analysis: "Analysis", options: RenderOptions) -> bytes:
    from portgauge.reporting.json_report import render

    return render(analysis)


def _jsonl(analysis: "Analysis", options: RenderOptions) -> bytes:
    from portgauge.reporting.jsonl_report import render

    return render(analysis)


def _html(analysis: "Analysis", options: RenderOptions) -> bytes:
    from portgauge.reporting.html_report import render

    return render(analysis)


def _pdf(analysis: "Analysis", options: RenderOptions) -> bytes:
    from portgauge.reporting.pdf_report import render

    return render(analysis, annex=options.pdf_annex)


def _sarif(analysis: "Analysis", options: RenderOptions) -> bytes:
    from portgauge.reporting.sarif_report import render

    return render(analysis, show_automatic=options.show_automatic)


def _csv(analysis: "Analysis", options: RenderOptions) -> bytes:
    from portgauge.reporting.csv_report import render

    return render(analysis)


def _xlsx(analysis: "Analysis", options: RenderOptions) -> bytes:
    from portgauge.reporting.xlsx_report import render

    return render(analysis)


def _markdown(analysis: "Analysis", options: RenderOptions) -> bytes:
    from portgauge.reporting.markdown_report import render

    return render(analysis, show_automatic=options.show_automatic)


def _annotations(analysis: "Analysis", options: RenderOptions) -> bytes:
    from portgauge.reporting.annotations_report import render

    return render(analysis, show_automatic=options.show_automatic)


FORMATS: dict[str, Format] = {
    known.name: known
    for known in (
        Format(name="html", suffix=".html", title="one offline page with everything", render=_html),
        Format(name="pdf", suffix=".pdf", title="two pages for a decision, then an annex", render=_pdf),
        Format(name="json", suffix=".json", title="the whole analysis, for programs", render=_json),
        Format(name="jsonl", suffix=".jsonl", title="one line per finding and target", render=_jsonl),
        Format(name="sarif", suffix=".sarif", title="findings for code scanning and editors", render=_sarif),
        Format(name="csv", suffix=".csv", title="one row per finding and target", render=_csv),
        Format(
            name="xlsx",
            suffix=".xlsx",
            title="a workbook of findings, components and lines",
            render=_xlsx,
            needs="XlsxWriter",
        ),
        Format(name="md", suffix=".md", title="a comment for a pull request", render=_markdown),
        Format(name="annotations", suffix=".annotations", title="annotations for a workflow", render=_annotations),
    )
}


def format_for_suffix(suffix: str) -> Format | None:
    """Return the format of a file suffix such as ``.html``, None when there is none."""
    return next((known for known in FORMATS.values() if known.suffix == suffix.lower()), None)
