"""Portability that the code already has: which layers there are, and which sites each of them covers.

A layer covers a site when a build for AMD GPUs does not need the site changed: its branch is not compiled there,
its name is an alias, a backend for AMD stands beside its own, or the build renames it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from portgauge.judging.branches import Branches, branches_of
from portgauge.model.analysis import Inventory, PortabilityLayer
from portgauge.model.base import value
from portgauge.model.finding import NEVER_COMPILED, SYCL_BACKEND, Finding, Site
from portgauge.model.location import Location
from portgauge.model.rule import Automation
from portgauge.model.target import Target
from portgauge.rulebook.rulebook import Rulebook

_MIN_ALIASES = 5
"""Fewer aliases in one file are a local remedy, not a layer."""


@value
class AmdPath:
    """What of an AMD path the code holds."""

    code: tuple[Location, ...]
    """Places in source files that were written for AMD GPUs."""
    build: tuple[Location, ...]
    """Places in build files that compile for AMD GPUs."""
    torch: tuple[Location, ...]
    """Places where a build asks for PyTorch's ROCm build, which translates the sources itself."""
    layers: tuple[PortabilityLayer, ...]
    covered: Mapping[str, str]
    """Fingerprint of a site to the layer that covers it, or to ``NEVER_COMPILED``."""
    renames_in_build: str | None
    """The layer that does what HIPIFY would, for sites whose edit is a rename."""
    elsewhere: frozenset[PurePosixPath]
    """Files of a backend in another GPU language, which a port to HIP does not touch."""

    def cover(self, finding: Finding) -> str | None:
        """Return the layer that covers a finding, None when none does."""
        layer = self.covered.get(finding.site.fingerprint)
        if layer is None and finding.automation is Automation.AUTOMATIC:
            return self.renames_in_build
        return layer


def _firsts(sites: Sequence[Site]) -> tuple[Location, ...]:
    """Return one place for each file."""
    return tuple({site.path: site.location for site in reversed(sites)}.values())[::-1]


@value
class _Aliases:
    """CUDA names that a header gives a meaning on AMD."""

    names: Mapping[str, str]
    """Name to the layer that gives it."""
    without_mask: Mapping[str, str]
    """The same for functions whose first argument, the lane mask, goes nowhere."""

    def of(self, site: Site) -> str | None:
        """Return the layer whose alias takes a site's trouble away, None when none does."""
        if site.fact("mask_bits") is not None or site.fact("mask_lanes") is not None:
            return self.without_mask.get(str(site.fact("callee") or ""))
        return self.names.get(str(site.fact("name") or ""))


def _aliases(sites: Sequence[Site], branches: Branches) -> _Aliases:
    by_file: dict[PurePosixPath, list[Site]] = {}
    for site in sites:
        if branches.serves(site.guards).amd is not False:
            by_file.setdefault(site.path, []).append(site)
    layers = [(f"alias:{path}", found) for path, found in sorted(by_file.items()) if len(found) >= _MIN_ALIASES]
    return _Aliases(
        names={str(site.fact("name")): layer for layer, found in layers for site in found},
        without_mask={
            str(site.fact("name")): layer
            for layer, found in layers
            for site in found
            if site.fact("first_argument") == "dropped"
        },
    )


class _Siblings:
    """Backends for AMD that stand beside one for CUDA."""

    def __init__(self, amd_files: frozenset[PurePosixPath], parts: Sequence[tuple[str, str]]) -> None:
        self._parts = parts
        self._files = amd_files
        self._folders = {parent for path in amd_files for parent in path.parents}
        self._found: dict[PurePosixPath, str | None] = {}

    def of(self, path: PurePosixPath) -> str | None:
        """Return the layer that stands beside a file, None when none does."""
        if path not in self._found:
            self._found[path] = self._look(path)
        return self._found[path]

    def _look(self, path: PurePosixPath) -> str | None:
        for place, part in enumerate(path.parts[:-1]):
            for cuda, amd in self._parts:
                beside = PurePosixPath(*path.parts[:place], amd)
                if part == cuda and beside in self._folders:
                    return f"sibling:{beside}"
        for suffix in (".hip", ".hip.cpp"):
            twin = path.with_name(path.stem + suffix)
            if twin in self._files and twin != path:
                return f"sibling:{twin}"
        return None


