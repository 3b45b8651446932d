from pathlib import PurePosixPath

from builders import (
    make_accuracy,
    make_analysis,
    make_file,
    make_finding,
    make_inventory,
    make_library_judgement,
    make_line,
    make_problem,
    make_settings,
    make_site,
    make_verdict,
)
from portgauge.model.analysis import VerdictWord
from portgauge.model.estimate import RULES_CHANGED
from portgauge.model.rule import Automation, Category, Severity
from portgauge.reporting.html_findings import snippet_lines
from portgauge.reporting.plain_text import one_line, shortened, shortened_path, visible
from portgauge.reporting.summary import summarise
from portgauge.reporting.tally import unknown_symbols
from portgauge.reporting.templates import arithmetic, with_code


def test_the_first_sentence_names_the_gpu_the_grade_and_the_range() -> None:
    sentence = summarise(make_analysis()).sentence

    assert sentence == (
        "acme-solver can be ported to AMD Instinct MI300X (gfx942): about 8 person-hours "
        "(9 in 10 such ports: under 18); AMD's renaming tool HIPIFY first, the rest by hand. "
        "Grade C: above all kernels that must be understood."
    )


def test_a_withheld_grade_is_not_a_grade() -> None:
    sentence = summarise(make_analysis(verdicts=(make_verdict(grade="", word=VerdictWord.UNCLEAR),))).sentence

    assert sentence.startswith("Whether acme-solver can be ported")
    assert sentence.endswith("No grade.")


def test_a_check_is_claimed_only_when_a_figure_on_effort_was_published() -> None:
    unmeasured = summarise(make_analysis(accuracy=(make_accuracy(),)))
    measured = summarise(make_analysis(accuracy=(make_accuracy(measure="effort, P50 against author-days", n=5),)))

    assert unmeasured.uncertainty == "The range is from judgement; no error of the hours is published for this build."
    assert "checked on 5 public ports whose effort is itself estimated" in measured.uncertainty


def test_a_check_with_other_rules_is_not_claimed_for_these() -> None:
    with_these = make_accuracy(measure="effort, P50 against author-days", note="few ports")
    before = make_accuracy(measure="effort, P50 against author-days", note=f"few ports {RULES_CHANGED}")

    assert summarise(make_analysis(accuracy=(with_these,))).uncertainty.endswith("is itself estimated.")
    assert summarise(make_analysis(accuracy=(before,))).uncertainty.endswith("estimated; rules changed since.")


def test_the_figures_on_hours_stand_first() -> None:
    lines, hours = make_accuracy(measure="lines found"), make_accuracy(measure="effort, P50 against author-days")

    assert summarise(make_analysis(accuracy=(lines, hours))).measured == (hours, lines)


def test_covered_findings_are_counted_apart() -> None:
    findings = (make_finding(line=1, severity=Severity.HIGH), make_finding(line=2, covered_by="gpu-header"))

    head = summarise(make_analysis(findings=findings)).headline

    assert (head.findings, head.covered) == (1, 1)
    assert dict(head.severities) == {
        Severity.CRITICAL: 0, Severity.HIGH: 1, Severity.MEDIUM: 0, Severity.LOW: 0, Severity.NONE: 0,
    }  # fmt: skip


def test_renames_are_folded_by_name() -> None:
    findings = tuple(make_finding(line=line, path=f"src/{line % 2}.cu") for line in range(1, 8))

    (group,) = summarise(make_analysis(findings=findings)).automatic

    assert (group.symbol, len(group.sites), group.file_count, len(group.locations)) == ("cudaMalloc", 7, 2, 3)


def test_a_rename_that_is_part_of_a_decision_is_not_folded() -> None:
    summary = summarise(make_analysis(findings=(make_finding(blocker="tensorrt"),)))

    assert (len(summary.automatic), len(summary.attention)) == (0, 1)


def test_a_site_that_is_harmless_everywhere_needs_nobody() -> None:
    harmless = make_finding(line=1, severity=Severity.NONE, automation=Automation.ASSISTED)
    open_one = make_finding(line=2, severity=Severity.LOW, automation=Automation.ASSISTED)

    summary = summarise(make_analysis(findings=(harmless, open_one)))

    assert [group.sites[0].site.location.line for group in summary.attention] == [2]


