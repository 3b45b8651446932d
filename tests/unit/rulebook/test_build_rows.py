"""What the loader refuses in ``rules/build``."""

import pytest
from rules_copy import RulesCopy

ROWS = "build/signals.csv"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (",build,build-medium,binary-kernels,", ",yes,build-medium,binary-kernels,", "price is 'yes'; expected one of"),
        (
            ",build,build-medium,binary-kernels,",
            ",build,build-huge,binary-kernels,",
            "effort class 'build-huge' is not",
        ),
        (",make,make;cmake;shell,(?<!", ",python,make;cmake;shell,(?<!", "kind 'python' is none of the formats make"),
        ("cubin;fatbin;ptx", "cubin;;ptx", "words has an empty part, which stands in every text"),
        ("(ptx|cubin|fatbin)", "(ptx|cubin|fatbin", "the pattern does not compile: missing ), unterminated"),
        ("$(CC) --ptx $<,hip-porting-guide", "$(CC) --ptx $<,hearsay", "source 'hearsay' is not defined"),
    ],
)
def test_a_row_that_is_wrong_is_refused_at_its_line(old: str, new: str, says: str, rules_copy: RulesCopy) -> None:
    rules_copy.change(ROWS, old, new)

    defects = rules_copy.defects()

    place = rules_copy.place(ROWS, "device-code-files,")
    assert [defect for defect in defects if says in defect and defect.startswith(f"{place}: ")] == list(defects)


def test_a_missing_column_is_refused(rules_copy: RulesCopy) -> None:
    rules_copy.change(ROWS, ",words,", ",word,")

    assert rules_copy.defects() == ("rules/build/signals.csv:1: no column words",)


def test_two_rows_of_one_name_are_refused(rules_copy: RulesCopy) -> None:
    rules_copy.change(ROWS, "\ngencode,", "\narch-flag,")

    (defect,) = rules_copy.defects()
    assert "'arch-flag' stands twice" in defect
