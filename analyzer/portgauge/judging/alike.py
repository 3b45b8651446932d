"""What of an inventory judging and pricing read: inventories that are alike in it come to the same analysis.

Many commits change no site, no kernel and nothing of what depends on what: such points are judged already.
"""

from portgauge.model.analysis import Inventory
from portgauge.model.component import EdgeKind, SourceFile, Standing


def judged_parts(inventory: Inventory) -> tuple[object, ...]:
    """Return everything in an inventory that its analysis depends on, but for the inventory that the analysis holds."""
    return (
        inventory.codebase,
        inventory.sites,
        inventory.kernels,
        inventory.libraries,
        inventory.components,
        inventory.defines,
        inventory.lines_changed_in_a_year,
        tuple(map(_judged_part, inventory.files)),
        tuple((edge.source, edge.target) for edge in inventory.edges if edge.kind is EdgeKind.INCLUDE),
    )


def _judged_part(file: SourceFile) -> tuple[object, ...]:
    said = (file.path, file.language, file.standing, file.reading, file.is_cuda, file.options)
    if file.is_cuda or file.standing is Standing.VENDORED:
        return (*said, file.code_lines, file.byte_count, file.degraded_bytes)
    return said
