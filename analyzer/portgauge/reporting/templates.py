"""The template engine, set so that text from scanned code is shown and never obeyed.

Autoescape is on for every template; each value that is printed first has its control and
direction characters made visible. An unknown name is an error, not an empty string.
"""

import re
from functools import cache
from pathlib import PurePath
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from portgauge.model.estimate import EstimateLine
from portgauge.reporting import rounding, texts
from portgauge.reporting.plain_text import shortened, shortened_path, visible, whole_sentences
from portgauge.reporting.sentences import blocker_extent
from portgauge.resources import report_templates_folder

_BACKTICKS = re.compile(r"`([^`]+)`")
_WEB = re.compile(r"https?://[^\s\"'<>]+")


def _shown(printed: object) -> object:
    if isinstance(printed, PurePath):
        return visible(str(printed))
    return visible(printed) if isinstance(printed, str) and not isinstance(printed, Markup) else printed


def with_code(text: str) -> Markup:
    """Return text as HTML, with what stands between backticks as code."""
    escaped = str(escape(visible(text)))
    return Markup(_BACKTICKS.sub(r"<code>\1</code>", escaped))


def breakable(path: object) -> Markup:
    """Return a path or name as HTML that may wrap after its separators."""
    parts = re.split(r"(?<=[/_.:])", visible(str(path)))
    return Markup("<wbr>").join(parts)


def unbroken(words: str) -> Markup:
    """Return words as HTML in which a unit such as ``person-days`` does not break at its hyphen."""
    return Markup(re.sub(r"(person-[a-z]+)", r'<span class="nb">\1</span>', str(escape(visible(words)))))


def web_address(url: str) -> str:
    """Return the address if it is a plain web address, else nothing; no other scheme becomes a link."""
    return url if _WEB.fullmatch(url) else ""


def in_address(text: object) -> str:
    """Return text for the part of an address behind "#", as the page shows it."""
    return quote(visible(str(text)), safe="")


def arithmetic(line: EstimateLine) -> str:
    """Return how a line's hours come about: ``12 × 6 min = 1.20 h``.

    Without the product when hours are not units times minutes (a share, a factor in the reason).
    """
    result = rounding.exact_hours_words(line.hours.p50)
    each = line.minutes_each.p50
    if line.effort_class and abs(line.units * each / 60 - line.hours.p50) < 1e-6:
        return f"{line.units:,} × {rounding.minutes_words(each)} = {result}"
    return result


@cache
def environment() -> Environment:
    """Return the environment that reads the shipped templates; one, so that each is compiled once."""
    made = Environment(
        loader=FileSystemLoader(report_templates_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    made.filters |= {
        "with_code": with_code,
        "breakable": breakable,
        "unbroken": unbroken,
        "web_address": web_address,
        "in_address": in_address,
        "arithmetic": arithmetic,
        "percent": rounding.percent,
        "hours": rounding.hours_words,
        "exact_hours": rounding.exact_hours_words,
        "hours_ceiling": rounding.ceiling_words,
        "minutes": rounding.minutes_words,
        "thousands": "{:,}".format,
        "shortened": shortened,
        "shortened_path": shortened_path,
        "whole_sentences": whole_sentences,
    }
    made.globals |= {
        "counted": rounding.counted,
        "blocker_extent": blocker_extent,
        "texts": texts,
    }
    return made
