"""``portgauge graph`` from outside."""

import json
import subprocess
import sys
from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def graph(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "portgauge", "graph", *map(str, arguments)], capture_output=True, text=True, check=False
    )


def test_the_order_of_a_sample_is_printed() -> None:
    done = graph(SAMPLES / "cmake-library", "--order")

    assert done.returncode == 0
    assert done.stdout.index("fieldstat ") < done.stdout.index("fieldstat_covariance ")
    assert "Wave 2:" in done.stdout


def test_the_suffix_picks_the_format(tmp_path: Path) -> None:
    written = tmp_path / "graph.json"

    assert graph(SAMPLES / "cmake-library", "-o", written).returncode == 0
    assert json.loads(written.read_text())["nodes"][0]["name"] == "fieldstat"


def test_calls_between_files_are_edges_with_their_place() -> None:
    document = json.loads(graph(SAMPLES / "cmake-library", "-f", "json").stdout)
    (link,) = [each for each in document["links"] if each["from"] == "fieldstat_test" and each["to"] == "fieldstat"]

    assert "call" in link["kinds"]
    assert {"path": "tests/fieldstat_test.cpp", "line": 40} in link["evidence"]


def test_a_component_map_overrides_the_build(tmp_path: Path) -> None:
    wanted = tmp_path / "parts.yaml"
    wanted.write_text("statistics: [src/moments.cu, src/ranges.cu]\nnowhere: lost/\n")
    document = json.loads(graph(SAMPLES / "cmake-library", "-f", "json", "--component-map", wanted).stdout)

    assert "statistics" in [node["name"].split(" + ")[0] for node in document["nodes"]] + [
        member for node in document["nodes"] for member in node["circle"]
    ]


def test_wrong_input_gives_one_line_and_exit_code_2(tmp_path: Path) -> None:
    broken = tmp_path / "map.yaml"
    broken.write_text("a: [1, 2]\n")
    for arguments in (
        ("-f", "png"),
        ("-o", tmp_path / "graph.png"),
        ("-o", tmp_path / "missing" / "graph.dot"),
        ("--component-map", broken),
        ("--component-map", tmp_path / "none.yaml"),
        ("--order", "-f", "dot"),
    ):
        done = graph(SAMPLES / "cmake-library", *arguments)

        assert (done.returncode, done.stdout) == (2, "")
        assert len(done.stderr.splitlines()) == 1
