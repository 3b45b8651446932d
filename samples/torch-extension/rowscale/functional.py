"""The functions of rowscale, with a reference in plain PyTorch."""

import torch

from rowscale import _native

DEFAULT_EPSILON = 1e-6


def scale_rows(
    values: torch.Tensor,
    weights: torch.Tensor,
    offsets: torch.Tensor,
    *,
    epsilon: float = DEFAULT_EPSILON,
) -> torch.Tensor:
    """Return ``values`` with rows of root mean square one, times ``weights``, plus ``offsets``.

    All three are half-precision CUDA tensors. ``values`` has two dimensions and an even
    number of columns; ``weights`` and ``offsets`` have one number for each column.
    """
    return _native.scale_rows(values.contiguous(), weights.contiguous(), offsets.contiguous(), epsilon)


def total_energy(values: torch.Tensor) -> torch.Tensor:
    """Return the sum of the squares of all ``values``, a float32 tensor with one element."""
    return _native.total_energy(values.contiguous())


def scale_rows_reference(
    values: torch.Tensor,
    weights: torch.Tensor,
    offsets: torch.Tensor,
    *,
    epsilon: float = DEFAULT_EPSILON,
) -> torch.Tensor:
    """Return what :func:`scale_rows` returns, computed in float32."""
    wide = values.float()
    scale = torch.rsqrt(wide.square().mean(dim=1, keepdim=True) + epsilon)
    return (wide * scale * weights.float() + offsets.float()).to(values.dtype)