def test_a_rule_without_note_takes_its_category_from_its_family() -> None:
    findings = (
        make_finding(rule_id="warp/mask-literal", automation=Automation.MANUAL),
        make_finding(rule_id="cublas/cublasSgemm", line=20),
    )

    summary = summarise(make_analysis(findings=findings, rules=()))

    assert {judged.site.rule_id: judged.category for judged in summary.judged} == {
        "warp/mask-literal": Category.WARP,
        "cublas/cublasSgemm": Category.OTHER,
    }


def test_two_rules_on_one_place_are_two_sites_at_one_place() -> None:
    sites = (make_site("runtime/cudaMalloc"), make_site("memory/managed"))

    summary = summarise(make_analysis(inventory=make_inventory(sites=sites)))

    assert (summary.sites, summary.places) == (2, 1)


def test_unknown_names_are_counted_most_used_first() -> None:
    sites = [make_site("api/unknown-symbol", line=n, match=m) for n, m in enumerate("baab", start=1)]

    assert unknown_symbols([*sites, make_site("api/unknown-symbol", line=9, match="b")]) == (("b", 3), ("a", 2))


def test_money_is_nowhere_without_a_rate() -> None:
    assert summarise(make_analysis(settings=make_settings(rate=None))).headline.effort.cost == ""


def test_the_arithmetic_of_a_line_is_written_only_where_it_holds() -> None:
    line = make_line(units=4)

    assert arithmetic(line) == "8.00 h"
    assert arithmetic(make_line(units=80)) == "80 × 6 min = 8.00 h"


def test_backticks_become_code_after_escaping() -> None:
    assert with_code("`a<b>` & c") == "<code>a&lt;b&gt;</code> &amp; c"


def test_characters_that_would_be_obeyed_are_made_visible() -> None:
    assert visible("a\x1b[31m\u202eb\x7f") == "a␛[31m[U+202E]b␡"
    assert visible("tab\tand\nline, é, 中") == "tab\tand\nline, é, 中"
    assert one_line("a\n\tb") == "a b"
    assert shortened("abcdef", limit=4) == "abc…"


def test_a_long_source_line_is_cut_around_the_match() -> None:
    text = "x" * 300 + "MATCH" + "y" * 300
    site = make_site(line=3, snippet=None)
    site = make_site(
        line=3,
        location=type(site.location)(path=PurePosixPath("a.cu"), line=3, column=301, end_line=3, end_column=306),
        snippet=type(make_site().snippet)(first_line=3, lines=(text,)),  # type: ignore[misc]
    )

    (line,) = snippet_lines(site)

    assert line.marked == "MATCH"
    assert len(line.before + line.marked + line.after) < 170


def test_a_place_that_the_code_handles_needs_nobody() -> None:
    covered = make_finding(line=1, covered_by="amd-build", severity=Severity.HIGH, automation=Automation.MANUAL)

    summary = summarise(make_analysis(findings=(covered,)))

    assert (len(summary.attention), len(summary.automatic), summary.files) == (0, 1, ())


def test_problems_in_files_without_cuda_code_are_counted_apart() -> None:
    files = (make_file("a.cu"), make_file("b.cc", is_cuda=False))
    problems = (make_problem("a.cu"), make_problem("b.cc"), make_problem("."))

    coverage = summarise(make_analysis(inventory=make_inventory(files=files, problems=problems))).coverage

    assert ([str(problem.path) for problem in coverage.problems], coverage.problems_elsewhere) == (["a.cu", "."], 1)
    assert "2 problems noted there. 1 problem noted in files without CUDA code." in coverage.words


def test_a_long_path_keeps_the_end_that_tells_files_apart() -> None:
    assert shortened_path("src/a/b/kernel.cu", limit=10) == "…kernel.cu"
    assert shortened_path("a\n.cu", limit=10) == "a .cu"


def test_a_library_to_replace_is_open_and_not_free() -> None:
    judged = (make_library_judgement("tensorrt", status="none"), make_library_judgement("cublas", status="twin"))

    libraries = summarise(make_analysis(libraries=judged)).libraries

    assert {library.name: library.words for library in libraries} == {"tensorrt": "open", "cublas": "0 h"}
