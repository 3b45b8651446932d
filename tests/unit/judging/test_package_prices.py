"""What a Python package costs: once with its library, or once by itself; a way without it costs a look."""

from collections.abc import Callable
from datetime import UTC, datetime

from portgauge.model.analysis import Analysis, Inventory
from portgauge.model.rule import Mode
from portgauge.pipeline import default_settings, judge_inventory
from portgauge.rulebook.rulebook import Rulebook

Take = Callable[..., Inventory]


def judged(inventory: Inventory, rulebook: Rulebook) -> Analysis:
    settings = default_settings(rulebook, targets=("gfx942",))
    return judge_inventory(
        inventory, rulebook=rulebook, settings=settings, analysed_at=datetime(2026, 11, 28, tzinfo=UTC)
    )


def lines(analysis: Analysis) -> dict[str, float]:
    """Return the price of cuDNN and those of packages: effort class to P50 in hours."""
    (whole,) = [e for e in analysis.estimates if e.component is None and e.mode is Mode.HIPIFY]
    return {
        line.effort_class: round(line.hours.p50, 2)
        for line in whole.lines
        if line.effort_class.startswith(("library-cudnn", "package-"))
    }


def test_a_library_seen_by_package_and_header_is_paid_once(take: Take, rulebook: Rulebook) -> None:
    files = {"a.cu": "#include <cudnn.h>\n__global__ void k() {}\n"}
    alone = lines(judged(take(files), rulebook))
    more = {
        "requirements.txt": "nvidia-cudnn-cu12\nnvidia-cudnn-cu11\n",
        "b.py": "import cudnn\n",
        "c.py": "import cudnn\n",
    }

    assert lines(judged(take({**files, **more}), rulebook)) == alone == {"library-cudnn": 24.0}


def test_a_package_without_library_is_paid_once_however_many_files_import_it(take: Take, rulebook: Rulebook) -> None:
    one = take({"a.py": "import nerfacc\n"})
    many = take({f"{name}.py": "import nerfacc\n" for name in "abcd"})

    assert lines(judged(one, rulebook)) == lines(judged(many, rulebook)) == {"package-build": 2.0}


def test_a_package_that_is_only_asked_for_costs_the_edit_of_its_pin(take: Take, rulebook: Rulebook) -> None:
    assert set(lines(judged(take({"requirements.txt": "spconv-cu120\n"}), rulebook))) == {"package-pin"}


def test_a_package_that_the_code_can_do_without_costs_a_look(take: Take, rulebook: Rulebook) -> None:
    code = "try:\n    import spconv\nexcept ImportError:\n    spconv = None\n"

    assert set(lines(judged(take({"a.py": code}), rulebook))) == {"package-optional"}


def test_a_package_entry_says_where_its_price_stands(take: Take, rulebook: Rulebook) -> None:
    (entry,) = judged(take({"a.py": "import spconv\n"}), rulebook).libraries

    assert (entry.name, entry.status) == ("spconv", "none")
    assert entry.basis == "priced where code imports it or a list of packages asks for it"
