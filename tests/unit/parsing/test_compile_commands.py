"""A compile database: which target compiles which file."""

import json
from pathlib import Path

import pytest

from portgauge.parsing.compile_commands import read_compile_commands


def entry(file: str, output: str, root: Path) -> dict[str, object]:
    return {"directory": str(root / "build"), "file": file, "command": f"nvcc -c -o {output} {file}"}


def test_the_object_file_names_the_target(tmp_path: Path) -> None:
    commands = [
        entry(f"{tmp_path}/src/a.cu", "CMakeFiles/core.dir/src/a.cu.o", tmp_path),
        entry("../src/b.cu", "sub/CMakeFiles/core.dir/b.cu.o", tmp_path),
        entry(f"{tmp_path}/main.cpp", "x.o", tmp_path) | {"output": "CMakeFiles/app.dir/main.cpp.o"},
        entry("/elsewhere/c.cu", "CMakeFiles/core.dir/c.cu.o", tmp_path),
        entry(f"{tmp_path}/lost.cu", "lost.o", tmp_path),
    ]
    found = read_compile_commands(json.dumps(commands), root=tmp_path)

    assert {target.name: [str(path) for path in target.sources] for target in found} == {
        "app": ["main.cpp"],
        "core": ["src/a.cu", "src/b.cu"],
    }


@pytest.mark.parametrize("text", ["{}", "[1]", '[{"file": 3}]', "nonsense"])
def test_what_is_no_compile_database_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"found|Expecting"):
        read_compile_commands(text, root=tmp_path)
