"""What the loader refuses in ``rules/libraries``, and which price a library has."""

from dataclasses import replace

import pytest
from rules_copy import RulesCopy

from portgauge.model.rule import Mode
from portgauge.rulebook.library_rows import dangling_names
from portgauge.rulebook.rulebook import Rulebook

ROWS = "libraries/libraries.csv"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (",near-twin,none,An early port.", ",close,none,An early port.", "status is 'close'; expected one of twin"),
        ("An early port.,once,", "An early port.,twice,", "price is 'twice'; expected one of once"),
        ("An early port.,once,3,15", "An early port.,once,15,3", "days are 15 and 3; expected 0 <= p50 <= p90"),
        ("An early port.,once,3,15", "An early port.,once,some,15", "days are 'some' and '15'; expected numbers"),
        ("An early port.,once,3,15", "An early port.,once,,", "price is 'once', but there are no days"),
        ("cuco::cuco", "cuco::(cuco", "cmake_targets holds 'cuco::(cuco', which does not compile"),
        ("An early port.,once,3,15,judgement", "An early port.,once,3,15,gut", "source 'gut' is not defined"),
        ("primitives,header,cuco/", "primitives,headline,cuco/", "kind 'headline' has no examples"),
    ],
)
def test_a_row_that_is_wrong_is_refused_at_its_line(old: str, new: str, says: str, rules_copy: RulesCopy) -> None:
    rules_copy.change(ROWS, old, new)

    (defect,) = rules_copy.defects()

    assert defect.startswith(f"{rules_copy.place(ROWS, 'cuCollections')}: ")
    assert says in defect


def test_a_missing_column_is_refused(rules_copy: RulesCopy) -> None:
    rules_copy.change(ROWS, ",cmake_packages,", ",packages,")

    assert rules_copy.defects() == ("rules/libraries/libraries.csv:1: no column cmake_packages",)


def test_hours_of_the_effort_model_win_over_days(rulebook: Rulebook) -> None:
    stated, by_days = rulebook.effort.libraries["cublas"], rulebook.effort.libraries["cuco"]

    assert stated.hours[Mode.HIPIFY].p50 == 4.0
    assert (by_days.hours[Mode.HIPIFY].p50, by_days.hours[Mode.HIPIFY].p90) == (24.0, 120.0)
    assert by_days.basis.startswith("judgement:")


@pytest.mark.parametrize("name", ["runtime", "nvrtc", "cutlass", "nvcc", "cuda-images", "nsight"])
def test_what_is_priced_elsewhere_has_no_price_as_a_library(name: str, rulebook: Rulebook) -> None:
    assert name in rulebook.libraries.by_name
    assert name not in rulebook.effort.libraries


def test_a_library_without_twin_is_a_rewrite_in_the_grade(rulebook: Rulebook) -> None:
    assert rulebook.effort.libraries["npp"].grade == "D"
    assert rulebook.effort.libraries["cublas"].grade == "B"


def test_a_name_that_no_other_table_knows_is_reported(rulebook: Rulebook) -> None:
    tables = {name: table for name, table in rulebook.tables.items() if name != "cufft"}

    assert list(dangling_names(rulebook)) == []
    (complaint,) = dangling_names(replace(rulebook, tables=tables))
    assert complaint.endswith("there is no API table 'cufft'")


@pytest.mark.parametrize("table", ["npp", "cupti"])
def test_no_name_of_a_library_with_one_verdict_has_a_price(table: str, rulebook: Rulebook) -> None:
    classes = {line.effort_class for line in rulebook.tables[table].judgement}

    # A version macro in a condition is an edit of its own.
    assert all(rulebook.effort.classes[name].hipify.p50 == 0 for name in classes - {"arch-macro"})
