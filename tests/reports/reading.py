"""What a reader sees of each report, as text without blanks, so that line breaks do not matter."""

import html
import io
import re

import openpyxl
from pypdf import PdfReader

from portgauge.model.analysis import Analysis
from portgauge.reporting.formats import FORMATS, RenderOptions
from portgauge.reporting.terminal_report import print_summary


def squeezed(text: str) -> str:
    # pypdf puts a zero byte before each character where a second font serves as fallback.
    return re.sub(r"[\s\x00\u200b]+", "", text)


def html_source(analysis: Analysis, **options: object) -> str:
    return FORMATS["html"].render(analysis, RenderOptions(**options)).decode("utf-8")  # type: ignore[arg-type]


def html_text(analysis: Analysis) -> str:
    source = re.sub(r"<(style|script)>.*?</\1>", "", html_source(analysis), flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", "", source))


def terminal_text(analysis: Analysis) -> str:
    screen = io.StringIO()
    print_summary(analysis, screen, color=False)
    return screen.getvalue()


def workbook_rows(analysis: Analysis, sheet: str) -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(FORMATS["xlsx"].render(analysis, RenderOptions())))
    return list(book[sheet].iter_rows(values_only=True))


def pdf_reader(analysis: Analysis, **options: object) -> PdfReader:
    pdf = FORMATS["pdf"].render(analysis, RenderOptions(**options))  # type: ignore[arg-type]
    return PdfReader(io.BytesIO(pdf))


def pdf_text(analysis: Analysis, **options: object) -> str:
    return "\n".join(page.extract_text() for page in pdf_reader(analysis, **options).pages)
