"""What Meson files build, as far as it is followed without running Meson."""

from pathlib import PurePosixPath

import pytest

from portgauge.parsing.meson import Assignment, Branching, Call, Loop, read_meson
from portgauge.parsing.meson_build import meson_targets
from portgauge.parsing.meson_targets import MesonBuild, MesonTarget

OPTIONS = """
option('fast', type: 'boolean', value: false, description: 'Fast kernels')
option('gpu', type : 'feature', value : 'auto')
option('place', type: 'string', value: '/opt')
"""


def build(text: str, *known: str, **folders: str) -> MesonBuild:
    files = {"meson.build": text, "meson_options.txt": OPTIONS}
    files |= {f"{name}/meson.build": inner for name, inner in folders.items()}
    parsed = {PurePosixPath(path): read_meson(inner.encode(), PurePosixPath(path)) for path, inner in files.items()}
    assert not [file.path for file in parsed.values() if file.error_lines]
    return meson_targets(parsed, known_paths=[PurePosixPath(path) for path in (*files, *known)])


def only(found: MesonBuild) -> MesonTarget:
    assert len(found.targets) == 1
    return found.targets[0]


def sources(text: str, *known: str, **folders: str) -> list[str]:
    return [str(path) for path in only(build(text, *known or ("a.cc", "x.cu"), **folders)).sources]


def test_statements_are_read_over_several_lines_and_without_comments() -> None:
    text = b"""
project('p', 'cpp',  # a comment with 'quotes'
        default_options : ['cpp_std=c++20'])
files = ['a.cc',
         'b.cc',]
if not get_option('fast') and (x == 1 or y.found())
  files += 'c.cc'
elif z
else
  foreach n : ['1', '2']
    message('it''' + n)
  endforeach
endif
"""
    file = read_meson(text.replace(b"'it'''", b"'''it\nis'''"), PurePosixPath("meson.build"))

    assert file.error_lines == ()
    assert [type(each) for each in file.statements] == [Call, Assignment, Branching]
    branching = file.statements[2]
    assert isinstance(branching, Branching)
    assert [condition is None for condition, _ in branching.branches] == [False, False, True]
    assert isinstance(branching.branches[2][1][0], Loop)


@pytest.mark.parametrize(("text", "line"), [(b"a = 1\nb = [\n", 2), (b"a = 1\nb == \n", 2), (b"a = 1\n$\n", 2)])
def test_a_broken_file_keeps_what_stands_before_the_break(text: bytes, line: int) -> None:
    file = read_meson(text, PurePosixPath("meson.build"))

    assert (len(file.statements), file.error_lines) == (1, (line,))


@pytest.mark.parametrize(
    "text",
    [
        "executable('p', 'a.cc', 'x.cu')",
        "executable('p', ['a.cc', ['x.cu']])",
        "executable('p', sources: files('a.cc', 'x.cu'))",
        "s = ['a.cc']\ns += 'x.cu'\nexecutable('p', s)",
        "s = files('a.cc')\ns = s + ['x.cu']\nexecutable('p', s)",
        "n = 'x'\nexecutable('p', 'a.cc', n + '.cu')",
        "n = 'x'\nexecutable('p', 'a.cc', f'@n@.cu')",
        "executable('p', meson.current_source_dir() / 'a.cc', join_paths(meson.project_source_root(), 'x.cu'))",
        "s = ['a.cc']\nif host_machine.system() == 'linux'\n s += 'x.cu'\nendif\nexecutable('p', s)",
        "s = []\nforeach n : ['a.cc', 'x.cu']\n s += n\nendforeach\nexecutable('p', s)",
        "s = []\nforeach n, t : {'a': 'cc', 'x': 'cu'}\n s += n + '.' + t\nendforeach\nexecutable('p', s)",
        "foreach t : [['p', ['a.cc', 'x.cu']]]\n executable(t[0], t[1])\nendforeach",
        "executable('p', 'a.cc x.cu'.split())",
        "d = declare_dependency(sources: 'x.cu')\nexecutable('p', 'a.cc', dependencies: [d])",
        "k = custom_target('k', input: 'x.cu', output: '@BASENAME@.o', command: ['nvcc'])\nexecutable('p', 'a.cc', k)",
        "g = generator(find_program('nvcc'), output: '@BASENAME@.o')\nexecutable('p', 'a.cc', g.process('x.cu'))",
        "test('t', executable('p', 'a.cc', 'x.cu'), args: ['-v'])",
    ],
)
def test_sources_are_found_however_they_are_put_together(text: str) -> None:
    assert sources(text) == ["a.cc", "x.cu"]


