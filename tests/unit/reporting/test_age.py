"""Old knowledge is named, with the table and how old it is; new knowledge is not mentioned."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from builders import make_analysis, make_rule_note
from portgauge.model.analysis import Analysis
from portgauge.model.rule import RuleNote, Source
from portgauge.reporting.age import age_warning, old_tables
from portgauge.reporting.sentences import knowledge


def note(rule_id: str, *dates: str) -> RuleNote:
    sources = tuple(Source(key=day, title="", url="", retrieved=day) for day in dates)
    return make_rule_note(rule_id, sources=sources)


def analysis_with(*notes: RuleNote) -> Analysis:
    return replace(make_analysis(), rules=notes, analysed_at=datetime(2026, 11, 25, tzinfo=UTC))


def test_a_table_is_as_old_as_its_oldest_rule_and_a_rule_as_its_newest_source() -> None:
    analysis = analysis_with(
        note("runtime/a", "2025-08-04"),
        note("runtime/b", "2024-10-22", "2026-11-22"),
        note("cub/c", "2024-10-23"),
        note("warp/d", "2026-11-22"),
    )

    assert list(old_tables(analysis).items()) == [("cub", 25), ("runtime", 15)]


def test_old_knowledge_is_named_in_the_sentence_that_every_report_shows() -> None:
    analysis = analysis_with(note("runtime/a", "2025-08-04"))

    assert "More than 12 months old is the knowledge of: runtime (15 months)." in knowledge(analysis)


@pytest.mark.parametrize("read", ["2025-11-25", "2026-11-22", "", "2027-01-01"])
def test_newer_or_undated_knowledge_gives_no_warning(read: str) -> None:
    analysis = analysis_with(note("runtime/a", read))

    assert age_warning(analysis) == ""
    assert knowledge(analysis).endswith(").")


def test_more_tables_than_fit_are_counted() -> None:
    analysis = analysis_with(*(note(f"t{number}/a", "2024-01-01") for number in range(6)))

    assert "t3 (34 months) and 2 more." in age_warning(analysis)
