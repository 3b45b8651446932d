"""Of which class the objects of a file are, and what its classes are besides."""

from pathlib import PurePosixPath

from portgauge.matchers.compiled import CompiledRules
from portgauge.matchers.facts import Call, FileFacts
from portgauge.matchers.scan import scan_file


def scanned(code: bytes, rules: CompiledRules, *, name: str = "a.cu") -> FileFacts:
    return scan_file(PurePosixPath(name), b"#include <cuda_runtime.h>\n" + code, language="cuda", rules=rules)


def on_objects(found: FileFacts) -> dict[int, Call]:
    return {call.lines[0]: call for call in found.calls if call.is_on_object}


def test_an_object_has_the_class_that_its_declaration_names(rules: CompiledRules) -> None:
    found = scanned(
        b"""void f(const gpu::pool &given, std::vector<stage *> many) {
  queue local(3);
  auto made = std::make_unique<worker>();
  std::map<int, lane> lanes;
  given.refill();
  many[0]->advance();
  local.drain();
  made->work();
  lanes[2].push_back(1);
  lanes.clear();
  many.push_back(nullptr);
  for (entry each; each.next();) {}
}
""",
        rules,
    )

    assert {line: (call.name, call.classes) for line, call in on_objects(found).items()} == {
        6: ("refill", ("pool",)),
        7: ("advance", ("stage",)),
        8: ("drain", ("queue",)),
        9: ("work", ("worker",)),
        10: ("push_back", ("lane",)),
        13: ("next", ("entry",)),
    }


def test_an_object_that_another_file_declares_is_named(rules: CompiledRules) -> None:
    found = on_objects(scanned(b"void f() {\n  held_->run();\n  this->all[1].stop();\n  make_it()->go();\n}\n", rules))

    assert {line: (call.name, call.object_name, call.is_held) for line, call in found.items()} == {
        3: ("run", "held_", True),
        4: ("stop", "all", True),
        5: ("go", "make_it", True),
    }


def test_a_header_says_what_its_objects_are_and_a_compiled_file_does_not(rules: CompiledRules) -> None:
    code = b"struct app {\n  Pool *pool;\n  std::vector<stage> stages;\n  int count;\n  std::string name;\n};\n"

    assert [(each.name, each.classes, each.held) for each in scanned(code, rules, name="a.h").objects] == [
        ("pool", ("Pool",), ()),
        ("stages", (), ("stage",)),
    ]
    assert scanned(code, rules, name="a.cu").objects == ()


def test_aliases_and_bases_are_kin_and_a_base_is_constructed(rules: CompiledRules) -> None:
    found = scanned(
        b"""using queue_t = gpu::Queue<int>;
typedef Pool pool_t;
typedef class History { int n; } tHistory;
class Derived final : public gpu::Base<int>, private Other {};
class Own : public std::exception {};
""",
        rules,
    )

    assert {(kin.name, kin.other) for kin in found.kin} == {
        ("queue_t", "Queue"),
        ("pool_t", "Pool"),
        ("tHistory", "History"),
        ("History", "tHistory"),
        ("Derived", "Base"),
        ("Derived", "Other"),
    }
    assert {(*call.scopes, call.name) for call in found.calls} >= {("gpu", "Base", "Base"), ("Other", "Other")}


def test_a_plain_call_in_a_member_names_the_class(rules: CompiledRules) -> None:
    found = scanned(
        b"struct Pool { void grow() { take(1); } };\nvoid Queue::drain() { give(2); }\nvoid f() { go(); }\n", rules
    )

    assert {call.name: call.classes for call in found.calls if not call.is_on_object} == {
        "take": ("Pool",),
        "give": ("Queue",),
        "go": (),
    }


def test_what_a_macro_calls_is_called_but_for_its_parameters(rules: CompiledRules) -> None:
    found = scanned(
        b"#define LOG(level, fn) \\\n  if (level) logger::log(fn(level))\n#define SIZE (sizeof(int) * 2)\n", rules
    )

    assert {(*call.scopes, call.name): call.lines for call in found.calls} == {("logger", "log"): (3,)}
