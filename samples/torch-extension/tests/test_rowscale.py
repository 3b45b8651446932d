import pytest
import rowscale
import torch

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="rowscale needs a CUDA device")


def random_case(rows: int, columns: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator(device="cuda").manual_seed(rows * 10_000 + columns)

    def random(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator, device="cuda", dtype=torch.float16)

    return random(rows, columns), random(columns), random(columns)


@pytest.mark.parametrize("columns", [2, 62, 512, 1000, 4098])
def test_scaled_rows_equal_the_reference(columns: int) -> None:
    values, weights, offsets = random_case(rows=17, columns=columns)

    scaled = rowscale.scale_rows(values, weights, offsets)

    expected = rowscale.scale_rows_reference(values, weights, offsets)
    torch.testing.assert_close(scaled, expected, rtol=5e-3, atol=5e-3)


def test_large_values_do_not_overflow() -> None:
    values = torch.full((3, 256), 60_000.0, device="cuda", dtype=torch.float16)
    ones = torch.ones(256, device="cuda", dtype=torch.float16)

    scaled = rowscale.scale_rows(values, ones, torch.zeros_like(ones))

    torch.testing.assert_close(scaled, torch.ones_like(values), rtol=1e-3, atol=1e-3)


def test_total_energy_is_the_sum_of_squares() -> None:
    values, _, _ = random_case(rows=33, columns=250)

    energy = rowscale.total_energy(values)

    torch.testing.assert_close(energy, values.float().square().sum().reshape(1), rtol=1e-4, atol=0.0)


def test_an_odd_number_of_columns_is_refused() -> None:
    values, weights, offsets = random_case(rows=2, columns=3)

    with pytest.raises(RuntimeError, match="even number of columns"):
        rowscale.scale_rows(values, weights, offsets)
