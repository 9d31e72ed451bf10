"""Rows that come in parts of any size are put together in order, and memory is used again."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from thinkling.models.gathered import Gathered, Workspace
from thinkling.models.quantize import WholeRows

PARTS = st.lists(st.tuples(st.integers(0, 7), st.booleans()), min_size=1, max_size=8)


def drawn(count: int, has_low: bool, generator: torch.Generator) -> WholeRows:
    """Rows of five columns."""

    def codes() -> torch.Tensor:
        return torch.randint(-127, 128, (count, 5), generator=generator, dtype=torch.int8)

    return WholeRows(codes(), torch.rand(count, generator=generator), codes() if has_low else None)


@given(PARTS, st.integers(1, 9))
def test_pieces_are_the_rows_in_order(parts: list[tuple[int, bool]], num_rows: int) -> None:
    generator = torch.Generator().manual_seed(0)
    workspace, pieces = Workspace(), []
    given_ = [drawn(*part, generator) for part in parts]
    gathered = Gathered(workspace, num_rows, 5)
    for rows in given_:
        while len(rows.scale_N):
            rows = gathered.add(rows)
            if gathered.is_full:
                full = gathered.rows()
                low = torch.zeros_like(full.codes_NK) if full.low_NK is None else full.low_NK
                pieces.append((full.codes_NK.clone(), full.scale_N, low.clone()))
                gathered.close()
                gathered = Gathered(workspace, num_rows, 5)
    lows = [torch.zeros_like(one.codes_NK) if one.low_NK is None else one.low_NK for one in given_]
    wanted = (
        torch.cat([one.codes_NK for one in given_]),
        torch.cat([one.scale_N for one in given_]),
        torch.cat(lows),
    )
    num_whole = len(wanted[1]) // num_rows * num_rows
    for place, whole in enumerate(wanted):
        found = torch.cat([piece[place] for piece in pieces]) if pieces else whole[:0]
        assert torch.equal(found, whole[:num_whole])


def test_memory_is_lent_to_one_at_a_time_and_used_again() -> None:
    workspace = Workspace()
    first, second = workspace.lend(100), workspace.lend(100)
    assert first.data_ptr() != second.data_ptr()
    workspace.take_back(first)
    assert workspace.lend(60).data_ptr() == first.data_ptr()
    assert len(workspace.lend(200)) >= 200
