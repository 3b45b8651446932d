"""The table of Python packages: every row says where it is from and how sure it is, and is seen as it says."""

from collections.abc import Callable

import pytest

from portgauge.judging.judge import Judge
from portgauge.model.finding import Site
from portgauge.model.rule import Automation
from portgauge.resources import rules_folder
from portgauge.rulebook.loader import load_rulebook
from portgauge.rulebook.packages import read_packages

RULEBOOK = load_rulebook(rules_folder())
TABLE = RULEBOOK.tables["packages"]
ROWS = [TABLE.row(number) for number in range(len(TABLE.rows))]
UNSURE = ("verify", "judgement", "reported")
SitesIn = Callable[..., list[Site]]


def example_of(row: dict[str, str]) -> tuple[str, str]:
    """Return code that shows a row, and its language."""
    match row["kind"]:
        case "import":
            return f"import {row['example']}\n", "python"
        case "conda":
            return f"dependencies:\n  - {row['example']}\n", "conda"
        case _:
            return f"{row['example']}\n", "requirements"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["package"])
def test_a_row_names_its_source_and_how_sure_it_is(row: dict[str, str]) -> None:
    keys = row["source"].split(";")

    assert keys
    assert all(TABLE.sources[key].retrieved for key in keys)
    assert row["certainty"] in ("read", "listed", *UNSURE)
    assert row["confidence"] in ("high", "medium", "low")
    if keys == ["general-knowledge"]:
        assert row["certainty"] in ("verify", "judgement")


def test_what_nobody_checked_is_never_automatic(sites_in: SitesIn) -> None:
    judge = Judge(RULEBOOK, rocm_version="10.0")
    unsure = {f"packages/{row['package']}" for row in ROWS if row["certainty"] in UNSURE}
    codes = [example_of(row) for row in ROWS]
    codes += [(f"import {module}\n", "python") for row in ROWS for module in row["imports"].split(";") if module]
    codes += [(f"try:\n  {code}except ImportError:\n  pass\n", language) for code, language in codes if language == "python"]
    seen = set()

    for code, language in codes:
        for site in sites_in(code, language=language, path="file"):
            if site.rule_id in unsure:
                seen.add(site.rule_id)
                for target in RULEBOOK.targets.targets.values():
                    finding = judge.judge(site, target)
                    assert finding is not None
                    assert finding.automation is not Automation.AUTOMATIC, site
    assert seen == unsure


@pytest.mark.parametrize("row", [row for row in ROWS if row["imports"]], ids=lambda row: row["package"])
def test_each_module_of_a_row_is_seen(row: dict[str, str], sites_in: SitesIn) -> None:
    for module in row["imports"].split(";"):
        sites = sites_in(f"def f():\n    import {module} as x\n", language="python", path="file.py")
        assert [site.rule_id for site in sites if site.fact("seen_as") == "import"] == [f"packages/{row['package']}"]


def test_the_row_that_says_most_of_a_name_answers() -> None:
    packages = read_packages(RULEBOOK.tables)

    def answer(name: str, *extras: str) -> str:
        package = packages.of_requirement((name,), extras)
        return package.name if package else ""

    assert answer("nvidia-cudnn-cu12") == "nvidia-cudnn"
    assert answer("nvidia-cudnn-frontend") == "nvidia-cudnn-frontend"
    assert answer("nvidia-new-thing-cu13") == "nvidia-wheel"
    assert answer("amd-aiter") == "aiter"
    assert answer("amd-smi") == "amd-packages"
    assert answer("jax", "cuda12", "extra") == "jax-cuda"
    assert answer("jax") == ""
