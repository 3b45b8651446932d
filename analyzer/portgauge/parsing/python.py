"""What Python build files say: which extension modules are built, and from which sources.

Follows literals, simple variables, ``os.path``, ``pathlib`` and ``glob`` in one file. Nothing is run;
what cannot be followed is listed as it is written, never guessed.
"""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import PurePosixPath

import tree_sitter_python
from tree_sitter import Language, Node, Parser

from portgauge.model.base import value
from portgauge.parsing.python_values import UnfollowedError, Variables, called_name, paths_of, text_of

_CONSTRUCTORS = frozenset(("CUDAExtension", "CppExtension", "Extension", "SYCLExtension", "CUDA_Extension"))
_LOADERS = frozenset(("load", "load_inline"))


@value
class ExtensionModule:
    """One extension module that a Python file builds."""

    name: str
    """Dotted module name; empty when it is not written as a text."""
    kind: str
    """What builds it: ``CUDAExtension``, ``CppExtension``, ``Extension`` or ``load``."""
    sources: tuple[str, ...]
    """Paths and patterns relative to the codebase root, in the order of the file."""
    unresolved: tuple[str, ...]
    """Parts of the source list that could not be followed, as written."""
    line: int
    """1-based."""


@value
class PythonBuild:
    """The extension modules of one Python file."""

    path: PurePosixPath
    extensions: tuple[ExtensionModule, ...]
    error_lines: tuple[int, ...]
    """1-based lines at which the file is no valid Python."""


@value
class PyProject:
    """What a ``pyproject.toml`` says about building."""

    path: PurePosixPath
    build_backend: str
    """Empty when none is named."""
    build_requires: tuple[str, ...]
    dependencies: tuple[str, ...]
    error: str
    """Why the file could not be read, with the place; empty when it could."""


def read_setup_py(text: bytes, path: PurePosixPath) -> PythonBuild:
    """Return the extension modules that a Python file builds, in the order of the file.

    Besides ``setup.py`` this reads any file that calls ``torch.utils.cpp_extension.load``.
    """
    root = Parser(_language()).parse(text).root_node
    variables = Variables(root, file_name=path.name)
    imports = _imported_loaders(root)
    extensions = []
    error_lines = set()
    for node in every_node(root):
        if node.is_error or node.is_missing:
            error_lines.add(node.start_point.row + 1)
        elif node.type == "call" and (kind := _kind(node, variables, imports)):
            extensions.append(_extension(node, kind, variables, path.parent))
    extensions.sort(key=lambda extension: extension.line)
    return PythonBuild(path=path, extensions=tuple(extensions), error_lines=tuple(sorted(error_lines)))


def read_pyproject(text: bytes, path: PurePosixPath) -> PyProject:
    """Return what a ``pyproject.toml`` says about building; a broken file gives an error, no exception."""
    try:
        document = tomllib.loads(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        return PyProject(path=path, build_backend="", build_requires=(), dependencies=(), error=str(error))
    build_system = document.get("build-system")
    project = document.get("project")
    backend = build_system.get("build-backend") if isinstance(build_system, dict) else None
    return PyProject(
        path=path,
        build_backend=backend if isinstance(backend, str) else "",
        build_requires=_texts(build_system, "requires"),
        dependencies=_texts(project, "dependencies"),
        error="",
    )


def every_node(root: Node) -> Iterator[Node]:
    """Yield a node and everything below it; a loop, since hostile files nest deeper than Python recurses."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.children))


@cache
def _language() -> Language:
    return Language(tree_sitter_python.language())


def _texts(table: object, key: str) -> tuple[str, ...]:
    found = table.get(key) if isinstance(table, dict) else None
    return tuple(text for text in found if isinstance(text, str)) if isinstance(found, list) else ()


def _imported_loaders(root: Node) -> frozenset[str]:
    """Return the plain names under which the file has the loaders of torch; ``load`` alone says little."""
    names = set()
    for node in every_node(root):
        if node.type != "import_from_statement":
            continue
        module = node.child_by_field_name("module_name")
        if module is None or not _text(module).endswith("cpp_extension"):
            continue
        for imported in node.children_by_field_name("name"):
            original = imported.child_by_field_name("name") or imported
            alias = imported.child_by_field_name("alias") or original
            if _text(original) in _LOADERS:
                names.add(_text(alias))
    return frozenset(names)


def _kind(call: Node, variables: Variables, imported_loaders: frozenset[str]) -> str:
    """Return what a call builds an extension with; empty when it does not."""
    function = call.child_by_field_name("function")
    if function is None:
        return ""
    name = called_name(function)
    if name in _CONSTRUCTORS:
        return name
    if function.type == "identifier":
        if name in imported_loaders:
            return "load"
        aliases = {called_name(node) for node in variables.assigned(name, at=function)}
        return min(aliases & _CONSTRUCTORS, default="")
    is_loader = name in _LOADERS and _keyword(call, "name") is not None
    return "load" if is_loader and _keyword(call, "sources") is not None else ""


def _extension(call: Node, kind: str, variables: Variables, folder: PurePosixPath) -> ExtensionModule:
    name_node = _keyword(call, "name") or _positional(call, 0)
    sources_node = _keyword(call, "sources") or _positional(call, 1)
    try:
        name = text_of(name_node, variables) if name_node is not None else ""
    except UnfollowedError:
        name = ""
    found = paths_of(sources_node, variables) if sources_node is not None else None
    sources = [_from_root(text, folder) for text in found.texts] if found else []
    outside = [text for text, source in zip(found.texts, sources, strict=True) if not source] if found else []
    unresolved = (*(found.unresolved if found else ()), *outside)
    return ExtensionModule(
        name=name,
        kind=kind,
        sources=tuple(dict.fromkeys(source for source in sources if source)),
        unresolved=tuple(dict.fromkeys(unresolved)),
        line=call.start_point.row + 1,
    )


def _from_root(text: str, folder: PurePosixPath) -> str:
    """Return a path that is relative to ``folder`` as one from the root; empty when it leaves the root."""
    parts: list[str] = []
    if text.startswith("/"):
        return ""
    for part in (*folder.parts, *text.split("/")):
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _arguments(call: Node) -> list[Node]:
    arguments = call.child_by_field_name("arguments")
    return [node for node in arguments.named_children if node.type != "comment"] if arguments else []


def _keyword(call: Node, name: str) -> Node | None:
    for argument in _arguments(call):
        if argument.type == "keyword_argument":
            keyword = argument.child_by_field_name("name")
            if keyword is not None and _text(keyword) == name:
                return argument.child_by_field_name("value")
    return None


def _positional(call: Node, index: int) -> Node | None:
    plain = [node for node in _arguments(call) if node.type != "keyword_argument"]
    return plain[index] if index < len(plain) else None


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", errors="replace")
