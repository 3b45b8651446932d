"""What Meson files build: targets with their sources, links and options.

Walks through the statements without running Meson: every branch of an ``if`` counts, lists and texts are put together,
loops over written lists are unrolled, and files that a custom target or generator compiles are sources of the target
that takes what it makes. What cannot be followed is named in a problem, never guessed.
"""

import posixpath
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePosixPath

from portgauge.model.analysis import Problem, Stage
from portgauge.model.base import value
from portgauge.parsing.meson import (
    Array,
    Assignment,
    Branching,
    Call,
    Expression,
    Literal,
    Loop,
    MesonFile,
    Name,
    Not,
    Operation,
    Statement,
)
from portgauge.parsing.meson_targets import COMPILED, MesonBuild, TargetTable
from portgauge.parsing.meson_values import ROOT, Held, Kind, added, files_in, folder_of, held, joined, united

_LIBRARIES = frozenset(("library", "static_library", "shared_library", "both_libraries"))
_TARGETS = _LIBRARIES | {"executable", "shared_module", "extension_module"}
_CUSTOM = frozenset(("custom_target", "process"))
_SAME = frozenset(("as_system", "as_link_whole", "partial_dependency", "extract_all_objects", "extract_objects", "get"))
_OF_NOTHING = frozenset(("include_directories", "generator", "import", "project", "message", "error", "warning"))
_FEATURE_ON = frozenset(("enabled", "allowed", "found"))
_NEEDED = ("dependencies", "link_with", "link_whole")
_MACRO = re.compile(r"-D([A-Za-z_]\w*)")
_TEMPLATE = re.compile(r"@([A-Za-z_]\w*)@")
_MAX_STATEMENTS = 50_000
_MAX_LOOPS = 500
_NONE: frozenset[str] = frozenset()


def meson_targets(files: Mapping[PurePosixPath, MesonFile], *, known_paths: Collection[PurePosixPath]) -> MesonBuild:
    """Return what the Meson files build.

    Args:
        files: Every ``meson.build``, ``meson.options`` and ``meson_options.txt`` of the codebase.
        known_paths: Every file of the codebase that discovery lists.
    """
    options = {
        name: (call.line, is_feature)
        for path, file in sorted(files.items())
        if path.name != "meson.build"
        for name, call, is_feature in _switches(file)
    }
    features = frozenset(name for name, (_, is_feature) in options.items() if is_feature)
    walk = _Walk(files, frozenset(known_paths), features)
    # What stands there is laid over a project that the build fetches.
    builds = [path for path in files if path.name == "meson.build" and "packagefiles" not in path.parts]
    for path in sorted(builds, key=lambda path: (len(path.parts), path)):
        if path not in walk.visited:
            walk.read_project(path)
    return walk.result({name: line for name, (line, _) in options.items()})


def _switches(file: MesonFile) -> list[tuple[str, Call, bool]]:
    """Return the options of a file that are on or off, and whether each may also be left to the build."""
    found = []
    for each in file.statements:
        if isinstance(each, Call) and each.name == "option" and each.arguments:
            name, kind = each.arguments[0], each.keyword("type")
            if isinstance(name, Literal) and isinstance(kind, Literal) and kind.text in ("boolean", "feature"):
                found.append((name.text, each, kind.text == "feature"))
    return found


@value
class _Frame:
    """Where the walk is."""

    path: PurePosixPath
    behind: frozenset[str] = _NONE
    """Options that must be set for the walk to come here."""
    is_branch: bool = False

    @property
    def folder(self) -> str:
        """The folder of the file, below ``ROOT``."""
        return folder_of(self.path)


