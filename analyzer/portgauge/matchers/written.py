"""The shape ``written``: code that is told by how it is written, where the grammar takes it for something else."""

import re
from collections.abc import Iterator, Mapping

from portgauge.matchers.shapes import ShapeMatch
from portgauge.model.base import value
from portgauge.parsing.lexer import names_only
from portgauge.rulebook.rulebook import TextForm


@value
class CompiledForm:
    """A form that is ready to be searched for."""

    literals: tuple[bytes, ...]
    pattern: "re.Pattern[bytes]"


def compiled_forms(forms: Mapping[str, TextForm]) -> Mapping[str, CompiledForm]:
    """Return the forms with their patterns compiled."""
    return {
        name: CompiledForm(
            literals=tuple(text.encode() for text in form.literals), pattern=re.compile(form.pattern.encode())
        )
        for name, form in forms.items()
    }


def written_matches(data: bytes, forms: Mapping[str, CompiledForm]) -> Iterator[ShapeMatch]:
    """Yield each place of a file that is written in one of the forms."""
    wanted = {name: form for name, form in forms.items() if any(literal in data for literal in form.literals)}
    code = names_only(data) if wanted else b""
    for name, form in wanted.items():
        for found in form.pattern.finditer(code):
            start, end = found.span(found.lastindex or 0)
            yield ShapeMatch(shape="written", start=start, end=end, parts={"form": name})
