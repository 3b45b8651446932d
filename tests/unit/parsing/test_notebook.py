"""Notebooks: code cells as Python, shell and CUDA, with the lines on which they stand; prose and output are none."""

import json
from pathlib import PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from portgauge.parsing.notebook import read_notebook
from portgauge.parsing.statements import read_statements


def notebook(*cells: str, kind: str = "code", **options: object) -> bytes:
    document = {"cells": [{"cell_type": kind, "source": cell.splitlines(keepends=True)} for cell in cells], **options}
    return json.dumps(document, indent=1).encode()


def test_the_cells_of_a_notebook_are_parted_by_what_they_are() -> None:
    data = notebook(
        "import cupy\n!pip install -q triton\nx = 1",
        "%%cu\n__global__ void k() {}",
        "%%bash\nnvcc -V",
        "%%html\n<b>cupy</b>",
    )

    cells = [(cell.kind, cell.text) for cell in read_notebook(data).cells]

    assert cells == [
        ("shell", "pip install -q triton"),
        ("python", "import cupy\n\nx = 1"),
        ("magic", "%%cu"),
        ("cuda", "__global__ void k() {}"),
        ("magic", "%%bash"),
        ("shell", "nvcc -V"),
        ("magic", "%%html"),
    ]


def test_what_a_notebook_imports_and_installs_is_found_where_it_stands() -> None:
    data = notebook('# é "quoted"\nimport os\nfrom numba import cuda\n', "!pip install 'cupy-cuda12x'")
    read = read_statements("notebook", data, PurePosixPath("a.ipynb"))

    (cuda,) = [found for found in read.imports if found.modules == ("numba.cuda",)]
    (cupy,) = read.requirements
    assert data[cuda.start : cuda.end] == b"cuda"
    assert data[: cuda.start].endswith(b"from numba import ")
    assert b"cupy-cuda12x" in data[cupy.start : cupy.end]


def test_prose_and_output_of_a_notebook_say_nothing() -> None:
    prose = notebook("import cupy", kind="markdown")
    output = b'{"cells": [{"cell_type": "code", "source": "x = 1", "outputs": [{"text": "import cupy"}]}]}'

    for data in (prose, output):
        assert read_statements("notebook", data, PurePosixPath("a.ipynb")).imports == ()


def test_a_cuda_cell_keeps_the_places_of_its_words() -> None:
    data = notebook('%%cu\nint main() {\n\tcudaMalloc("a", 1);\n}')
    ((offset, text),) = read_statements("notebook", data, PurePosixPath("a.ipynb")).cuda

    assert text.index(b"cudaMalloc") + offset == data.index(b"cudaMalloc")
    assert b"\\t" not in text


@given(
    st.recursive(
        st.one_of(st.none(), st.text(max_size=20), st.integers(), st.just("code"), st.just("%%cu\n\ud800x")),
        lambda below: st.one_of(
            st.lists(below, max_size=3),
            st.dictionaries(st.sampled_from(["cells", "source", "cell_type", "x"]), below, max_size=3),
        ),
        max_leaves=12,
    )
)
def test_any_json_is_read(document: object) -> None:
    data = json.dumps(document).encode()

    for cell in read_notebook(data).cells:
        assert all(0 <= start <= end <= len(data) for start, end in cell.lines)
