"""Scale the rows of a half-precision matrix on the GPU."""

from rowscale.functional import scale_rows, scale_rows_reference, total_energy

__all__ = ["scale_rows", "scale_rows_reference", "total_energy"]
