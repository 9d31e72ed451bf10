"""A tape gives back what was multiplied, and only as long as it is still true."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from thinkling.models import tape as tapes
from thinkling.models.linear import Linear, set_compute_dtype
from thinkling.models.tape import NO_ROW, Tape, bytes_of_token


@pytest.fixture
def layer() -> Linear:
    torch.manual_seed(0)
    made = Linear(32, 16)
    torch.nn.init.normal_(made.weight)
    return made


@pytest.fixture
def multiplied(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each product really had."""
    sizes: list[int] = []
    real = tapes.product

    def counted(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        sizes.append(len(a))
        return real(a, b)

    monkeypatch.setattr(tapes, "product", counted)
    return sizes


def written(layer: Linear, x_TK: torch.Tensor, rows: list[int], num_rows: int = 10) -> Tape:
    tape = Tape(layer, num_rows)
    tape.begin()
    with torch.inference_mode(), tape.writing(np.array(rows)):
        layer(x_TK)
    return tape


@pytest.mark.parametrize("compute", [None, torch.bfloat16])
def test_rows_are_found_where_they_were_written_and_the_others_are_multiplied(
    layer: Linear, multiplied: list[int], compute: torch.dtype | None
) -> None:
    set_compute_dtype(layer, compute)
    x = torch.randn(5, 32)
    with torch.no_grad():
        expected = layer(x)
    tape = written(layer, torch.cat((x[[4, 0, 2]], torch.randn(13, 32))), [7, 1, 3])
    multiplied.clear()
    x.requires_grad_(True)
    with tape.reading(np.array([1, NO_ROW, 3, 9, 7])):
        found = layer(x)
    assert multiplied == [2]  # the second was nowhere, the fourth never written
    torch.testing.assert_close(found, expected)
    grad = torch.randn(5, 16)
    ours = torch.autograd.grad(found, (x, layer.weight), grad)
    layer.tape = None
    torch.testing.assert_close(ours, torch.autograd.grad(layer(x), (x, layer.weight), grad))


def test_nothing_is_read_once_the_weight_has_changed_or_a_new_step_began(
    layer: Linear, multiplied: list[int]
) -> None:
    x, rows = torch.randn(3, 32), [0, 1, 2]
    tape = written(layer, x, rows)
    with torch.no_grad():
        layer.weight.mul_(2.0)
    multiplied.clear()
    with torch.no_grad(), tape.reading(np.array(rows)):
        assert torch.equal(layer(x), layer(x))
    assert multiplied == [3, 3]
    tape = written(layer, x, rows)
    tape.begin()
    multiplied.clear()
    with torch.no_grad(), tape.reading(np.array(rows)):
        layer(x)
    assert multiplied == [3]


def test_a_row_that_is_written_again_has_the_later_result(layer: Linear) -> None:
    x = torch.randn(2, 32)
    tape = written(layer, x[:1], [4])
    with torch.inference_mode(), tape.writing(np.array([4])):
        layer(x[1:])
    with torch.no_grad(), tape.reading(np.array([4, 4])):
        found = layer(torch.zeros(2, 32))
    layer.tape = None
    with torch.no_grad():
        torch.testing.assert_close(found, layer(x[1:]).expand(2, -1))


def test_room_is_given_until_there_is_none(layer: Linear) -> None:
    tape = Tape(layer, 10)
    assert [tape.reserve(n) for n in (4, 5, 2, 1, 1)] == [0, 4, NO_ROW, 9, NO_ROW]
    tape.begin()
    assert tape.reserve(10) == 0
    with torch.inference_mode(), tape.writing(np.array([NO_ROW + 3, -1, 0])):
        layer(torch.randn(16, 32))
    assert bytes_of_token(layer) == 16 * 4


def test_an_error_on_the_way_leaves_nothing_written(layer: Linear, multiplied: list[int]) -> None:
    tape = Tape(layer, 4)
    with pytest.raises(KeyError), torch.inference_mode(), tape.writing(np.array([0])):
        layer(torch.randn(1, 32))
        raise KeyError
    multiplied.clear()
    with torch.no_grad(), tape.reading(np.array([0])):
        layer(torch.randn(1, 32))
    assert multiplied == [1]
