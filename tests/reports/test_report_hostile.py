"""Text from scanned code is shown and never obeyed, in every report."""

import html
import json
import re
from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import html_source, html_text, pdf_reader, pdf_text, squeezed, terminal_text
from report_example import make_example

from builders import (
    make_analysis,
    make_blocker,
    make_component,
    make_file,
    make_finding,
    make_inventory,
    make_kernel,
    make_layer,
    make_library_judgement,
    make_library_use,
    make_problem,
    make_rule_note,
    make_settings,
    make_site,
    make_source,
    make_verdict,
)
from portgauge.model.analysis import Analysis
from portgauge.model.location import Guard, Snippet
from portgauge.model.rule import Automation
from portgauge.reporting.formats import FORMATS, RenderOptions

ATTACK = "<script>alert('x')</script>\"><img src=x onerror=alert(1)> ]]> --> {{ 7*7 }} &lt; `<b>`"
PATH = PurePosixPath('src/"><script>alert(2)</script>/\x1b[31m\u202eevil.cu')
CONTROL = "a\x1b[2Jb\x00c\x07d\u202ee\u2066f\x9bg\ud800h"


def hostile(text: str) -> Analysis:
    """Return an analysis in which every text that comes from outside is ``text``."""
    site = make_site(
        "warp/lane",
        path=str(PATH),
        match=text,
        function=text,
        guards=(Guard(kind="if", text=text, line=1),),
        facts=((text, text),),
        snippet=Snippet(first_line=11, lines=(text, text, text)),
    )
    finding = make_finding(site=site, message=text, automation=Automation.MANUAL, blocker=text)
    covered = make_finding(
        site=make_site("warp/lane", path=str(PATH), line=40), message=text, covered_by=text,
        automation=Automation.ASSISTED,
    )  # fmt: skip
    automatic = make_finding(site=make_site(f"runtime/{text}", path=str(PATH)), message=text)
    findings = (finding, covered, automatic)
    return make_analysis(
        findings=findings,
        inventory=make_inventory(
            codebase=text,
            revision=text,
            sites=tuple(f.site for f in findings),
            files=(make_file(str(PATH), language=text),),
            kernels=(make_kernel(text, path=str(PATH), features=(text,)),),
            components=(make_component(text, files=(PATH,)),),
            libraries=(make_library_use(text, symbols=((text, 3),)),),
            problems=(make_problem(str(PATH), reason=text),),
            not_looked_for=((text, text),),
        ),
        settings=make_settings(command=text),
        verdicts=(make_verdict(why=text, basis=text, obstacles=(text,), blockers=(make_blocker(text, title=text),)),),
        layers=(make_layer(text, kind=text),),
        libraries=(make_library_judgement(text, title=text, unsupported_symbols=(text,)),),
        sources=(make_source(title=text, url="javascript:alert(3)"),),
        rules=(make_rule_note("warp/lane", title=text, why=text, instead=text, not_found=text, validate=text),),
        assumptions=(text,),
    )


class Page(HTMLParser):
    """Collects the elements and what they would load or run."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.links: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, text in attrs:
            if name.startswith("on") or name == "style":
                self.handlers.append(name)
            if name in {"src", "srcset", "data", "action", "poster", "xlink:href"}:
                self.loads.append(f"{tag} {name}={text}")
            if name == "href":
                (self.links if tag == "a" else self.loads).append(text or "")


def read(source: str) -> Page:
    page = Page()
    page.feed(source)
    return page


@pytest.mark.parametrize("text", [ATTACK, CONTROL, ATTACK + CONTROL])
def test_nothing_hostile_becomes_an_element(text: str) -> None:
    page = read(html_source(hostile(text)))

    assert page.tags.count("script") == 1
    assert page.tags.count("style") == 1
    assert {"img", "b", "iframe", "object", "base"}.isdisjoint(page.tags)
    assert page.handlers == []


def test_what_is_hostile_shows_as_text() -> None:
    shown = html_text(hostile(ATTACK))

    assert "<script>alert('x')</script>\"><img src=x onerror=alert(1)> ]]> -->" in shown
    assert "{{ 7*7 }}" in shown
    assert "49" not in shown.split("{{", 1)[0][:200]


def test_no_report_holds_a_control_or_direction_character() -> None:
    analysis = hostile(CONTROL)

    for text in (html_source(analysis), terminal_text(analysis)):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text)
    assert "[U+202E]" in html_text(analysis)


def test_the_terminal_shows_markup_as_it_is() -> None:
    analysis = make_analysis(inventory=make_inventory(codebase="[bold red]x[/] :smile: [link=http://a]y[/link]"))

    assert "[bold red]x[/] :smile: [link=http://a]y[/link]" in " ".join(terminal_text(analysis).split())


def test_the_json_keeps_hostile_text_exactly() -> None:
    made = FORMATS["json"].render(hostile(ATTACK + CONTROL), RenderOptions())

    found: dict[str, Any] = json.loads(made.decode("utf-8"))

    assert found["codebase"]["name"] == ATTACK + CONTROL
    assert found["findings"][0]["path"] == str(PATH)


def test_only_web_addresses_become_links_and_nothing_is_loaded() -> None:
    for analysis in (hostile(ATTACK), make_example()):
        page = read(html_source(analysis))

        assert page.loads == []
        assert all(link.startswith(("#", "https://")) for link in page.links)


def test_the_style_and_script_load_nothing() -> None:
    source = html_source(make_example())
    parts = re.findall(r"<(?:style|script)>(.*?)</(?:style|script)>", source, flags=re.DOTALL)

    assert len(parts) == 2
    for part in parts:
        assert not re.search(r"https?:|//[a-z]|@import|url\(|fetch\(|XMLHttpRequest|innerHTML|eval\(", part)


def test_the_pdf_shows_hostile_text_and_attaches_nothing() -> None:
    reader = pdf_reader(hostile(ATTACK + CONTROL))

    assert not reader.attachments
    shown = squeezed("".join(page.extract_text() for page in reader.pages))
    assert "<script>alert('x')</script>" in shown


def test_the_pdf_fetcher_refuses_local_files_and_the_network() -> None:
    from portgauge.reporting.pdf_report import _weasyprint

    _, fetcher = _weasyprint()

    for address in ("file:///etc/hostname", "http://localhost/", "https://localhost/", "ftp://localhost/"):
        with pytest.raises(ValueError, match="disallowed"):
            fetcher.fetch(address)


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet=st.characters(), min_size=1, max_size=60))
def test_any_text_leaves_the_page_whole(text: str) -> None:
    page = read(html_source(hostile(text)))

    assert (page.tags.count("script"), page.tags.count("main"), page.handlers) == (1, 1, [])


def test_the_match_is_marked_in_the_snippet() -> None:
    site = make_site(
        "warp/lane", line=12, match="x<y", location=make_site().location,
        snippet=Snippet(first_line=12, lines=("if (x<y) é",)),
    )  # fmt: skip
    analysis = make_analysis(findings=(make_finding(site=site, automation=Automation.MANUAL),))

    marked = re.findall(r"<mark>(.*?)</mark>", html_source(analysis))

    assert [html.unescape(text) for text in marked] == ["x<y) é"]


def test_pdf_text_is_not_cut_by_long_paths() -> None:
    path = "src/" + "/".join(f"a_rather_long_folder_name_{n}" for n in range(9)) + "/kernel.cu"
    analysis = make_analysis(
        findings=(make_finding(site=make_site("warp/lane", path=path), automation=Automation.MANUAL),)
    )

    assert path in squeezed(pdf_text(analysis))
