import shutil
from pathlib import Path

import pytest
from rules_copy import RulesCopy

from portgauge.resources import rules_folder

# Enough to see a shared defect reported once, and few, so that a copy is made and loaded in a moment.
KEPT = ("_family", "complex", "nvjitlink", "nvvm")


@pytest.fixture(scope="session")
def small_rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small") / "rules"
    shutil.copytree(rules_folder(), folder)
    for path in (folder / "api").iterdir():
        if path.stem not in KEPT:
            path.unlink()
    return folder


@pytest.fixture
def rules_copy(small_rules: Path, tmp_path: Path) -> RulesCopy:
    folder = tmp_path / "rules"
    shutil.copytree(small_rules, folder)
    return RulesCopy(folder)
