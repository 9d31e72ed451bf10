"""Digits and their products put together, against the slow twins in `thinkling.models.integer`."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernels.needed import needs_kernels
from thinkling.kernels import digits as kernels
from thinkling.models import integer
from thinkling.models.integer import Digits

pytestmark = needs_kernels
QUICK = settings(max_examples=60, deadline=None, derandomize=True, database=None)


def without_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(integer.kernels, "takes_digits", lambda x: False)


@given(
    width=st.sampled_from((16, 64, 1536)),
    num_rows=st.sampled_from((1, 2, 65, 130)),
    size=st.sampled_from((1e-3, 1.0, 1e4)),
    seed=st.integers(0, 2**31),
)
@QUICK
def test_both_digits_say_the_numbers_as_the_slow_twin_does(
    width: int, num_rows: int, size: float, seed: int
) -> None:
    x = torch.randn(num_rows, width, generator=torch.Generator().manual_seed(seed)) * size
    ours = Digits.of(x)
    with pytest.MonkeyPatch.context() as patch:
        without_kernels(patch)
        theirs = Digits.of(x)
    torch.testing.assert_close(ours.scale_T1, theirs.scale_T1, rtol=1e-6, atol=0)

    def said(found: Digits) -> torch.Tensor:
        high, low = (found.bytes_.double() - 128).chunk(2)
        return (high + low / 256) * found.scale_T1.double()

    step = ours.scale_T1.double() / 256
    assert ((said(ours) - x.double()).abs() <= 0.51 * step).all()
    assert ((said(ours) - said(theirs)).abs() <= 1.01 * step).all()


def test_a_row_of_zeros_and_one_that_is_no_number() -> None:
    x = torch.zeros(2, 32)
    x[1, 3] = torch.nan
    found = Digits.of(x)
    high, low = found.bytes_.chunk(2)
    assert (high[0] == 128).all() and (low[0] == 128).all() and found.scale_T1[0] > 0
    assert found.scale_T1[1].isnan()  # so that what is made of it is none either


@given(num_rows=st.integers(1, 40), has_second=st.booleans(), seed=st.integers(0, 2**31))
@QUICK
def test_products_are_put_together(num_rows: int, has_second: bool, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    high, low, second = torch.randn(3, num_rows, 48, generator=generator)
    scale = torch.rand(num_rows, 1, generator=generator)
    expected = (high + (low + second * has_second) / 256) * scale
    found = kernels.join(high, low, second if has_second else None, scale)
    torch.testing.assert_close(found, expected)
    assert found is high
