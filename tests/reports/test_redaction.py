# ruff: noqa: E501 (the project reads better with one line a statement)
"""A redacted report holds no name and no text of the source, in any format."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from reading import terminal_text
from report_example import make_example

from portgauge.model.analysis import Analysis, Inventory
from portgauge.model.rule import Mode
from portgauge.pipeline import analyse, default_settings, judge_inventory
from portgauge.reporting.formats import FORMATS, RenderOptions
from portgauge.reporting.json_loading import load_analysis
from portgauge.reporting.redaction import redacted
from portgauge.reporting.summary import summarise
from portgauge.resources import rules_folder

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
WORD = re.compile(r"[^\W\d]\w*")


def shown_texts(analysis: Analysis) -> dict[str, str]:
    """Return everything that a reader can find in each output, also inside the workbook and the PDF."""
    from pypdf import PdfReader

    texts = {"terminal": terminal_text(analysis)}
    for known in FORMATS.values():
        made = known.render(analysis, RenderOptions(show_automatic=True, pdf_annex="full"))
        if known.name == "pdf":
            reader = PdfReader(io.BytesIO(made))
            texts["pdf"] = "\n".join(page.extract_text() for page in reader.pages) + str(reader.metadata)
        elif known.name == "xlsx":
            book = zipfile.ZipFile(io.BytesIO(made))
            texts["xlsx"] = "\n".join(book.read(name).decode("utf-8") for name in book.namelist())
        else:
            texts[known.name] = made.decode("utf-8")
    return texts


def words_of_folder(folder: Path) -> set[str]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in paths]
    texts += [str(path.relative_to(folder)) for path in paths]
    return {word for text in texts for word in WORD.findall(text)}


def looks_like_code(word: str) -> bool:
    return len(word) > 3 and ("_" in word or any(c.isupper() for c in word[1:]) or any(c.isdigit() for c in word))


@pytest.fixture(scope="module")
def known_words() -> set[str]:
    """Words of the rules and of the reports themselves: what is public."""
    templates = Path(__file__).resolve().parents[2] / "report_templates"
    package = Path(__file__).resolve().parents[2] / "analyzer"
    return words_of_folder(rules_folder()) | words_of_folder(templates) | words_of_folder(package)


@pytest.mark.parametrize("sample", ["cmake-library", "torch-extension", "make-program"])
def test_no_identifier_of_a_sample_is_in_any_output(sample: str, known_words: set[str]) -> None:
    own = {word for word in words_of_folder(SAMPLES / sample) if looks_like_code(word)} - known_words
    assert len(own) > 10
    analysis = analyse(SAMPLES / sample)
    plain = shown_texts(analysis)["json"]
    assert any(word in plain for word in own)

    for name, text in shown_texts(redacted(analysis, salt="s")).items():
        assert sorted(own.intersection(WORD.findall(text))) == [], name


PROJECT = {
    "CMakeLists.txt": "project(qzxproject LANGUAGES CUDA)\noption(QZX_FAST \"qzx\" ON)\nadd_library(qzxlib qzxdir/qzxfile.cu qzxlost/qzxgone.cu)\n"
    "add_executable(qzxapp qzxmain.cu)\ntarget_link_libraries(qzxapp qzxlib cublas)\n",
    "qzxdir/qzxfile.cu": "#include <cub/cub.cuh>\n#include \"qzxheader.h\"\n#ifdef QZX_FAST\n#define qzxMacro(x) __shfl_down_sync(QZX_MASK, x, 16)\n#endif\n"
    "// qzx comment\n__global__ void qzxkernel(float* qzxdata) {\n int qzxlane = threadIdx.x & 31;\n"
    ' asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {qzx}, {%1}, {%2}, {%3};" : "=f"(qzxa) : "f"(qzxb));\n'
    "#if __CUDA_ARCH__ >= 800 && defined(QZX_GUARD)\n qzxdata[qzxlane] = __ballot_sync(qzxmask, qzxlane);\n#endif\n}\n"
    "void qzxhost() { cudaMalloc(&qzxpointer, 4); cudaQzxUnknown(1); cudaFuncSetAttribute(qzxkernel, cudaFuncAttributeMaxDynamicSharedMemorySize, qzxbytes);\n"
    " qzxkernel<<<1, 32>>>(qzxpointer); cublasSgemm(qzxhandle); }\n",
    ".gitmodules": "[submodule \"qzxsub\"]\n\tpath = qzxvendor/qzxsub\n\turl = https://qzx.example/qzxsub\n",
    "qzxdir/qzxheader.h": "#if defined(QZX_HIP)\n#define qzxMalloc hipMalloc\n#else\n#define qzxMalloc cudaMalloc\n#endif\n",
    "qzxmain.cu": "#include \"qzxdir/qzxheader.h\"\n__global__ void qzxother() { }\nint main() { qzxother<<<1, 1>>>(); }\n#if 0\n",
}  # fmt: skip


def test_a_project_that_is_named_all_over_leaves_no_trace(
    take: Callable[..., Inventory], rulebook: object, tmp_path: Path
) -> None:
    inventory = take(PROJECT)
    settings = default_settings(rulebook, targets=(), rocm="", mode=Mode.HIPIFY)  # type: ignore[arg-type]
    analysis = judge_inventory(inventory, rulebook=rulebook, settings=settings, analysed_at=make_example().analysed_at)  # type: ignore[arg-type]
    assert "qzx" in terminal_text(analysis).lower()

    for name, text in shown_texts(redacted(analysis, salt="s")).items():
        assert re.findall(r".{0,40}qzx.{0,20}", text, flags=re.IGNORECASE) == [], name


def test_the_numbers_and_what_the_rulebook_says_stay() -> None:
    analysis = make_example()
    before, after = summarise(analysis), summarise(redacted(analysis, salt="s"))

    assert after.headline.effort == before.headline.effort
    assert after.headline.severities == before.headline.severities
    assert [part.hours for part in after.components] == [part.hours for part in before.components]
    assert [group.title for group in after.attention] == [group.title for group in before.attention]
    assert after.move_today.words == before.move_today.words


def test_the_same_salt_gives_the_same_hashes_and_another_others(tmp_path: Path) -> None:
    analysis = make_example()
    made = [FORMATS["json"].render(redacted(analysis, salt=salt), RenderOptions()) for salt in ("a", "a", "b")]

    assert made[0] == made[1] != made[2]
    paths = [
        {finding.site.fingerprint: str(finding.site.path) for finding in redacted(analysis, salt=s).findings}
        for s in ("a", "b")
    ]
    assert not set(paths[0]) & set(paths[1])
    assert not set(paths[0].values()) & set(paths[1].values())


def test_what_was_redacted_stays_so_when_it_was_saved(tmp_path: Path) -> None:
    hidden = redacted(make_example(), salt="s")
    path = tmp_path / "saved.json"
    path.write_bytes(FORMATS["json"].render(hidden, RenderOptions()))

    loaded = load_analysis(path)

    assert redacted(loaded, salt="other") is loaded
    assert FORMATS["html"].render(loaded, RenderOptions()) == FORMATS["html"].render(hidden, RenderOptions())
    assert "Names and source text are withheld" in FORMATS["html"].render(hidden, RenderOptions()).decode()
