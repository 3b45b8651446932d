"""The kernel launches of one file: which kernel, with which configuration, in place or through something of its own.

A function or macro that launches what it is given is a *forwarder*; the kernel's name then stands where that is
called, in this file or another.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from portgauge.matchers.constants import FileConstants
from portgauge.matchers.facts import Forwarder, Launch, Passed
from portgauge.matchers.forms import given
from portgauge.matchers.functions import Function, FunctionTable
from portgauge.model.kernel import KernelLaunch
from portgauge.parsing.cuda import ParsedFile
from portgauge.parsing.tree import Node

_NAME = re.compile(r"[A-Za-z_]\w*")
_ARGUMENT = re.compile(
    r"(?:\(\s?(?:const )?void(?: const)? ?\*\s?\) ?|(?:reinterpret|static|const)_cast<[^<>]{1,80}> ?\( ?)?"
    r"\(?&? ?([A-Za-z_]\w*(?:::\w+)*)(?: ?<.{1,300}>)? ?\)*"
)
"""A kernel as an argument: a name, with its template arguments, its address, a cast to a pointer without type."""
_MACRO_LAUNCH = re.compile(rb"([A-Za-z_]\w*)\s*(?:<[^<>;{}]{0,200}>\s*)?\)?\s*<<<(.{0,400}?)>>>", re.DOTALL)
_ASSIGNED = re.compile(rb"\b([A-Za-z_]\w*+)\s*+=\s*+([^;=]{1,400});")
_GIVEN = re.compile(rb"=\s*+&?\s*+(?:[A-Za-z_]\w*+\s*+::\s*+)*+([A-Za-z_]\w*+)")
"""A name behind ``=``. The search begins at a mark that is rare: one that begins with a name is tried at each name."""
_LAST_NAME = re.compile(rb"([A-Za-z_]\w*)\s*$")
_MACRO_PARAMETERS = re.compile(rb"[^,\s()]+")
_SHOWN = 120
"""Characters kept of one part of a configuration."""
_PARTS = ("grid", "block", "shared", "stream")


def kernel_named(text: str) -> str:
    """Return the kernel that an argument names, without scopes; empty when it is no name."""
    named = _ARGUMENT.fullmatch(" ".join(text.split()))
    return named[1].rsplit("::", 1)[-1] if named else ""


class LaunchReader:
    """Collects the launches of one file."""

    def __init__(self, parsed: ParsedFile, functions: FunctionTable, constants: Callable[[], FileConstants]) -> None:
        self._parsed = parsed
        self._functions = functions
        self._constants = constants
        self.launches: list[Launch] = []
        self.forwarders: list[Forwarder] = []
        self._own = {f.name.split("<")[0].strip() for f in functions.functions if f.is_kernel}

    def add(self, call: Node, *, kernel: str, configuration: Sequence[Node]) -> None:
        """Note one launch with its grid, block, shared memory and stream, as far as they are given."""
        written = [" ".join(self._parsed.node_text(node).split()) for node in configuration]
        self._note(call.start_byte, call.end_byte, kernel, written)

    def add_call(self, call: Node, *, places: Mapping[str, int]) -> None:
        """Note a launch by a call of the run time: the kernel is an argument, behind casts or not.

        ``places`` says which argument, from 0, gives what; parts that it does not name are not read.
        """
        listed = call.child_by_field_name("arguments")
        arguments = given(listed) if listed is not None else []
        texts = [" ".join(self._parsed.node_text(node).split()) for node in arguments]
        given_to = {part: texts[place] for part, place in places.items() if place < len(texts)}
        kernel = kernel_named(given_to.get("kernel", ""))
        written = [given_to.get(part, "") for part in _PARTS] if set(_PARTS) & places.keys() else []
        self._note(call.start_byte, call.end_byte, kernel, written)

    def _note(self, start: int, end: int, kernel: str, written: Sequence[str]) -> None:
        shown = {part: text[:_SHOWN] for part, text in zip(_PARTS, written, strict=False)}
        launch = KernelLaunch(
            location=self._parsed.source.location(start, end),
            threads=self._constants().amount(written[1]) if len(written) > 1 and written[1] else None,
            **shown,
        )
        function = self._functions.at(start)
        for name, parameters in self._around(start, end, function) if kernel else ():
            if kernel in parameters:
                self.forwarders.append(Forwarder(name=name, argument=parameters.index(kernel), launch=launch))
                return
        for name in self._meant(kernel, function, before=start):
            self.launches.append(Launch(kernel=name, launch=launch))

    def _around(self, start: int, end: int, function: Function | None) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield name and parameters of the lambdas around a launch, innermost first, then of the function."""
        node = self._parsed.leaf_at(start, end)
        while node is not None and function is not None and node.start_byte > function.start:
            holder = node.parent
            if node.type == "lambda_expression" and holder is not None and holder.type == "init_declarator":
                yield _declared_name(holder, self._parsed), _parameters(node, self._parsed)
            node = holder
        if function is not None:
            yield function.name.split("<")[0].rsplit("::", 1)[-1].strip(), _parameters(function.node, self._parsed)

    def _meant(self, name: str, function: Function | None, *, before: int) -> list[str]:
        """Return the kernel of a name, or the kernels that a variable of that name was given before."""
        if not name or name in self._own or function is None:
            return [name]
        data = self._parsed.source.data[function.start : before]
        values = (value for variable, value in _ASSIGNED.findall(data) if variable == name.encode())
        names = [kernel_named(value.decode("utf-8", "replace")) for value in values]
        return list(dict.fromkeys(found for found in names if found)) or [name]

    def read_macros(self) -> None:
        """Note what macros launch: a kernel of their own, or one that they are given."""
        data = self._parsed.source.data
        for node in self._parsed.captures.get("macro_body", ()):
            body = data[node.start_byte : node.end_byte]
            if b"<<<" not in body:
                continue
            before = node.prev_named_sibling
            parameters: list[str] = []
            if before is not None and before.type == "preproc_params":
                parameters = [part.decode() for part in _MACRO_PARAMETERS.findall(self._bytes(before))]
                before = before.prev_named_sibling
            macro = self._parsed.node_text(before) if before is not None else ""
            for match in _MACRO_LAUNCH.finditer(body):
                name = match.group(1).decode()
                place = self._parsed.source.location(node.start_byte + match.start(), node.start_byte + match.end())
                if name in parameters:
                    launch = KernelLaunch(location=place)
                    self.forwarders.append(Forwarder(name=macro, argument=parameters.index(name), launch=launch))
                else:
                    self.launches.append(Launch(kernel=name, launch=KernelLaunch(location=place, via=macro)))

    def _bytes(self, node: Node) -> bytes:
        return self._parsed.source.data[node.start_byte : node.end_byte]

    def passed(self) -> Iterator[Passed]:
        """Yield where a kernel of the file, or anything to a forwarder of it, is an argument of a call by name."""
        own = self._own
        callees = {forwarder.name for forwarder in self.forwarders}
        if not own and not callees:
            return
        variables = self._given_kernels() if own else frozenset()
        for call in self._parsed.captures.get("call", ()):
            callee, listed = call.child_by_field_name("function"), call.child_by_field_name("arguments")
            if callee is None or listed is None:
                continue
            name = self._parsed.node_text(callee).split("<")[0].rsplit("::", 1)[-1].strip()
            if not _NAME.fullmatch(name):
                continue
            for number, argument in enumerate(given(listed)):
                text = kernel_named(self._parsed.node_text(argument)) if argument.type in _NAMING else ""
                if not text or (text not in own and text not in variables and name not in callees):
                    continue
                place = self._parsed.source.location(call.start_byte, call.end_byte)
                for kernel in self._meant(text, self._functions.at(call.start_byte), before=call.start_byte):
                    yield Passed(callee=name, argument=number, kernel=kernel, location=place)

    def _given_kernels(self) -> frozenset[str]:
        """Return the variables to which a kernel of the file is assigned by name."""
        names = {name.encode() for name in self._own}
        data = self._parsed.source.data
        found = (
            _LAST_NAME.search(data, max(0, match.start() - _SHOWN), match.start())
            for match in _GIVEN.finditer(data)
            if match[1] in names
        )
        return frozenset(name[1].decode() for name in found if name is not None)


_NAMING = frozenset(
    {"identifier", "qualified_identifier", "template_function", "pointer_expression", "parenthesized_expression",
     "cast_expression"}
)  # fmt: skip
"""Kinds of arguments that can name a kernel."""


def _parameters(function: Node, parsed: ParsedFile) -> tuple[str, ...]:
    """Return the names of the parameters of a function or lambda, in order; empty for one without a name."""
    declarator: Node | None = function.child_by_field_name("declarator")
    while declarator is not None and declarator.child_by_field_name("parameters") is None:
        declarator = declarator.child_by_field_name("declarator")
    listed = declarator.child_by_field_name("parameters") if declarator is not None else None
    if listed is None:
        return ()
    return tuple(_declared_name(node, parsed) for node in listed.named_children if node.type.endswith("declaration"))


def _declared_name(node: Node, parsed: ParsedFile) -> str:
    inner: Node | None = node.child_by_field_name("declarator")
    while inner is not None and inner.type != "identifier":
        below = inner.child_by_field_name("declarator")
        inner = below or next((child for child in inner.named_children if child.type != "comment"), None)
    return parsed.node_text(inner) if inner is not None else ""
