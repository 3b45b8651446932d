"""Drawing and scoring of findings that are judged by reading; no checkout is needed."""

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from accuracy import reading
from accuracy.reading import FAR_LINES, MOST_OF_ONE_FILE, Candidate, Question, draw, draw_by_rule, moved
from accuracy.reading_scores import DRAWN, PLANTED, Judged, key_of, read_judged, reading_text, tally, wilson
from builders import make_finding, make_location, make_site
from portgauge.errors import UserError


def candidate(path: str, line: int, rule_id: str = "warp/mask-literal", root: Path = Path("code")) -> Candidate:
    """Return a hazard at a place."""
    location = replace(make_location(), path=PurePosixPath(path), line=line, end_line=line)
    site = replace(make_site(), rule_id=rule_id, location=location)
    return Candidate(root=root, finding=replace(make_finding(), site=site, message="`0xff` is a 32-bit lane mask"))


def judged(judgement: str, kind: str = DRAWN, rule_id: str = "warp/mask-literal") -> Judged:
    """Return a judged finding of high confidence."""
    return Judged(
        number=1,
        path="code/a.cu",
        line=3,
        rule_id=rule_id,
        judgement=judgement,
        reason="seen | read",
        kind=kind,
        confidence="high",
    )


def test_few_findings_of_one_file_are_drawn_while_others_are_left() -> None:
    long_file = [candidate("long.cu", line) for line in range(1, 100)]
    short_files = [candidate(f"{name}.cu", 1) for name in "abcd"]

    drawn = draw(long_file + short_files, 6, random.Random(1))

    assert Counter(str(found.finding.site.path) for found in drawn)["long.cu"] == MOST_OF_ONE_FILE
    assert len(draw(long_file, 6, random.Random(1))) == 6


def test_every_rule_has_an_equal_part() -> None:
    many = [candidate(f"{n}.cu", 1, "warp/mask-literal") for n in range(50)]
    fewer = [candidate(f"{n}.cu", 1, "math/fp8") for n in range(8)]

    drawn = draw_by_rule(many + fewer, 11, random.Random(1))

    assert Counter(found.rule_id for found in drawn) == {"warp/mask-literal": 6, "math/fp8": 5}


def test_a_moved_message_stands_far_from_findings_and_quotes_its_new_line(tmp_path: Path) -> None:
    (tmp_path / "a.cu").write_text("".join(f"total_{number} += 1.0f;\n" for number in range(1, 41)))

    question = moved(candidate("a.cu", 3, root=tmp_path), {3}, random.Random(1))

    assert question is not None
    assert question.line > 3 + FAR_LINES
    assert question.message == f"`total_{question.line} += 1.0f;` is a 32-bit lane mask"
    assert moved(candidate("a.cu", 3, root=tmp_path), {3, 20, 40}, random.Random(1)) is None


def test_wilson_is_as_published() -> None:
    # Worked out by hand from the formula; a share of 1 has an interval too.
    assert wilson(9, 10) == pytest.approx((0.5958, 0.9821), abs=1e-4)
    assert wilson(20, 20) == pytest.approx((0.8389, 1.0), abs=1e-4)


def test_unsure_counts_as_not_true() -> None:
    assert tally([judged("true"), judged("unsure"), judged("false"), judged("true")]).share == 0.5


def test_the_page_counts_planted_findings_apart() -> None:
    text = reading_text([judged("true"), judged("false"), judged("false", PLANTED), judged("true", PLANTED)])

    assert "1 of 2 were recognised as false" in text
    assert "| high | 2 | 1 | 1 | 0 | 0.500 (0.09 to 0.91) |" in text
    assert "seen \\| read" in text


def test_the_page_says_which_rules_stand_mostly_in_one_folder() -> None:
    spread = [replace(judged("true", rule_id="math/fp8"), path=f"code/{n}/a.cu") for n in range(2)]

    text = reading_text([judged("true"), judged("true"), *spread])

    assert "In one folder stand 2 of 2 of `warp/mask-literal`.\n" in text
    assert "No rule has more than half" in reading_text(spread)


def test_checkouts_may_be_named_one_by_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    read: list[Path] = []

    def no_questions(roots: list[Path], *_: object, **__: object) -> list[Question]:
        read.extend(roots)
        return []

    monkeypatch.setattr(reading, "questions_of", no_questions)
    out = str(tmp_path / "list.csv")

    assert reading.main(["--code", str(tmp_path / "a"), "--code", str(tmp_path / "b"), "--out", out]) == 0
    assert [root.name for root in read] == ["a", "b"]


def test_a_judged_list_is_kept_without_source_text(tmp_path: Path) -> None:
    judged_list = tmp_path / "list.csv"
    judged_list.write_text("number,path,line,rule,judgement,reason,message,code\n1,a.cu,3,warp/x,true,so,m,secret\n")
    key_of(judged_list).write_text("number,kind,confidence,severity\n1,drawn,high,low\n")

    (found,) = read_judged(judged_list, keep=tmp_path / "kept.csv")

    assert (found.kind, found.confidence, found.judgement) == ("drawn", "high", "true")
    assert (tmp_path / "kept.csv").read_text() == "number,path,line,rule,judgement,reason\n1,a.cu,3,warp/x,true,so\n"
    assert read_judged(tmp_path / "kept.csv", keep=tmp_path / "kept.csv") == (found,)


def test_a_row_that_is_not_judged_is_an_error(tmp_path: Path) -> None:
    judged_list = tmp_path / "list.csv"
    judged_list.write_text("number,path,line,rule,judgement,reason\n1,a.cu,3,warp/x,,\n")
    key_of(judged_list).write_text("number,kind,confidence,severity\n1,drawn,high,low\n")

    with pytest.raises(UserError, match="row 1: judgement is ''"):
        read_judged(judged_list, keep=tmp_path / "kept.csv")
