"""What the first lines say when there is nothing to port, an AMD path, or a decision that can wait."""

import json
import re
from dataclasses import replace

import pytest
from reading import html_source, html_text, pdf_reader, pdf_text, squeezed, terminal_text
from report_example import make_example

from builders import (
    make_analysis,
    make_blocker,
    make_component,
    make_estimates,
    make_file,
    make_finding,
    make_hours,
    make_inventory,
    make_line,
    make_verdict,
)
from portgauge.model.analysis import Analysis, VerdictWord
from portgauge.model.rule import Automation
from portgauge.reporting.formats import FORMATS, RenderOptions
from portgauge.reporting.summary import summarise


def every_text(analysis: Analysis) -> dict[str, str]:
    json_sentences = json.loads(FORMATS["json"].render(analysis, RenderOptions()))["summary"]
    return {
        "terminal": squeezed(terminal_text(analysis)),
        "html": squeezed(html_text(analysis)),
        "pdf": squeezed(pdf_text(analysis)),
        "json": squeezed(json.dumps(json_sentences, ensure_ascii=False)),
    }


def without_cuda() -> Analysis:
    nothing = make_hours(0, 0)
    return make_analysis(
        findings=(),
        inventory=make_inventory(
            codebase="plain",
            sites=(),
            kernels=(),
            libraries=(),
            files=(make_file("main.cpp", is_cuda=False, language="cpp"),),
            components=(make_component("plain", files=("main.cpp",)),),
        ),
        estimates=make_estimates([make_line(hours=nothing)]),
        verdicts=(make_verdict(word=VerdictWord.PORTABLE, grade="", portability=None, blockers=()),),
    )


def with_amd_path() -> Analysis:
    covered = (make_finding(line=1), make_finding(line=2, covered_by="amd-build"))
    verdict = make_verdict(
        word=VerdictWord.ALREADY,
        why="Found: two files with code for AMD GPUs",
        basis="a search for words, nothing was built.",
    )
    return make_analysis(findings=covered, verdicts=(verdict,))


def can_do_without() -> Analysis:
    """Return the example with its decision at places that the port can leave out."""
    example = make_example()
    return replace(
        example,
        verdicts=tuple(replace(verdict, word=VerdictWord.PORTABLE, grade="C") for verdict in example.verdicts),
    )


def test_without_cuda_code_every_headline_says_that_there_is_nothing_to_port() -> None:
    for name, text in every_text(without_cuda()).items():
        assert squeezed("No CUDA code was found in plain: nothing to port.") in text, name
        assert "canbeported" not in text, name


def test_without_cuda_code_no_report_shows_hours_or_a_calendar() -> None:
    texts = every_text(without_cuda())
    del texts["json"]  # Its keys are there for programs; the numbers are 0.

    for name, text in texts.items():
        assert "0h" not in text, name
        assert "calendar" not in text.lower(), name
    assert 'href="#findings"' not in html_source(without_cuda())


def test_without_cuda_code_the_pdf_has_one_page_before_its_annex() -> None:
    assert len(pdf_reader(without_cuda(), pdf_annex="none").pages) == 1


def test_an_amd_path_that_leaves_no_hours_needs_neither_a_person_nor_an_agent() -> None:
    nothing = make_estimates([make_line(hours=make_hours(0, 0))])
    left = tuple(replace(each, automation=Automation.ASSISTED) for each in with_amd_path().findings)
    priced = summarise(replace(with_amd_path(), findings=left))
    found = summarise(replace(with_amd_path(), findings=left, estimates=nothing))

    assert priced.already.words.endswith("1 need a person.")
    assert found.already.words.endswith("Without hours of their own, but to look at: 1.")
    assert priced.agent_words
    assert not found.agent_words


def test_an_amd_path_is_hedged_in_every_report() -> None:
    for name, text in every_text(with_amd_path()).items():
        assert squeezed("may already run on") in text, name
        assert squeezed("That was read, not proved; nothing was built or run.") in text, name
        assert squeezed("1 finding that this path seems to cover is not in the hours") in text, name
        assert squeezed("Basis: a search for words, nothing was built.") in text, name


@pytest.mark.parametrize("word", [word for word in VerdictWord if word is not VerdictWord.ALREADY])
def test_the_basis_of_every_verdict_is_shown(word: VerdictWord) -> None:
    verdict = make_verdict(word=word, why="Because of this", basis="a search for words")

    for name, text in every_text(make_analysis(verdicts=(verdict,))).items():
        assert squeezed("Because of this. Basis: a search for words.") in text, name


def test_parts_that_can_be_left_out_hold_nothing_up() -> None:
    summary = summarise(can_do_without())
    holding = [part for part in summary.components if part.blockers]

    assert [part.name for part in holding] == ["infer"]
    assert not any(part.waits for part in summary.components)
    assert holding[0].decision_words == f"{summary.blockers[0].title} (can be left out)"
    for name, text in every_text(can_do_without()).items():
        assert squeezed("All 6 components with CUDA work can be ported today") in text, name


def test_an_open_decision_says_that_its_hours_are_not_in_the_number() -> None:
    for analysis, words in (
        (make_example(), "The hours above hold nothing for this."),
        (can_do_without(), "leave the part out, or add an option's hours to those above."),
    ):
        texts = every_text(analysis)
        del texts["json"]
        for name, text in texts.items():
            assert squeezed(words) in text, name


def with_idle_components(count: int) -> Analysis:
    example = make_example()
    idle = tuple(make_component(f"idle_{number}", files=(), wave=1) for number in range(count))
    return replace(example, inventory=replace(example.inventory, components=(*idle, *example.inventory.components)))


def test_components_without_work_are_counted_and_not_listed() -> None:
    analysis = with_idle_components(98)

    texts = every_text(analysis)

    for name in ("terminal", "html", "pdf"):
        assert re.search("98(more)?componentswithoutCUDAwork", texts[name]), name
    for name in ("terminal", "pdf"):
        assert "idle_" not in texts[name], name
    steps = [part.name for step in summarise(analysis).steps for part in step.components]
    assert steps == ["core", "linalg", "image", "infer", "solver", "python bindings"]


def test_work_on_the_codebase_as_a_whole_is_not_hidden_behind_components() -> None:
    names = [f"part_{number}" for number in range(30)]
    lines = [make_line(component=name, hours=make_hours(1, 2)) for name in names]
    lines.append(make_line(component=None, reason="library cuDNN, once", hours=make_hours(24, 60)))
    analysis = make_analysis(
        inventory=make_inventory(components=tuple(make_component(name) for name in names)),
        estimates=make_estimates(lines, components=names),
        verdicts=(make_verdict(blockers=()),),
    )

    texts = every_text(analysis)

    for name in ("terminal", "html", "pdf"):
        assert squeezed("library cuDNN 25 h") in texts[name], name


def test_a_decision_names_the_blocker_s_title_and_not_its_class() -> None:
    blocker = make_blocker("ptx-mma", title="Tensor-core instructions")
    finding = make_finding(blocker="ptx-mma")
    analysis = make_analysis(
        findings=(finding,), verdicts=(make_verdict(word=VerdictWord.BLOCKED, grade="E", blockers=(blocker,)),)
    )

    part = next(part for part in summarise(analysis).components if part.blockers)

    assert (part.decision_words, part.grade) == ("Tensor-core instructions", "E")
