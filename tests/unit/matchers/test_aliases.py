"""What a header of aliases for AMD defines itself."""

import pytest

from portgauge.matchers.aliases import own_alias_matches

NAMES = frozenset({b"cudaA", b"cudaB", b"cudaT", b"__cudaF"})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#define cudaA(mask, x) other(x)\n", [("cudaA", True)]),
        ("#define cudaA(mask, x) other(mask, x)\n", [("cudaA", False)]),
        ("#define cudaA(mask, x) \\\n  other((void) mask, x)\n", [("cudaA", True)]),
        ("#define cudaA 0\n", [("cudaA", False)]),
        ("#define cudaA cudaA\n#define cudaB\n#define mine 0\n", []),
        ("typedef struct other cudaT;\nusing cudaA = other;\n", [("cudaT", False), ("cudaA", False)]),
        ("static int __cudaF(int mask, int v) { if (v) { v = 1; } return v; }\n", [("__cudaF", True)]),
        ("static int __cudaF(int mask, int v) { return v + mask; }\n", [("__cudaF", False)]),
        ("int __cudaF(int v);\nvoid f() { if (cudaA(1)) { g(); } }\n", []),
        ('// #define cudaA 0\nconst char* s = "typedef int cudaT;";\n', []),
        ("int __cudaF(int v) { return 1;", [("__cudaF", True)]),
    ],
)
def test_definitions_of_cuda_names_are_found(text: str, found: list[tuple[str, bool]]) -> None:
    matches = own_alias_matches(text.encode(), is_cuda_name=NAMES.__contains__)

    assert [(match.parts["name"], match.parts.get("first_argument") == "dropped") for match in matches] == found