class _Walk:
    """One walk through all files; collects targets."""

    def __init__(
        self, files: Mapping[PurePosixPath, MesonFile], known: frozenset[PurePosixPath], features: frozenset[str]
    ) -> None:
        self.visited: set[PurePosixPath] = set()
        self._files = files
        self._features = features
        self._held: dict[str, Held] = {}
        self._truths: dict[str, list[frozenset[str]]] = {}
        self._arrays: dict[str, Array] = {}
        self._targets = TargetTable(known)
        self._macros: dict[str, frozenset[str]] = {}
        self._left = _MAX_STATEMENTS

    def read_project(self, path: PurePosixPath) -> None:
        """Walk through one outermost meson.build and everything that it reaches."""
        self._held.clear()
        self._truths.clear()
        self._arrays.clear()
        self._read_folder(_Frame(path=path))

    def result(self, options: Mapping[str, int]) -> MesonBuild:
        """Return what was found, sorted; ``options`` are those that are on or off."""
        problems = list(self._targets.problems())
        if self._left <= 0:
            reason = f"the Meson files run more than {_MAX_STATEMENTS:,} statements; later targets may be missing"
            problems.append(Problem(path=PurePosixPath("."), stage=Stage.PARSING, reason=reason))
        macros = {name: behind.intersection(options) for name, behind in self._macros.items()}
        targets = self._targets.targets(options.keys())
        return MesonBuild(targets=targets, options=options, macros=macros, problems=tuple(problems))

    def _read_folder(self, frame: _Frame) -> None:
        self.visited.add(frame.path)
        self._run(self._files[frame.path].statements, frame)

    def _run(self, statements: Sequence[Statement], frame: _Frame) -> None:
        for each in statements:
            self._left -= 1
            if self._left <= 0:
                return
            match each:
                case Assignment():
                    self._assign(each, frame)
                case Branching():
                    frame = self._branch(each, frame)
                case Loop():
                    self._loop(each, frame)
                case _:
                    self._evaluate(each, frame)

    def _assign(self, statement: Assignment, frame: _Frame) -> None:
        name, given = statement.name, statement.given
        new = self._evaluate(given, frame).behind(frame.behind)
        if statement.is_added:
            old = self._held.get(name, Held())
            self._held[name] = united((old, new), is_list=True) if old.is_list or not old.parts else added(old, new)
            return
        if frame.is_branch and name in self._held:
            self._held[name] = united((self._held[name], new), is_list=self._held[name].is_list or new.is_list)
        else:
            self._held[name] = new
            self._truths[name] = []
        if not (isinstance(given, Literal) and given.text == "false"):
            self._truths.setdefault(name, []).append(frame.behind | self._asked(given, is_true=True))
        if isinstance(given, Array):
            self._arrays[name] = given

    def _branch(self, statement: Branching, frame: _Frame) -> _Frame:
        """Walk through every branch; return where the walk goes on, which a branch that leaves the folder decides."""
        refuted, after = _NONE, frame
        for condition, body in statement.branches:
            holds = self._asked(condition, is_true=True) if condition is not None else _NONE
            self._run(body, _Frame(path=frame.path, behind=frame.behind | refuted | holds, is_branch=True))
            refuted |= self._asked(condition, is_true=False) if condition is not None else _NONE
            if len(statement.branches) == 1 and any(isinstance(e, Call) and e.name == "subdir_done" for e in body):
                after = _Frame(path=frame.path, behind=frame.behind | refuted, is_branch=frame.is_branch)
        return after

    def _loop(self, statement: Loop, frame: _Frame) -> None:
        array = self._array(statement.items)
        if array is None:
            for part in self._evaluate(statement.items, frame).parts[:_MAX_LOOPS]:
                self._held[statement.names[0]] = Held(parts=(part,))
                self._run(statement.body, frame)
            return
        for number, item in enumerate(array.parts[:_MAX_LOOPS]):
            pair = (array.keys[number], item) if array.keys is not None else (item,)
            for name, expression in zip(statement.names, pair, strict=False):
                self._held[name] = self._evaluate(expression, frame)
                self._arrays.pop(name, None)
                if isinstance(expression, Array):
                    self._arrays[name] = expression
            self._run(statement.body, frame)

    def _array(self, expression: Expression) -> Array | None:
        """Return the list as it is written somewhere; None when it is worked out."""
        match expression:
            case Array():
                return expression
            case Name():
                return self._arrays.get(expression.name)
            case Operation(sign="["):
                found = self._element(expression)
                return found if isinstance(found, Array) else None
        return None

    def _element(self, expression: Operation) -> Expression | None:
        """Return what stands at a written place of a list, or under a written key."""
        array, at = self._array(expression.left), expression.right
        if array is None or not isinstance(at, Literal):
            return None
        if array.keys is not None:
            keys = [key.text if isinstance(key, Literal) else "" for key in array.keys]
            return array.parts[keys.index(at.text)] if at.text in keys else None
        return array.parts[int(at.text)] if at.text.isdigit() and int(at.text) < len(array.parts) else None

    def _asked(self, expression: Expression | None, *, is_true: bool) -> frozenset[str]:
        """Return the options that must be set for an expression to be true, or to be false."""
        match expression:
            case Not():
                return self._asked(expression.of, is_true=not is_true)
            case Operation(sign="and" | "or" as sign):
                left, right = (self._asked(side, is_true=is_true) for side in (expression.left, expression.right))
                return left | right if (sign == "and") is is_true else left & right
            case Name() if is_true:
                return frozenset.intersection(*self._truths.get(expression.name, ()) or (_NONE,))
            case Call(name="get_option", arguments=(Literal(text=option),)) if is_true:
                return frozenset((option,))
            case Call(name="disabled", of=Call() as of):
                return _NONE if is_true else self._asked(of, is_true=True)
            case Call(name=name, of=of) if name in _FEATURE_ON and of is not None and is_true:
                return self._asked(of, is_true=True)
            case Call(name="dependency" | "find_library" | "find_program") if is_true:
                asked = self._asked(expression.keyword("required"), is_true=True)
                return asked & self._features
        return _NONE

    def _evaluate(self, expression: Expression | None, frame: _Frame) -> Held:
        match expression:
            case Literal():
                return self._literal(expression, frame)
            case Name():
                return self._held.get(expression.name, held(Kind.UNKNOWN, expression.name))
            case Array():
                return united((self._evaluate(part, frame) for part in expression.parts), is_list=True)
            case Operation():
                return self._operation(expression, frame)
            case Not():
                self._evaluate(expression.of, frame)
            case Call():
                return self._call(expression, frame)
        return Held()

    def _literal(self, literal: Literal, frame: _Frame) -> Held:
        if not literal.is_text:
            return Held()
        if (macro := _MACRO.match(literal.text)) is not None:
            self._note_macro(macro[1], frame.behind)
        found = held(Kind.TEXT, literal.text)
        for name in _TEMPLATE.findall(literal.text) if literal.is_template else ():
            texts = self._held.get(name, Held()).texts()
            found = held(Kind.TEXT, *(text.replace(f"@{name}@", new) for text in found.texts() for new in texts))
        return found

    def _note_macro(self, name: str, behind: frozenset[str]) -> None:
        self._macros[name] = self._macros[name] & behind if name in self._macros else behind

    def _operation(self, operation: Operation, frame: _Frame) -> Held:
        if operation.sign == "[" and (element := self._element(operation)) is not None:
            return self._evaluate(element, frame)
        left, right = self._evaluate(operation.left, frame), self._evaluate(operation.right, frame)
        match operation.sign:
            case "+":
                return added(left, right)
            case "/":
                return joined(left, right)
            case "?":
                return united((left, right), is_list=left.is_list or right.is_list)
            case "[":
                return left
        return Held()

    def _call(self, call: Call, frame: _Frame) -> Held:
        given = [self._evaluate(argument, frame) for argument in call.arguments]
        named = {name: self._evaluate(argument, frame) for name, argument in call.keywords}
        if call.name in _TARGETS:
            return self._add_target(call, given, named, frame)
        match call.name:
            case "files":
                return files_in(united(given, is_list=True), frame.path).behind(frame.behind)
            case name if name in _CUSTOM:
                inputs = given if name == "process" else [named.get("input", Held())]
                parts = files_in(united(inputs, is_list=True), frame.path).behind(frame.behind).parts
                return Held(parts=tuple(p for p in parts if PurePosixPath(p.text).suffix in COMPILED), is_list=True)
            case "subdir":
                self._enter(given, frame)
                return Held()
            case "declare_dependency":
                sources = files_in(named.get("sources", Held()), frame.path).behind(frame.behind)
                others = [named[key] for key in _NEEDED if key in named]
                return united((sources, *others), is_list=True)
            case "dependency" | "find_library":
                modules = named.get("modules", Held()).texts()
                names = given[0].texts()[:1] if given else ()
                return held(Kind.LIBRARY, *filter(None, (*names, *modules)), is_list=True)
            case "join_paths" if given:
                whole = given[0]
                for part in given[1:]:
                    whole = joined(whole, part)
                return whole
            case "current_source_dir":
                return held(Kind.TEXT, frame.folder)
            case "source_root" | "project_source_root" | "global_source_root":
                return held(Kind.TEXT, ROOT)
            case "split" if call.of is not None:
                texts = self._evaluate(call.of, frame).texts()
                return held(Kind.TEXT, *(word for text in texts for word in text.split()), is_list=True)
            case "set" | "set10" | "set_quoted" if call.of is not None:
                for text in given[0].texts() if given else ():
                    if text.isidentifier():
                        self._note_macro(text, frame.behind)
                return Held()
            case name if call.of is not None and name in _SAME:
                return self._evaluate(call.of, frame)
            case name if name in _OF_NOTHING:
                return Held()
        return held(Kind.UNKNOWN, f"{call.name}(...) in line {call.line}")

    def _enter(self, given: Sequence[Held], frame: _Frame) -> None:
        for text in given[0].texts() if given else ():
            whole = posixpath.normpath(posixpath.join(frame.folder, text, "meson.build"))
            path = PurePosixPath(whole.removeprefix(f"{ROOT}/"))
            if path in self._files and path not in self.visited:
                self._read_folder(_Frame(path=path, behind=frame.behind, is_branch=frame.is_branch))
        for part in given[0].parts if given else ():
            if part.kind is Kind.UNKNOWN:
                self._targets.note(frame.path, f"subdir({part.text})")

    def _add_target(self, call: Call, given: Sequence[Held], named: Mapping[str, Held], frame: _Frame) -> Held:
        names = given[0].texts() if given else ()
        if not names:
            self._targets.note(frame.path, f"{call.name}(...) in line {call.line}")
        sources = united((*given[1:], *(named[key] for key in ("sources", "objects") if key in named)), is_list=True)
        needed = united((named[key] for key in _NEEDED if key in named), is_list=True)
        keys = [
            self._targets.declare(
                name,
                files_in(sources, frame.path).behind(frame.behind),
                Held(parts=tuple(part for part in needed.parts if part.kind is not Kind.UNKNOWN)),
                path=frame.path,
                line=call.line,
                is_library=call.name in _LIBRARIES,
                behind=frame.behind,
            )
            for name in names
        ]
        return held(Kind.TARGET, *keys, is_list=True)
