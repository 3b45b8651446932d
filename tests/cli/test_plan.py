"""``portgauge plan`` from outside, from a folder and from a saved analysis."""

import json
import subprocess
import sys
from pathlib import Path

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "torch-extension"


def portgauge(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "portgauge", *map(str, arguments)], capture_output=True, text=True, check=False
    )


def test_a_saved_analysis_gives_the_plan_that_its_folder_gives(tmp_path: Path) -> None:
    saved = tmp_path / "saved.json"
    assert portgauge("scan", SAMPLE, "-q", "-o", saved).returncode == 0

    fresh, loaded = portgauge("plan", SAMPLE, "-f", "json"), portgauge("plan", saved, "-f", "json")
    order = portgauge("graph", saved, "--order")

    assert fresh.returncode == 0
    assert loaded.stdout == fresh.stdout
    assert json.loads(fresh.stdout)["plan"][0]["title"] == "Freeze the CUDA baseline"
    assert order.returncode == 0
    refused = portgauge("plan", saved, "-t", "gfx1100")
    assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1)


def test_wrong_input_gives_one_line_and_exit_code_2(tmp_path: Path) -> None:
    for arguments in (("-f", "xlsx"), ("-o", tmp_path / "plan.txt"), ("--without", "nothing-of-that-name")):
        done = portgauge("plan", SAMPLE, *arguments)

        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
