"""``vendors.yaml``: which macros and identifiers tell for whom code is compiled."""

import re

from portgauge.model.base import value
from portgauge.rulebook.yamlfile import MAPPING, TEXT, WORDS, Defects, Document, check_keys, words

_EVIDENCE = ("condition", "alias", "code", "build", "torch", "library", "other", "sycl", "interception")
_MACROS = (
    *("amd", "nvidia", "neither", "device_only", "numbers", "stay_undefined"),
    *("library_versions", "cuda_switches"),
)


@value
class VendorWords:
    """Words that belong to one vendor; regular expressions, full match."""

    amd_macros: "re.Pattern[str]"
    nvidia_macros: "re.Pattern[str]"
    device_only_macros: "re.Pattern[str]"
    """Defined only while device code is compiled, so unknown in a file that is compiled for both sides."""
    number_macros: "re.Pattern[str]"
    """Stand for a number that is not known, such as a version."""
    undefined_macros: "re.Pattern[str]"
    """NVIDIA's, and not defined in a build for AMD even after HIPIFY."""
    library_versions: "re.Pattern[str]"
    """Versions of libraries that AMD's own may define too."""
    cuda_switches: "re.Pattern[str]"
    """Build options that switch CUDA as a whole."""
    amd_identifiers: "re.Pattern[str]"
    """What a CUDA name is made to mean when it is an alias for AMD."""
    sibling_parts: tuple[tuple[str, str], ...]
    """Part of a path that stands for CUDA, and the part that stands for AMD in its place."""

    def vendor_of(self, macro: str) -> str:
        """Return ``amd``, ``nvidia`` or an empty text for a macro that says nothing about the vendor."""
        if self.amd_macros.fullmatch(macro):
            return "amd"
        return "nvidia" if self.nvidia_macros.fullmatch(macro) else ""

    def is_switch_of_cuda(self, option: str) -> bool:
        """Return whether a build option switches CUDA as a whole, by its name; Meson's are written small."""
        return self.cuda_switches.fullmatch(option.upper()) is not None

    def depends_on_pass(self, macro: str) -> bool:
        """Return whether a macro is defined only while device code is compiled."""
        return self.device_only_macros.fullmatch(macro) is not None


@value
class LayerRules:
    """The ids of the rules whose sites are evidence of an AMD path."""

    condition: str
    alias: str
    code: str
    build: str
    torch: str
    library: str
    other: str
    sycl: str
    """Of a file that is written for SYCL, so that a port to HIP does not touch it."""
    interception: str

    @property
    def every(self) -> frozenset[str]:
        """All of them."""
        return frozenset(getattr(self, name) for name in _EVIDENCE)


def _pattern(
    document: Document, texts: tuple[str, ...], excluded: tuple[str, ...], defects: Defects
) -> "re.Pattern[str]":
    wanted = "|".join(f"(?:{text})" for text in texts) or "(?!)"
    but = "|".join(f"(?:{text})" for text in excluded)
    try:
        return re.compile(f"(?!(?:{but})$)(?:{wanted})" if but else wanted)
    except re.error as error:
        defects.add(document.origin(key="macros"), f"a pattern does not compile: {error}")
        return re.compile("(?!)")


def read_vendors(document: Document, defects: Defects) -> VendorWords:
    """Return the vendors' words; what is wrong goes to ``defects``."""
    root = document.root
    allowed = dict.fromkeys(("macros", "identifiers", "siblings", "evidence", "sources"), MAPPING)
    check_keys(document, root, allowed=allowed, defects=defects)
    check_keys(
        document,
        root["macros"],
        allowed=dict.fromkeys(_MACROS, WORDS),
        defects=defects,
    )
    macros = root["macros"]
    neither = words(macros.get("neither"))
    return VendorWords(
        amd_macros=_pattern(document, words(macros["amd"]), neither, defects),
        nvidia_macros=_pattern(document, words(macros["nvidia"]), neither, defects),
        device_only_macros=_pattern(document, words(macros["device_only"]), (), defects),
        number_macros=_pattern(document, words(macros["numbers"]), (), defects),
        undefined_macros=_pattern(document, words(macros["stay_undefined"]), (), defects),
        library_versions=_pattern(document, words(macros["library_versions"]), (), defects),
        cuda_switches=_pattern(document, words(macros["cuda_switches"]), (), defects),
        amd_identifiers=_pattern(document, words(root["identifiers"]["amd"]), (), defects),
        sibling_parts=tuple((cuda, part) for cuda, amd in root["siblings"].items() for part in words(amd)),
    )


def read_layer_rules(document: Document, defects: Defects) -> LayerRules:
    """Return which rules are evidence of an AMD path."""
    evidence = document.root["evidence"]
    check_keys(document, evidence, allowed=dict.fromkeys(_EVIDENCE, TEXT), defects=defects)
    return LayerRules(**{name: str(evidence[name]) for name in _EVIDENCE})
