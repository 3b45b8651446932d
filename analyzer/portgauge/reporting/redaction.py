"""A report that may leave the house: no source text, and a hash in place of every name of the source.

What the rulebook knows (CUDA names, rule titles, GPUs) stays readable. Every other word that came
out of the code, its paths or its builds becomes a hash. Hashes are made with a salt: the same salt
gives the same hash, so two redacted reports can be compared; without the salt nobody can try
names until one fits.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath

from portgauge.model.analysis import Analysis, Blocker, Inventory, Problem, Settings, Verdict, Withheld
from portgauge.model.component import Component, Edge, LibraryUse, SourceFile
from portgauge.model.estimate import Estimate, EstimateLine
from portgauge.model.finding import Finding, Site
from portgauge.model.kernel import DeviceFunction, Kernel, KernelLaunch
from portgauge.model.location import Define, Guard, Location
from portgauge.model.route import RouteEstimate
from portgauge.model.what_if import WhatIf, WhatIfSetting

HASH_CHARACTERS = 10
_SHORT = 3
_WORD = re.compile(r"[^\W\d]\w*")
_QUOTED = re.compile(r"`([^`]*)`|'([^']*)'|\"([^\"]*)\"")
_LIBRARY_NODE = "library:"
_SUFFIXES = frozenset({".cu", ".cuh", ".c", ".cc", ".cpp", ".h", ".hpp", ".inc", ".py", ".txt", ".cmake", ".toml"})


def redacted(analysis: Analysis, *, salt: str) -> Analysis:
    """Return the analysis without source text, with hashes in place of names."""
    if Withheld.NAMES in analysis.withheld:
        return analysis
    return _Redaction(analysis, salt=salt).analysis()


class _Redaction:
    def __init__(self, analysis: Analysis, *, salt: str) -> None:
        self._whole = analysis
        self._salt = salt.encode("utf-8", "surrogatepass")
        self._public = frozenset(_public_words(analysis))
        self._private = frozenset(_private_words(analysis)) - self._public
        self._parts = _part_names(analysis.inventory)
        self._files = {str(file.path) for file in analysis.inventory.files}
        self._sites = {site.fingerprint: self._site(site) for site in analysis.inventory.sites}

    def analysis(self) -> Analysis:
        """Return the whole without names."""
        whole = self._whole
        return replace(
            whole,
            inventory=self._inventory(whole.inventory),
            settings=self._settings(whole.settings),
            history=tuple(replace(point, label="") for point in whole.history),
            layers=tuple(
                replace(
                    layer,
                    id=self._prose(layer.id),
                    kind=self._prose(layer.kind),
                    where=self._places(layer.where),
                )
                for layer in whole.layers
            ),
            verdicts=tuple(self._verdict(verdict) for verdict in whole.verdicts),
            findings=tuple(self._finding(finding) for finding in whole.findings),
            libraries=tuple(
                replace(
                    library,
                    unsupported_symbols=tuple(map(self._code, library.unsupported_symbols)),
                    rewritten_symbols=tuple(map(self._code, library.rewritten_symbols)),
                )
                for library in whole.libraries
            ),
            estimates=tuple(self._estimate(estimate) for estimate in whole.estimates),
            component_portability=tuple((self._name(name), share) for name, share in whole.component_portability),
            not_asked=tuple(self._line(line) for line in whole.not_asked),
            assumptions=tuple(self._prose(sentence) for sentence in whole.assumptions),
            routes=tuple(self._route(route) for route in whole.routes),
            what_if=None if whole.what_if is None else self._what_if(whole.what_if),
            what_ifs=tuple(map(self._what_if, whole.what_ifs)),
            withheld=(Withheld.SNIPPETS, Withheld.NAMES),
        )

    def _hash(self, text: str) -> str:
        made = hmac.new(self._salt, text.encode("utf-8", "surrogatepass"), hashlib.sha256)
        return made.hexdigest()[:HASH_CHARACTERS]

    def _name(self, text: str) -> str:
        """Return the hash of a name, with a letter in front so that it reads as one."""
        return f"n{self._hash(text)}" if text else text

    def _code(self, text: str) -> str:
        """Return text of the source with every word that the rulebook does not know hashed."""
        return _WORD.sub(lambda word: word[0] if word[0] in self._public else self._name(word[0]), text)

    def _prose(self, text: str) -> str:
        """Return a sentence of ours, in which names of the source may stand, with those hashed."""
        quoted = _QUOTED.sub(lambda part: self._code(part[0]), text)
        return _WORD.sub(lambda word: self._name(word[0]) if word[0] in self._private else word[0], quoted)

    def _path(self, path: PurePosixPath) -> PurePosixPath:
        if str(path) == ".":
            return path
        *folders, name = path.parts
        suffix = path.suffix if path.suffix in _SUFFIXES else ""
        return PurePosixPath(*(f"d{self._hash(folder)}" for folder in folders), f"f{self._hash(name)}{suffix}")

    def _place(self, place: Location) -> Location:
        return replace(place, path=self._path(place.path))

    def _places(self, places: Iterable[Location]) -> tuple[Location, ...]:
        return tuple(map(self._place, places))

    def _guard(self, guard: Guard) -> Guard:
        return replace(guard, text=self._code(guard.text), tried=tuple(map(self._code, guard.tried)))

    def _fingerprint(self, fingerprint: str) -> str:
        # Made of rule, path, function and text without a salt, so names could be tried against it.
        return self._hash(fingerprint) + self._hash(fingerprint[::-1])

    def _site(self, site: Site) -> Site:
        return replace(
            site,
            location=self._place(site.location),
            match=self._code(site.match),
            function=None if site.function is None else self._name(site.function),
            facts=tuple((key, self._code(fact) if isinstance(fact, str) else fact) for key, fact in site.facts),
            guards=tuple(map(self._guard, site.guards)),
            fingerprint=self._fingerprint(site.fingerprint),
            snippet=None,
        )

    def _finding(self, finding: Finding) -> Finding:
        # The match may stand in the message without marks around it.
        match = finding.site.match
        message = finding.message.replace(match, self._code(match)) if match.strip() else finding.message
        return replace(
            finding,
            site=self._sites[finding.site.fingerprint],
            message=self._prose(message),
            covered_by=None if finding.covered_by is None else self._prose(finding.covered_by),
        )

    def _verdict(self, verdict: Verdict) -> Verdict:
        return replace(
            verdict,
            why=self._prose(verdict.why),
            basis=self._prose(verdict.basis),
            blockers=tuple(self._blocker(blocker) for blocker in verdict.blockers),
        )

    def _blocker(self, blocker: Blocker) -> Blocker:
        return replace(
            blocker,
            where=self._places(blocker.where),
            optional_behind=tuple(map(self._name, blocker.optional_behind)),
        )

    def _line(self, line: EstimateLine) -> EstimateLine:
        return replace(
            line,
            component=None if line.component is None else self._name(line.component),
            reason=self._prose(line.reason),
            fingerprints=tuple(map(self._fingerprint, line.fingerprints)),
        )

    def _estimate(self, estimate: Estimate) -> Estimate:
        return replace(
            estimate,
            component=None if estimate.component is None else self._name(estimate.component),
            lines=tuple(map(self._line, estimate.lines)),
        )

    def _route(self, route: RouteEstimate) -> RouteEstimate:
        return replace(
            route,
            reason=self._with_parts(route.reason),
            needs=tuple(map(self._with_parts, route.needs)),
            evidence=tuple(
                replace(each, text=self._prose(each.text), path=self._path(each.path)) for each in route.evidence
            ),
        )

    def _with_parts(self, text: str) -> str:
        """Return a sentence of ours that names parts of the codebase, with those hashed: longest names first."""
        for name in self._parts:
            text = text.replace(name, self._name(name))
        return self._prose(text)

    def _what_if(self, what_if: WhatIf) -> WhatIf:
        return replace(
            what_if,
            names=tuple(map(self._name, what_if.names)) if what_if.setting is WhatIfSetting.WITHOUT else what_if.names,
            components_gone=tuple(map(self._name, what_if.components_gone)),
        )

    def _settings(self, settings: Settings) -> Settings:
        hot = settings.hot_kernels
        return replace(
            settings,
            command="portgauge scan (the rest of the command is withheld)",
            hot_kernels=self._name(hot) if isinstance(hot, str) else hot,
        )

    def _inventory(self, inventory: Inventory) -> Inventory:
        return replace(
            inventory,
            codebase=self._name(inventory.codebase),
            revision=None if inventory.revision is None else self._name(inventory.revision),
            files=tuple(self._file(file) for file in inventory.files),
            sites=tuple(self._sites[site.fingerprint] for site in inventory.sites),
            kernels=tuple(self._kernel(kernel) for kernel in inventory.kernels),
            libraries=tuple(self._library_use(use) for use in inventory.libraries),
            components=tuple(self._component(component) for component in inventory.components),
            edges=tuple(self._edge(edge) for edge in inventory.edges),
            problems=tuple(self._problem(problem) for problem in inventory.problems),
            unclaimed_launches=self._places(inventory.unclaimed_launches),
            defines=tuple(
                Define(name=self._name(define.name), guards=tuple(map(self._guard, define.guards)))
                for define in inventory.defines
            ),
        )

    def _file(self, file: SourceFile) -> SourceFile:
        # The digest of the content would show who has the same file.
        return replace(file, path=self._path(file.path), sha256="", options=tuple(map(self._name, file.options)))

    def _kernel(self, kernel: Kernel) -> Kernel:
        return replace(
            kernel,
            name=self._name(kernel.name),
            location=self._place(kernel.location),
            launches=tuple(map(self._launch, kernel.launches)),
            calls=tuple(self._device_function(function) for function in kernel.calls),
            atomics=tuple(
                replace(use, operation=self._code(use.operation), element=self._code(use.element))
                for use in kernel.atomics
            ),
        )

    def _launch(self, launch: KernelLaunch) -> KernelLaunch:
        return replace(
            launch,
            location=self._place(launch.location),
            grid="",
            block="",
            shared="",
            stream="",
            via=self._name(launch.via) if launch.via else "",
        )

    def _device_function(self, function: DeviceFunction) -> DeviceFunction:
        return replace(function, name=self._name(function.name), path=self._path(function.path))

    def _library_use(self, use: LibraryUse) -> LibraryUse:
        return replace(
            use,
            symbols=tuple((self._code(symbol), count) for symbol, count in use.symbols),
            files=tuple(map(self._path, use.files)),
            seen=tuple(replace(seen, location=self._place(seen.location)) for seen in use.seen),
        )

    def _component(self, component: Component) -> Component:
        return replace(
            component,
            name=self._name(component.name),
            files=tuple(map(self._path, component.files)),
            depends_on=tuple(map(self._name, component.depends_on)),
            options=tuple(map(self._name, component.options)),
            circle=tuple(map(self._name, component.circle)),
        )

    def _edge(self, edge: Edge) -> Edge:
        return replace(
            edge,
            source=self._node(edge.source),
            target=self._node(edge.target),
            evidence=tuple((self._path(path), line) for path, line in edge.evidence),
        )

    def _node(self, node: str) -> str:
        if node.startswith(_LIBRARY_NODE):
            return node
        return str(self._path(PurePosixPath(node))) if node in self._files else self._name(node)

    def _problem(self, problem: Problem) -> Problem:
        return replace(problem, path=self._path(problem.path), reason=self._prose(problem.reason))


def _part_names(inventory: Inventory) -> tuple[str, ...]:
    """Return the names of components, options and files, the longest first; short ones are words of any sentence."""
    names = {component.name for component in inventory.components}
    names.update(option for component in inventory.components for option in component.options)
    names.update(name for file in inventory.files for name in (str(file.path), *file.options))
    return tuple(sorted((name for name in names if len(name) > _SHORT), key=lambda name: (-len(name), name)))


def _words(texts: Iterable[str]) -> Iterable[str]:
    for text in texts:
        yield from _WORD.findall(text)


def _public_words(analysis: Analysis) -> Iterable[str]:
    """Yield the words that the rulebook says: names of CUDA and AMD, and the titles of rules."""
    for note in analysis.rules:
        yield from _words((note.id, note.title, note.why, note.instead, note.validate, note.not_found))
    for library in analysis.libraries:
        yield from _words((library.name, library.title, library.hip_counterpart, library.sycl_counterpart))
    for target in analysis.targets:
        yield from _words((target.id, target.title))


def _looks_like_code(word: str) -> bool:
    """Return whether a word is surely no word of a sentence: ``blockSum``, ``warp_sum``, ``x2``."""
    return "_" in word or any(c.isdigit() for c in word) or any(c.isupper() for c in word[1:])


def _private_words(analysis: Analysis) -> Iterable[str]:
    """Yield the words of the source that would be recognised in a sentence of ours."""
    inventory = analysis.inventory
    names = [inventory.codebase, *(component.name for component in inventory.components)]
    names += [kernel.name for kernel in inventory.kernels]
    names += [str(file.path) for file in inventory.files]
    for site in inventory.sites:
        names += [site.match, site.function or "", *(str(fact) for _, fact in site.facts)]
        names += [text for guard in site.guards for text in (guard.text, *guard.tried)]
        names += site.snippet.lines if site.snippet else ()
    return (word for word in _words(names) if _looks_like_code(word))
