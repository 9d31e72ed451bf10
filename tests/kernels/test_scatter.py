"""Rows to places, against indexing."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernels.needed import needs_kernels
from thinkling.kernels.scatter import scatter

QUICK = settings(max_examples=60, deadline=None, derandomize=True, database=None)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@given(
    width=st.sampled_from((1, 16, 31, 32, 64, 1024)), num_rows=st.integers(0, 70), seed=st.integers(0, 2**31)
)
@QUICK
@needs_kernels
def test_every_row_is_where_it_was_sent_and_no_other_is_touched(
    dtype: torch.dtype, width: int, num_rows: int, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    given_TN = torch.randn(num_rows + 2, width, generator=generator).to(dtype)
    places = torch.randperm(100, generator=generator)[:num_rows]
    found = torch.zeros(100, width, dtype=dtype)
    expected = found.clone()
    scatter(given_TN, places, found)
    expected[places] = given_TN[:num_rows]
    assert torch.equal(found, expected)


def test_rows_that_do_not_lie_together_are_put_as_well() -> None:
    found = torch.zeros(4, 3)
    scatter(torch.arange(12.0).view(3, 4).t(), torch.tensor([3, 0]), found)
    assert found.tolist() == [[1, 5, 9], [0, 0, 0], [0, 0, 0], [0, 4, 8]]
