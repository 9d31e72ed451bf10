"""The optimizer against slow twins: torch's AdamW, and Newton-Schulz one matrix at a time."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from torch import Tensor

from thinkling.errors import CheckpointError, TrainingError
from thinkling.train.optimizer import (
    NEWTON_SCHULZ,
    Optimizer,
    OptimizerSettings,
    learning_rate_share,
    orthogonalize,
)

SHAPES = {
    "embedding.weight": (40, 12),
    "blocks.0.query.weight": (12, 12),
    "blocks.0.up.weight": (30, 12),
    "blocks.1.up.weight": (30, 12),
    "blocks.1.down.weight": (12, 30),
    "blocks.1.router.weight": (4, 12),
    "blocks.1.experts.gate_up": (4, 16, 12),
    "blocks.1.experts.down": (4, 12, 8),
    "blocks.1.norm.weight": (12,),
    "head.weight": (40, 12),
}


def _parameters() -> dict[str, Tensor]:
    torch.manual_seed(0)
    return {name: torch.randn(shape).requires_grad_() for name, shape in SHAPES.items()}


def _set_gradients(parameters: dict[str, Tensor], seed: int, size: float = 1.0) -> None:
    generator = torch.Generator().manual_seed(seed)
    for one in parameters.values():
        one.grad = torch.randn(one.shape, generator=generator) * size


def test_adamw_follows_torchs_own() -> None:
    ours, theirs = _parameters(), _parameters()
    settings = OptimizerSettings(kind="adamw", lr=0.01, weight_decay=0.1, max_grad_norm=3.0)
    optimizer = Optimizer(ours, settings)
    groups = [
        {"params": [one for one in theirs.values() if one.dim() > 1], "weight_decay": 0.1},
        {"params": [one for one in theirs.values() if one.dim() == 1], "weight_decay": 0.0},
    ]
    slow = torch.optim.AdamW(groups, lr=0.01, betas=(0.9, 0.95), eps=1e-8, foreach=False, fused=False)
    for step in range(6):
        # The first gradients are clipped, the later ones are not.
        size = 1.0 if step < 3 else 0.01
        _set_gradients(ours, step, size)
        _set_gradients(theirs, step, size)
        expected_norm = torch.nn.utils.clip_grad_norm_(list(theirs.values()), 3.0)
        assert optimizer.step() == pytest.approx(float(expected_norm), rel=1e-5)
        slow.step()
        for name, one in ours.items():
            torch.testing.assert_close(one, theirs[name], rtol=1e-5, atol=1e-6)


def _slow_newton_schulz(matrix: Tensor, num_iterations: int) -> Tensor:
    a, b, c = NEWTON_SCHULZ
    x = matrix.double() / matrix.double().norm()
    for _ in range(num_iterations):
        x = a * x + b * (x @ x.T @ x) + c * (x @ x.T @ x @ x.T @ x)
    return x


def test_muon_follows_one_matrix_at_a_time_in_double_precision() -> None:
    parameters = _parameters()
    settings = OptimizerSettings(lr=0.02, weight_decay=0.1, max_grad_norm=1e9)
    optimizer = Optimizer(parameters, settings)
    hidden = [
        name for name in SHAPES if name.startswith("blocks") and "router" not in name and "norm" not in name
    ]
    expected = {name: parameters[name].detach().double().clone() for name in hidden}
    momentum = {name: torch.zeros(SHAPES[name], dtype=torch.float64) for name in hidden}
    for step in range(3):
        _set_gradients(parameters, step)
        for name in hidden:
            gradient = parameters[name].grad
            assert gradient is not None
            momentum[name] = 0.95 * momentum[name] + 0.05 * gradient.double()
            ahead = 0.05 * gradient.double() + 0.95 * momentum[name]
            matrices = ahead if ahead.dim() == 3 else ahead[None]
            update = torch.stack([_slow_newton_schulz(one, 5) for one in matrices]).view_as(ahead)
            scale = 0.2 * math.sqrt(max(SHAPES[name][-2:]))
            expected[name] = expected[name] * (1 - 0.5 * 0.02 * 0.1) - 0.5 * 0.02 * scale * update
        optimizer.step(0.5)
        for name in hidden:
            torch.testing.assert_close(parameters[name].double(), expected[name], rtol=1e-4, atol=1e-5)


def test_orthogonalized_rows_are_nearly_orthonormal() -> None:
    torch.manual_seed(1)
    update = orthogonalize(torch.randn(5, 24, 60), 5)
    values = torch.linalg.svdvals(update)
    assert float(values.min()) > 0.6 and float(values.max()) < 1.3


def test_a_zero_gradient_moves_nothing_but_the_decay() -> None:
    parameters = _parameters()
    before = {name: one.detach().clone() for name, one in parameters.items()}
    for one in parameters.values():
        one.grad = torch.zeros_like(one)
    Optimizer(parameters, OptimizerSettings(lr=0.1, weight_decay=0.0)).step()
    assert all(torch.equal(one, before[name]) for name, one in parameters.items())


def test_a_gradient_that_is_not_finite_stops_the_run_and_changes_nothing() -> None:
    parameters = _parameters()
    _set_gradients(parameters, 0)
    gradient = parameters["head.weight"].grad
    assert gradient is not None
    gradient[3, 3] = math.nan
    before = {name: one.detach().clone() for name, one in parameters.items()}
    with pytest.raises(TrainingError, match="norm is nan"):
        Optimizer(parameters, OptimizerSettings()).step()
    assert all(torch.equal(one, before[name]) for name, one in parameters.items())


@pytest.mark.parametrize("kind", ["muon", "adamw"])
def test_an_optimizer_put_back_goes_on_bit_for_bit(kind: str) -> None:
    straight, broken = _parameters(), _parameters()
    settings = OptimizerSettings.model_validate({"kind": kind})
    first, second = Optimizer(straight, settings), Optimizer(broken, settings)
    for step in range(4):
        _set_gradients(straight, step)
        first.step()
        if step == 2:
            saved = {name: one.clone() for name, one in second.tensors().items()}
            second = Optimizer(broken, settings)
            second.load(saved)
        _set_gradients(broken, step)
        second.step()
    assert all(torch.equal(one, broken[name]) for name, one in straight.items())


def test_another_models_state_is_refused() -> None:
    parameters = _parameters()
    other = Optimizer({"a.weight": torch.zeros(3, 3, requires_grad=True)}, OptimizerSettings())
    with pytest.raises(CheckpointError, match="another model"):
        Optimizer(parameters, OptimizerSettings()).load(other.tensors())


@pytest.mark.parametrize("kind", ["muon", "adamw"])
def test_every_update_raises_the_version_that_cast_copies_watch(kind: str) -> None:
    parameters = _parameters()
    _set_gradients(parameters, 0)
    before = {name: one._version for name, one in parameters.items()}
    Optimizer(parameters, OptimizerSettings.model_validate({"kind": kind})).step()
    assert all(one._version > before[name] for name, one in parameters.items())


def test_the_learning_rate_warms_up_holds_and_falls_to_its_last_share() -> None:
    settings = OptimizerSettings(warmup_steps=4, decay="linear", decay_share=0.25, final_share=0.1)
    shares = [learning_rate_share(step, 40, settings) for step in range(40)]
    assert shares[:4] == [0.25, 0.5, 0.75, 1.0]
    assert set(shares[4:30]) == {1.0}
    assert all(later < earlier for earlier, later in itertools.pairwise(shares[30:]))
    assert shares[-1] == pytest.approx(0.1 + 0.9 / 10)


@pytest.mark.parametrize("decay", ["constant", "linear", "cosine"])
def test_the_learning_rate_is_a_share_for_every_length_of_run(decay: str) -> None:
    for decay_share in (0.0, 0.3, 1.0):
        settings = OptimizerSettings.model_validate(
            {"decay": decay, "decay_share": decay_share, "warmup_steps": 2}
        )
        for num_steps in (1, 2, 3, 50):
            shares = [learning_rate_share(step, num_steps, settings) for step in range(num_steps)]
            assert all(0 <= share <= 1 for share in shares)
