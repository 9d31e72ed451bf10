"""Products are fp32 whichever library computes them, and leave torch's settings as they were."""

from __future__ import annotations

import threading

import pytest
import torch

from thinkling.models.product import fast_products, has_fast_bf16, prefers_onednn, product

MATMUL = torch.backends.mkldnn.matmul  # type: ignore[attr-defined]


def test_a_product_is_as_exact_as_fp32() -> None:
    generator = torch.Generator().manual_seed(0)
    for rows, inner, columns in ((1, 7, 3), (16, 192, 512), (100, 64, 16), (0, 8, 4)):
        a = torch.randn(rows, inner, generator=generator)
        b = torch.randn(columns, inner, generator=generator).t()
        exact = a.double() @ b.double()
        found = product(a, b)
        torch.testing.assert_close(found.double(), exact, rtol=1e-5, atol=1e-5)
        out = torch.full((rows, columns), torch.nan)
        assert product(a, b, out) is out and torch.equal(out, found)


def test_numbers_that_bf16_cannot_say_are_not_rounded() -> None:
    fine = torch.full((64, 64), 1 + 2.0**-20)
    assert torch.equal(product(fine, torch.eye(64)), fine)


def test_other_precisions_keep_theirs() -> None:
    a = torch.randn(4, 8).bfloat16()
    assert product(a, a.t()).dtype == torch.bfloat16
    assert product(a.double(), a.double().t()).dtype == torch.float64


def test_the_library_is_chosen_for_a_block_only() -> None:
    before = MATMUL.fp32_precision
    with pytest.raises(RuntimeError, match="on purpose"), fast_products():
        assert (MATMUL.fp32_precision == "bf16") == prefers_onednn()
        raise RuntimeError("on purpose")
    assert MATMUL.fp32_precision == before


def test_threads_that_come_and_go_leave_the_setting_as_it_was() -> None:
    before = MATMUL.fp32_precision
    has_entered, may_leave = threading.Event(), threading.Event()

    def other() -> None:
        with fast_products():
            has_entered.set()
            may_leave.wait(10)

    thread = threading.Thread(target=other)
    with fast_products():
        thread.start()
        assert has_entered.wait(10)
    assert (MATMUL.fp32_precision == "bf16") == prefers_onednn()  # the other is still inside
    may_leave.set()
    thread.join()
    assert before == MATMUL.fp32_precision


def test_tiles_are_fast_and_never_asked_for_fp32() -> None:
    if torch.cpu._is_amx_tile_supported():
        assert has_fast_bf16() and not prefers_onednn()
    else:
        assert not prefers_onednn() or torch.cpu._is_avx512_supported()
