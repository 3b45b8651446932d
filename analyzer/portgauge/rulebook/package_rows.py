"""What the loader refuses in the rows of ``rules/python``, and the libraries that the other rows are."""

import re
from collections.abc import Iterator, Mapping

from portgauge.rulebook.effort_classes import EffortModel
from portgauge.rulebook.libraries import Library
from portgauge.rulebook.packages import IMPORT_KIND, NOT_CUDA, PIN_KIND, STATUS_OF_LIBRARY, STATUSES
from portgauge.rulebook.table import Table
from portgauge.rulebook.yamlfile import Defects

CERTAINTIES = ("read", "listed", "reported", "verify", "judgement")
CONFIDENCES = ("high", "medium", "low")
PACKAGE_PRICE = "package"
_KINDS = ("pip", "conda", IMPORT_KIND, PIN_KIND)
_PAID_BY_LIBRARY = ("with-library", "with-library-rewrite")
_COLUMNS = (
    "package", "group", "kind", "pattern", "imports", "import_alone", "twin", "status", "sycl", "since", "note",
    "library", "effort", "confidence", "certainty", "newest_version", "newest_month", "example", "source",
)  # fmt: skip


def check_package_rows(
    tables: Mapping[str, Table], *, libraries: Mapping[str, Library], effort: EffortModel, defects: Defects
) -> None:
    """Note a defect for each row that could not be looked for, that has two prices, or that says not how sure it is."""
    modules: dict[str, str] = {}
    for table in tables.values():
        if table.kind != "python":
            continue
        missing = [column for column in _COLUMNS if column not in table.columns]
        if missing:
            defects.add(f"{table.file}:1", f"no column {', '.join(missing)}")
            continue
        for number, line in enumerate(table.lines):
            row = table.row(number)
            for complaint in _complaints(row, libraries, effort):
                defects.add(f"{table.file}:{line}", complaint)
            for module in filter(None, row["imports"].split(";")):
                if module in modules:
                    defects.add(f"{table.file}:{line}", f"module {module!r} is that of {modules[module]!r} already")
                modules[module] = row["package"]


def _complaints(row: Mapping[str, str], libraries: Mapping[str, Library], effort: EffortModel) -> Iterator[str]:
    allowed = {"kind": _KINDS, "status": STATUSES, "certainty": CERTAINTIES, "confidence": CONFIDENCES}
    for column, words in {**allowed, "import_alone": ("yes", "no")}.items():
        if row[column] not in words:
            yield f"{column} is {row[column]!r}; expected one of {', '.join(words)}"
    if not row["twin"]:
        yield "twin is empty; say what stands in for it on AMD, or that nothing does"
    if row["effort"] not in effort.classes:
        yield f"effort class {row['effort']!r} is not defined in effort.yaml"
    if not row["pattern"] and not row["imports"]:
        yield "neither pattern nor imports: it could never be seen"
    try:
        re.compile(row["pattern"])
    except re.error as error:
        yield f"the pattern does not compile: {error}"
    library = libraries.get(row["library"])
    if row["library"] and library is None:
        return  # `portgauge rules check` names it; nobody knows here who has the price
    is_paid = library is not None and library.price == "once"
    if is_paid and row["effort"] not in (*_PAID_BY_LIBRARY, "none") and row["kind"] != PIN_KIND:
        yield f"effort is {row['effort']!r}, but library {row['library']!r} has the price; expected with-library"
    if not is_paid and row["effort"] in _PAID_BY_LIBRARY:
        yield f"effort is {row['effort']!r}, but no library has a price for it; expected a class of its own"
    namesake = libraries.get(row["package"])
    if not row["library"] and namesake is not None and namesake.price != PACKAGE_PRICE:
        yield f"a library is called {row['package']!r} too; name it in the column library"


def package_libraries(tables: Mapping[str, Table]) -> Iterator[Library]:
    """Yield an entry of its own for each package that stands for no library of ``rules/libraries``."""
    for table in tables.values():
        if table.kind != "python" or any(column not in table.columns for column in _COLUMNS):
            continue
        for number in range(len(table.rows)):
            row = table.row(number)
            if not row["library"] and row["status"] in STATUS_OF_LIBRARY and row["status"] != NOT_CUDA:
                yield Library(
                    name=row["package"],
                    title=row["package"],
                    group=row["group"],
                    twin=row["twin"],
                    status=STATUS_OF_LIBRARY[row["status"]],
                    sycl=row["sycl"],
                    note=row["note"],
                    price=PACKAGE_PRICE,
                    tables=(),
                    rules=(),
                    headers=(),
                    links=(),
                    cmake_targets="",
                    cmake_packages=(),
                    days=None,
                )
