from builders import make_target
from portgauge.model.analysis import Coverage
from portgauge.reporting import sentences


def test_a_gpu_is_named_with_its_maker_and_one_pair_of_brackets() -> None:
    named = sentences.gpu(make_target("gfx942", title="Instinct MI300X (CDNA 3)"))

    assert named == "AMD Instinct MI300X (CDNA 3, gfx942)"
    assert sentences.gpu(make_target("gfx1", title="AMD Radeon")) == "AMD Radeon (gfx1)"
    assert sentences.gpu(make_target("gfx1", title="")) == "gfx1"


def test_one_hour_is_one_hour() -> None:
    def words(hours: float) -> str:
        return sentences.move_today(1, of=2, kernel_share=None, hours_p50=hours).partition(": ")[2]

    assert [words(h) for h in (0, 0.3, 1, 24)] == [
        "0 hours of work there.",
        "under 1 hour of work there.",
        "about 1 hour of work there.",
        "about 25 hours of work there.",
    ]


def test_how_much_was_measured_is_said_without_rounding_it_up() -> None:
    assert sentences.rests_on(0, total=10) == "Every price behind the hours is a judgement, none is measured."
    assert sentences.rests_on(9.99, total=10).startswith("99.9 % of the hours")
    assert sentences.rests_on(0, total=0) == "No hours, so no price was used."


def test_components_without_work_take_one_line() -> None:
    assert sentences.idle(0, shown=3) == ""
    assert sentences.idle(1, shown=3) == "… and 1 more component without CUDA work"
    assert sentences.idle(2, shown=0) == "2 components without CUDA work"


def test_submodules_without_their_code_are_named_and_counted() -> None:
    found = Coverage(cuda_bytes=10, read_bytes=10, degraded_bytes=0, vendored_bytes=0)

    words = sentences.coverage(found, problems=4, elsewhere=0, submodules=("a", "b", "c", "d"))

    assert words.endswith("Not read, as it is not there: 4 submodules not checked out: a, b, c and 1 more.")
    assert "not there" not in sentences.coverage(found, problems=4, elsewhere=0, submodules=())
