"""Macros that follow from the macros of a vendor."""

from pathlib import PurePosixPath

from portgauge.matchers.directives import defines_of, vendor_defines
from portgauge.matchers.guards import GuardTable
from portgauge.parsing.cuda import SourceText
from portgauge.rulebook.rulebook import Rulebook


def names_that_follow(rulebook: Rulebook, *texts: str) -> list[tuple[str, int]]:
    """Return each macro that may follow, with the number of conditions around its definition."""
    defines = [
        define for text in texts for define in defines_of(GuardTable(SourceText(PurePosixPath("a.h"), text.encode())))
    ]
    return [(define.name, len(define.guards)) for define in vendor_defines(defines, rulebook.vendors)]


def test_a_macro_follows_from_a_vendors_macro_over_files(rulebook: Rulebook) -> None:
    found = names_that_follow(
        rulebook,
        "#ifdef FAST\n#define FASTER\n#endif\n#ifdef OTHER\n#define UNRELATED\n#endif\n",
        "#ifndef USE_HIP\n#define FAST\n#endif\n",
    )

    assert found == [("FASTER", 1), ("FAST", 1)]


def test_every_definition_of_a_macro_that_follows_is_kept(rulebook: Rulebook) -> None:
    found = names_that_follow(rulebook, "#ifndef USE_HIP\n#define FAST\n#endif\n", "#define FAST\n#define SIZE 3\n")

    assert found == [("FAST", 1), ("FAST", 0)]


def test_a_chain_of_macros_has_an_end(rulebook: Rulebook) -> None:
    chain = "".join(f"#ifdef M{place}\n#define M{place + 1}\n#endif\n" for place in range(9))

    found = names_that_follow(rulebook, "#ifndef USE_HIP\n#define M0\n#endif\n" + chain)

    assert found == [("M0", 1), ("M1", 1), ("M2", 1)]


def test_in_a_file_of_many_macros_the_last_count_as_defined_for_everybody(rulebook: Rulebook) -> None:
    many = "".join(f"#define M{place}\n" for place in range(2_001))

    found = names_that_follow(rulebook, "#ifndef USE_HIP\n#define M2000\n" + many + "#endif\n")

    assert [guards for name, guards in found if name == "M2000"] == [1, 0]
