"""What the loader refuses in ``rules/python``."""

import pytest
from rules_copy import RulesCopy

ROWS = "python/packages.csv"
ROW = "spconv,"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (",none,,,Torchsparse", ",gone,,,Torchsparse", "status is 'gone'; expected one of works"),
        ("high,reported,2.3.8", "high,sure,2.3.8", "certainty is 'sure'; expected one of read, listed"),
        ("high,reported,2.3.8", "certain,reported,2.3.8", "confidence is 'certain'; expected one of high"),
        (
            "package-rewrite,high,reported,2.3.8",
            "package-huge,high,reported,2.3.8",
            "effort class 'package-huge' is not",
        ),
        ("package-rewrite,high,reported,2.3.8", "with-library,high,reported,2.3.8", "no library has a price for it"),
        (r"pip,spconv-cu\d+,spconv,", r"pip,spconv-(cu\d+,spconv,", "the pattern does not compile"),
        (r"pip,spconv-cu\d+,spconv,", "pip,,,", "neither pattern nor imports"),
        (r"pip,spconv-cu\d+,spconv,", r"pip,spconv-cu\d+,cupy,", "module 'cupy' is that of 'cupy' already"),
        ("spconv-cu120,port-reports", "spconv-cu120,hearsay", "source 'hearsay' is not defined"),
    ],
)
def test_a_row_that_is_wrong_is_refused_at_its_line(old: str, new: str, says: str, rules_copy: RulesCopy) -> None:
    rules_copy.change(ROWS, old, new)

    defects = rules_copy.defects()

    place = rules_copy.place(ROWS, ROW)
    assert [defect for defect in defects if says in defect and defect.startswith(f"{place}: ")] == list(defects)


def test_a_package_has_no_price_beside_that_of_its_library(rules_copy: RulesCopy) -> None:
    rules_copy.change(
        ROWS,
        "cupy,with-library,high,listed,14.2.0,2026-08,cupy,",
        "cupy,package-build,high,listed,14.2.0,2026-08,cupy,",
    )

    (defect,) = rules_copy.defects()
    assert "effort is 'package-build', but library 'cupy' has the price; expected with-library" in defect