def find_amd_path(inventory: Inventory, *, rulebook: Rulebook) -> AmdPath:
    """Return the layers that the code has and the sites that they cover."""
    rules = rulebook.layers
    every = rules.every
    of_rule: dict[str, list[Site]] = {}
    for site in inventory.sites:
        if site.rule_id in every:
            of_rule.setdefault(site.rule_id, []).append(site)
    conditions, aliases = of_rule.get(rules.condition, []), of_rule.get(rules.alias, [])
    code = _firsts(sorted([*conditions, *aliases, *of_rule.get(rules.code, [])], key=lambda site: str(site.path)))
    branches = branches_of(rulebook.vendors, inventory.defines)
    aliased = _aliases(aliases, branches)
    siblings = _Siblings(
        frozenset(site.path for site in of_rule.get(rules.code, []))
        | frozenset(file.path for file in inventory.files if file.language == "hip"),
        rulebook.vendors.sibling_parts,
    )
    elsewhere = frozenset(site.path for site in of_rule.get(rules.sycl, []))
    covered: dict[str, str] = {}
    for site in inventory.sites:
        if site.rule_id in every:
            continue
        layer = (
            SYCL_BACKEND
            if site.path in elsewhere
            else _layer_of(site, branches=branches, aliased=aliased, siblings=siblings)
        )
        if layer is not None:
            covered[site.fingerprint] = layer
    torch = _firsts(of_rule.get(rules.torch, []))
    build = _firsts([*of_rule.get(rules.build, []), *of_rule.get(rules.library, [])])
    renames = "pytorch-hipify" if torch else None
    if build and len(code) >= rulebook.verdict.min_code_files:
        renames = "amd-build"
    places = {
        SYCL_BACKEND: _firsts(of_rule.get(rules.sycl, [])),
        "amd-conditions": _firsts(conditions),
        "pytorch-hipify": torch,
        "amd-build": build,
    }
    return AmdPath(
        code=code,
        build=build,
        torch=torch,
        layers=_layers(covered, places, aliases),
        covered=covered,
        renames_in_build=renames,
        elsewhere=elsewhere,
    )


def _layer_of(site: Site, *, branches: Branches, aliased: _Aliases, siblings: _Siblings) -> str | None:
    if site.fact("compiled") == "other-branch":
        return NEVER_COMPILED
    if site.guards:
        serves = branches.serves(site.guards)
        if serves.amd_by_name is False and serves.nvidia_by_name is False:
            return NEVER_COMPILED
        if serves.amd_by_name is False or serves.nvidia_by_name is False:
            return "amd-conditions"
    sibling = siblings.of(site.path)
    if sibling is not None:
        return sibling
    return aliased.of(site)


def _layers(
    covered: Mapping[str, str], places: Mapping[str, tuple[Location, ...]], aliases: Sequence[Site]
) -> tuple[PortabilityLayer, ...]:
    counts: dict[str, int] = dict.fromkeys((name for name, where in places.items() if where), 0)
    for layer in covered.values():
        counts[layer] = counts.get(layer, 0) + 1
    where = {f"alias:{site.path}": (site.location,) for site in reversed(aliases)} | dict(places)
    return tuple(
        PortabilityLayer(
            id=name,
            kind=_KINDS[name.partition(":")[0]],
            where=where.get(name, ()),
            sites_covered=counts[name],
        )
        for name in sorted(counts.keys() - {NEVER_COMPILED}, key=lambda name: (-counts[name], name))
    )


_KINDS = {
    SYCL_BACKEND: "a backend written in SYCL; a port to HIP does not touch it",
    "amd-conditions": "branches that AMD builds do not compile, or compile instead",
    "alias": "CUDA names defined as HIP names",
    "sibling": "a backend for AMD GPUs beside the CUDA one",
    "amd-build": "a build for AMD GPUs beside code for them; names that only need another spelling count as covered",
    "pytorch-hipify": "PyTorch renames CUDA names while it builds the extension",
}


def cover_findings(findings: Sequence[Finding], path: AmdPath) -> tuple[Finding, ...]:
    """Return the findings, those that a layer covers marked with it."""
    return tuple(
        finding if (layer := path.cover(finding)) is None else replace(finding, covered_by=layer)
        for finding in findings
    )


def counted_layers(path: AmdPath, findings: Sequence[Finding], *, target: Target) -> tuple[PortabilityLayer, ...]:
    """Return the layers with the number of sites that each covers on one target, the busiest first."""
    counts = Counter(finding.covered_by for finding in findings if finding.target == target.id)
    layers = (replace(layer, sites_covered=counts.get(layer.id, 0)) for layer in path.layers)
    return tuple(sorted(layers, key=lambda layer: (-layer.sites_covered, layer.id)))
