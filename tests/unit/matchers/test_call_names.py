"""Functions that a file defines, and those that it calls by name."""

from pathlib import PurePosixPath

import pytest

from portgauge.matchers.compiled import CompiledRules
from portgauge.matchers.facts import FileFacts
from portgauge.matchers.scan import scan_file

CODE = b"""
namespace app { namespace gpu {
__device__ float half(float v) { return v / 2; }
static void hidden() {}
struct Pool { void reset() { half(1); } };
}}
namespace { void nameless() {} }
template <class T> void app::gpu::fill(T* p) { kernel<<<1, 1>>>(p); }
__global__ void kernel(float* p) { p[0] = app::gpu::half(p[1]); apply<int>(p); pool.reset(); }
"""


@pytest.fixture
def facts(rules: CompiledRules) -> FileFacts:
    return scan_file(PurePosixPath("a.cu"), CODE, language="cuda", rules=rules)


def test_definitions_have_their_scopes_and_who_can_see_them(facts: FileFacts) -> None:
    found = {each.name: each for each in facts.definitions}

    assert found["half"].scopes == ("app", "gpu")
    assert found["half"].is_device
    assert not found["half"].is_hidden
    assert found["hidden"].is_hidden
    assert found["nameless"].is_hidden
    assert found["reset"].is_member
    assert found["fill"].scopes == ("app", "gpu")
    assert found["kernel"].line == 9


def test_calls_are_by_name_with_scopes_and_without_members_and_launches(facts: FileFacts) -> None:
    found = {
        (*each.scopes, each.name): each.lines for each in facts.calls if not each.is_passed and not each.is_on_object
    }

    assert found == {("half",): (5,), ("app", "gpu", "half"): (9,), ("apply",): (9,)}


def test_members_called_on_objects_and_objects_that_are_made_are_calls(rules: CompiledRules) -> None:
    code = b"""__global__ void k() {}
void f(gpu::Pool *pool) {
  pool->refill(2);
  Queue queue(3);
  auto *made = new gpu::Stage(1);
  auto held = std::make_unique<Worker>();
  queue.size();
  k<<<1, 1>>>();
}
"""
    found = scan_file(PurePosixPath("a.cu"), code, language="cuda", rules=rules)

    assert [(each.name, each.classes, each.needs_class, each.lines) for each in found.calls if each.is_on_object] == [
        ("refill", ("Pool",), False, (3,)),
        ("size", ("Queue",), True, (7,)),
    ]
    assert {(*each.scopes, each.name): each.lines for each in found.calls if each.scopes[-1:] == (each.name,)} == {
        ("Queue", "Queue"): (4,),
        ("gpu", "Stage", "Stage"): (5,),
        ("Worker", "Worker"): (6,),
    }


def test_functions_that_are_passed_by_name_are_calls_and_variables_are_none(rules: CompiledRules) -> None:
    code = b"""// not in a comment: run(commented)
void f(float *data, int count) {
  std::thread worker(crunch, data);
  qsort(data, count, 4, &compare);
  auto found = apply(app::gpu::fold<float>, count);
  cudaLaunchKernel((const void *)scale, blocks, threads, arguments, 0, 0);
  const char *text = "(quoted, name)";
  cudaMalloc(&data, SIZE);
  void declared(Shape, Other);
  REGISTER(clear);
  if (kind == typeid(region)) {}
}
"""
    found = scan_file(PurePosixPath("a.cu"), code, language="cuda", rules=rules)
    passed = {(*each.scopes, each.name): each.lines for each in found.calls if each.is_passed}

    assert (
        passed.items()
        >= {("crunch",): (3,), ("compare",): (4,), ("app", "gpu", "fold"): (5,), ("scale",): (6,)}.items()
    )
    assert {name[-1] for name in passed} & {
        "commented", "data", "count", "quoted", "name", "SIZE", "Shape", "Other", "found", "text", "clear", "region",
    } == set()  # fmt: skip