def test_folders_share_variables_and_files_mean_those_of_their_folder() -> None:
    text = "s = files('a.cc')\nsubdir('part')\nexecutable('p', s)"

    assert sources(text, "a.cc", "part/a.cc", part="s += files('a.cc')") == ["a.cc", "part/a.cc"]


def test_targets_are_linked_with_each_other_and_with_libraries_from_outside() -> None:
    found = build(
        """
        core = static_library('core', 'x.cu', dependencies: dependency('cuda', modules: ['cublas']))
        blas = meson.get_compiler('cpp').find_library('openblas', required: false)
        executable('p', 'a.cc', link_with: core, dependencies: [blas, dependency('threads')])
        """,
        *("a.cc", "x.cu"),
    )

    assert {(t.name, t.is_library): t.links for t in found.targets} == {
        ("core", True): ("library:cublas", "library:cuda"),
        ("p", False): ("library:openblas", "library:threads", "meson.build#core"),
    }


@pytest.mark.parametrize(
    "text",
    [
        "if get_option('fast')\n s += 'x.cu'\nendif",
        "if get_option('fast') and cuda.found()\n s += 'x.cu'\nendif",
        "if not get_option('fast')\nelse\n s += 'x.cu'\nendif",
        "if other\nelif get_option('fast')\n s += custom_target('k', input: 'x.cu', output: 'x.o')\nendif",
        "ok = false\nif get_option('fast')\n ok = true\nendif\nif ok\n s += 'x.cu'\nendif",
        "if get_option('fast')\n subdir('part')\nendif",
        "subdir('leaves')",
    ],
)
def test_a_source_that_comes_in_only_with_an_option_is_behind_it(text: str) -> None:
    folders = {
        "part": "s += files('../x.cu')",
        "leaves": "if not get_option('fast')\n subdir_done()\nendif\ns += files('../x.cu')",
    }
    found = build(f"s = ['a.cc']\n{text}\nexecutable('p', s)", "a.cc", "x.cu", **folders)

    assert only(found).behind == ((PurePosixPath("x.cu"), ("fast",)),)


@pytest.mark.parametrize(
    "text",
    [
        "if get_option('fast') or get_option('gpu').enabled()\n s += 'x.cu'\nendif",
        "if not get_option('fast')\n s += 'x.cu'\nendif",
        "if get_option('fast')\n s += 'x.cu'\nelse\n s += ['x.cu']\nendif",
        "if get_option('place') != ''\n s += 'x.cu'\nendif",
    ],
)
def test_a_source_that_comes_in_otherwise_too_is_behind_nothing(text: str) -> None:
    assert only(build(f"s = ['a.cc']\n{text}\nexecutable('p', s)", "a.cc", "x.cu")).behind == ()


def test_a_feature_is_asked_for_by_what_was_found_with_it() -> None:
    text = "cuda = dependency('cuda', required: get_option('gpu'))\nif cuda.found()\n s += 'x.cu'\nendif"

    found = build(f"s = ['a.cc']\n{text}\nexecutable('p', s)", "a.cc", "x.cu")

    assert only(found).behind == ((PurePosixPath("x.cu"), ("gpu",)),)
    assert dict(found.options) == {"fast": 2, "gpu": 3}


def test_macros_of_arguments_and_of_headers_that_the_build_writes_ask_for_the_options_around_them() -> None:
    found = build(
        """
        c = configuration_data()
        if get_option('fast')
          add_project_arguments('-DUSE_FAST', language: 'cpp')
          c.set('HAS_FAST', 1)
        endif
        add_project_arguments(['-DALWAYS'], language: 'cpp')
        """
    )

    assert dict(found.macros) == {"USE_FAST": {"fast"}, "HAS_FAST": {"fast"}, "ALWAYS": set()}


def test_what_cannot_be_followed_is_named() -> None:
    found = build("executable('p', 'a.cc', run_command('find').stdout().strip(), 'gone.cu')\n", "a.cc")

    assert [problem.reason.partition(";")[0] for problem in found.problems] == [
        "could not be followed: sources of p: strip(...) in line 1, gone.cu, which is not in the codebase"
    ]
    assert [str(path) for path in only(found).sources] == ["a.cc"]


def test_a_file_that_is_overlaid_on_a_fetched_project_is_no_build_of_this_one() -> None:
    assert build("", **{"subprojects/packagefiles/z": "library('z', 'z.c')"}).targets == ()
