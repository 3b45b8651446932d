"""The house rules that a tool can check: imports, sizes, and knowledge that belongs in rules/."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from importlinter.cli import lint_imports

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGE = CHECKOUT / "analyzer" / "portgauge"
MODULES = sorted(PACKAGE.rglob("*.py"))

MOST_LINES = 400
LONGER_FOR_A_REASON: dict[str, str] = {}
MOST_OWN_QUERIES = 20
KNOWLEDGE = re.compile(r"gfx\d|cuda[A-Z]")


def name_of(module: Path) -> str:
    return module.relative_to(PACKAGE).as_posix()


def test_the_import_contracts_hold(capsys: pytest.CaptureFixture[str]) -> None:
    exit_code = lint_imports(config_filename=str(CHECKOUT / "pyproject.toml"), no_cache=True)

    assert exit_code == 0, capsys.readouterr().out


def test_no_module_is_longer_than_400_lines_without_a_reason() -> None:
    long = {name_of(module) for module in MODULES if len(module.read_text().splitlines()) > MOST_LINES}

    assert long == set(LONGER_FOR_A_REASON)


def code_texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Return every name and text of a module that the program uses, with its line; docstrings are prose."""
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in prose:
                yield node.lineno, text
            case ast.Constant(value=bytes(data)):
                yield node.lineno, data.decode("latin-1")
            case ast.Name(id=text) | ast.Attribute(attr=text):
                yield node.lineno, text


def test_no_gpu_and_no_cuda_symbol_is_named_in_code() -> None:
    hits = [
        f"{name_of(module)}:{line}: {text}"
        for module in MODULES
        for line, text in code_texts(ast.parse(module.read_text()))
        if KNOWLEDGE.search(text)
    ]

    assert hits == []


@pytest.mark.parametrize("code", ['T = "gfx942"', 'T = b"cudaMalloc"', "T = cudaMalloc", "x.cudaFree()"])
def test_a_gpu_or_symbol_in_code_would_be_seen(code: str) -> None:
    assert any(KNOWLEDGE.search(text) for _, text in code_texts(ast.parse(code)))


def test_an_example_in_a_docstring_is_prose() -> None:
    assert list(code_texts(ast.parse('"""Such as gfx942."""'))) == []


def own_queries(node: object) -> int:
    match node:
        case dict():
            return ("query" in node) + sum(map(own_queries, node.values()))
        case list():
            return sum(map(own_queries, node))
        case _:
            return 0


def test_the_rulebook_has_few_queries_of_its_own() -> None:
    files = sorted((CHECKOUT / "rules").rglob("*.yaml"))

    queries = sum(own_queries(yaml.safe_load(file.read_text())) for file in files)

    assert 0 < queries <= MOST_OWN_QUERIES
