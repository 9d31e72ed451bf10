"""The training stages on a CUDA device do what they do on the CPU. Run with: pytest -m gpu tests/gpu"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.oracles.small_models import DENSE, MIXTURE, random_model
from tests.train.test_answers import ROLLOUTS
from thinkling.data.mixture import TaskShare
from thinkling.data.primer import PrimerRecipe, write_primer
from thinkling.models.config import ModelConfig
from thinkling.train.answers import answer_logprobs, pack
from thinkling.train.grpo import Grpo
from thinkling.train.grpo_settings import GrpoSettings
from thinkling.train.pretrain import Pretrain
from thinkling.train.pretrain_settings import PretrainSettings

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device"),
]
CONFIGS = {"latent": MIXTURE, "grouped": DENSE}


def gradients(config: ModelConfig, device: str, dtype: torch.dtype) -> dict[str, Tensor]:
    """Of answers that share their prompts."""
    model = random_model(config).to(device, dtype)
    for part in pack(ROLLOUTS, range(len(ROLLOUTS)), 10_000, device):
        answer_logprobs(model, part, 1.0)[0].square().sum().backward()
    return {n: p.grad.float().cpu() for n, p in model.named_parameters() if p.grad is not None}


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-3), (torch.bfloat16, 0.2)])
@pytest.mark.parametrize("name", CONFIGS)
def test_gradients_through_shared_prompts_are_those_of_the_cpu(
    name: str, dtype: torch.dtype, tolerance: float
) -> None:
    expected = gradients(CONFIGS[name], "cpu", torch.float32)
    found = gradients(CONFIGS[name], "cuda", dtype)
    assert found.keys() == expected.keys()
    for parameter, mine in found.items():
        theirs = expected[parameter]
        assert (mine - theirs).norm() <= tolerance * theirs.norm() + 1e-6, parameter


@pytest.fixture(scope="module")
def primer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("primer")
    tasks = {"sums": TaskShare(share=1.0, styles={"bare": 1.0, "worked": 1.0})}
    write_primer(PrimerRecipe(num_tokens=20_000, row_length=128, vocab_size=320, tasks=tasks), folder)
    return folder


@pytest.mark.parametrize("documents", ["apart", "joined"])
def test_pretraining_has_the_losses_of_the_cpu_and_reinforcement_starts_from_its_model(
    primer: Path, tmp_path: Path, documents: str
) -> None:
    settings = PretrainSettings.model_validate(
        {
            "steps": 4,
            "rows_per_step": 8,
            "preset": "thinkling-first-light",
            "documents": documents,
            "learns": "answers",
            "precision": "fp32",
        }
    )
    found = {}
    for device in ("cpu", "cuda"):
        (tmp_path / device).mkdir()
        stage = Pretrain(settings, primer, tmp_path / device, 0, device)
        found[device] = [stage.step(step)["loss"] for step in range(4)]
        stage.finish(tmp_path / device)
    np.testing.assert_allclose(found["cuda"], found["cpu"], rtol=5e-3)
    chosen = {"steps": 2, "problems": 4, "answers": 4, "max_tokens": 16, "num_held_out": 4}
    open_gate = {"gate": {"min_pass_at_k": 0.0}, "drops_settled_groups": False, "tasks": {"sums": 1.0}}
    grpo = Grpo(
        GrpoSettings.model_validate(chosen | open_gate), tmp_path / "cuda" / "model", tmp_path, 0, "cuda"
    )
    metrics = [grpo.step(step) for step in range(2)]
    assert all(one["logp_gap"] < 0.1 for one in metrics)
    again = Grpo(
        GrpoSettings.model_validate(chosen | open_gate), tmp_path / "cuda" / "model", tmp_path, 0, "cuda"
    )
    again.restore({n: t.cpu() for n, t in grpo.tensors().items()}, grpo.state())
    for name, tensor in grpo.tensors().items():
        assert torch.equal(tensor.cpu(), again.tensors()[name].cpu()), name
