"""The PDF: two pages for a decision, tagged, titled, with bookmarks."""

import subprocess
import sys
from dataclasses import replace

import pytest
from reading import html_text, pdf_reader, squeezed
from report_example import make_example
from test_report_html import many

from builders import (
    make_accuracy,
    make_blocker,
    make_component,
    make_estimates,
    make_hours,
    make_layer,
    make_line,
)
from portgauge.errors import InstallationError
from portgauge.model.estimate import RULES_CHANGED
from portgauge.reporting import pdf_report
from portgauge.reporting.summary import summarise


def test_without_annex_there_are_two_pages() -> None:
    assert len(pdf_reader(make_example(), pdf_annex="none").pages) == 2


def test_there_are_two_pages_however_much_there_is_to_say() -> None:
    sentence = "a rather long sentence that a rule file holds and that wraps more than once in a narrow column"
    option = make_blocker().options[0]
    blockers = tuple(
        make_blocker(f"class-{n}", title=f"{n} {sentence}", options=(replace(option, title=sentence),) * 4)
        for n in range(6)
    )
    names = [f"component_with_a_very_long_name_{n}_in_some_folder/subfolder/part" for n in range(40)]
    lines = [make_line(component=name, hours=make_hours(100, 300)) for name in names]
    example = make_example()
    stuffed = replace(
        example,
        inventory=replace(
            example.inventory,
            codebase="a-quite-long-codebase-name/with-a-path/and-more",
            components=tuple(make_component(name, wave=1 + n // 4) for n, name in enumerate(names)),
        ),
        verdicts=tuple(replace(verdict, blockers=blockers) for verdict in example.verdicts),
        estimates=make_estimates(lines, targets=("gfx942", "gfx1100"), components=names),
        assumptions=(sentence,) * 12,
        layers=(make_layer(sentence),) * 5,
        settings=replace(example.settings, rate=120.0),
    )

    assert len(pdf_reader(stuffed, pdf_annex="none").pages) == 2


@pytest.mark.parametrize(("note", "is_said"), [("few cases", False), (f"few cases {RULES_CHANGED}", True)])
def test_a_measured_figure_says_on_page_and_first_pdf_page_that_the_rules_changed(note: str, is_said: bool) -> None:
    analysis = replace(make_example(), accuracy=(make_accuracy(note=note),))

    first_page = squeezed(pdf_reader(analysis, pdf_annex="none").pages[0].extract_text())
    verdict = squeezed(html_text(analysis)).partition("Allfiguresandtheirlimits")[0]

    for seen in (first_page, verdict):
        assert "examplefigure" in seen
        assert ("examplefigure(ruleschangedsince)" in seen) is is_said


def test_the_first_page_says_what_port_and_three_years_cost() -> None:
    analysis = make_example()
    cheapest = summarise(analysis).maintenance[0]

    first = squeezed(pdf_reader(analysis, pdf_annex="none").pages[0].extract_text())

    assert squeezed(f"three years of upkeep, P50: {cheapest.way} {cheapest.three_years_words}") in first


def test_the_second_page_says_what_an_agent_reaches_and_on_how_little_that_rests() -> None:
    analysis = make_example()

    second = squeezed(pdf_reader(analysis, pdf_annex="none").pages[1].extract_text())

    for sentence in (*analysis.agent.half_an_hour, "That is 1 port: an anecdote, no rate.", "Never add these"):
        assert squeezed(sentence) in second
        assert squeezed(sentence) in squeezed(html_text(analysis))


def test_the_pdf_is_tagged_titled_and_in_english() -> None:
    reader = pdf_reader(make_example())
    root = reader.trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert reader.metadata is not None
    assert reader.metadata.title == "acme-multiphysics: what leaving CUDA costs"


def test_bookmarks_lead_to_the_parts() -> None:
    def titles(outline: list[object]) -> list[str]:
        found: list[str] = []
        for mark in outline:
            found += titles(mark) if isinstance(mark, list) else [str(mark["/Title"])]  # type: ignore[index]
        return found

    marks = titles(pdf_reader(make_example()).outline)

    assert "acme-multiphysics" in marks
    assert "What waits for a decision" in marks
    assert "Findings, worst first" in marks


def test_the_short_annex_lists_at_most_a_hundred_findings_worst_first() -> None:
    text = "\n".join(page.extract_text() for page in pdf_reader(make_example()).pages)
    annex = text[text.index("Findings, worst first") :]

    assert annex.index("gfx942 critical") < annex.index("gfx942 high") < annex.index("gfx942 medium")


def test_a_finding_of_the_annex_has_few_elements_of_its_own() -> None:
    analysis = many(300)
    summary = summarise(analysis)
    annex = pdf_report.Page(template=pdf_report.ANNEX, room=pdf_report.Room())

    html = pdf_report.document(analysis, summary, pages=(annex,), annex="full")

    findings = html.partition("Findings, worst first")[2]
    assert findings.count("<tr>") == 301
    # Each is a box of the layout: breaks in paths and code doubled the memory of a long annex.
    assert "<wbr>" not in findings


def test_no_money_is_shown_without_a_rate() -> None:
    text = squeezed("".join(page.extract_text() for page in pdf_reader(make_example()).pages))

    assert "Money" not in text


def test_a_missing_pango_is_one_line_that_names_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    class Missing:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    for name in [name for name in sys.modules if name.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])

    with pytest.raises(InstallationError, match=r"libpango-1\.0-0 libpangoft2-1\.0-0") as raised:
        pdf_report.render(make_example())

    assert "\n" not in str(raised.value)


def test_the_list_of_formats_is_cheap_to_import() -> None:
    code = (
        "import sys; import portgauge.reporting.formats; "
        "print([m for m in ('jinja2', 'weasyprint', 'rich', 'markupsafe') if m in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_a_decision_without_room_is_named_with_its_price() -> None:
    blockers = (make_blocker("optix", title="First"), make_blocker("tensorrt", title="Second decision"))
    example = make_example()
    stuck = replace(example, verdicts=tuple(replace(verdict, blockers=blockers) for verdict in example.verdicts))
    page = pdf_report.Page(template=pdf_report.FIRST_PAGE, room=pdf_report.TIGHTEST)

    html = pdf_report.document(stuck, summarise(stuck), pages=(page,), annex="none")

    priced = next(option for option in blockers[1].options if option.hours)
    assert f"and 1 more decision: Second decision ({priced.title}: about " in html
