"""A small real stage: a tiny network, our optimizer, every global random generator. Also a program:

python tests/train/toy_stage.py FOLDER NUM_STEPS CHECKPOINT_EVERY [SECONDS A STEP]
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from thinkling.errors import ThinklingError
from thinkling.train.display import open_display
from thinkling.train.loop import run_stage
from thinkling.train.optimizer import Optimizer, OptimizerSettings, learning_rate_share
from thinkling.train.randomness import seed_everything
from thinkling.train.stage import LoopSettings, RunContext, StageSettings, State


class ToySettings(StageSettings):
    """What a recipe can say of the toy."""

    steps: int = 20
    """How many steps it takes."""
    needs: str | None = None
    """A stage that must come before it."""


def build(settings: ToySettings, context: RunContext) -> ToyStage:
    """The toy as a stage of a recipe."""
    if settings.needs is not None:
        assert (context.needs(settings.needs) / "model.safetensors").exists()
    return ToyStage(settings.steps)


class ToyStage:
    """Fits a two-layer network to random targets; what it has seen so far is part of its state."""

    name = "toy"

    def __init__(self, num_steps: int, step_s: float = 0.0) -> None:
        self.num_steps = num_steps
        self.step_s = step_s
        self.model = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 4))
        self.settings = OptimizerSettings(lr=0.02, warmup_steps=3)
        self.optimizer = Optimizer(dict(self.model.named_parameters()), self.settings)
        self.sum_seen = 0.0

    def step(self, step: int) -> dict[str, float]:
        shift = random.random() + float(np.random.rand())
        x = torch.randn(32, 8)
        self.sum_seen += shift
        loss = (self.model(x) - x[:, :4].sin() - shift).square().mean() + 0.01 * torch.rand(())
        self.optimizer.zero_grad()
        loss.backward()
        norm = self.optimizer.step(learning_rate_share(step, self.num_steps, self.settings))
        time.sleep(self.step_s)
        return {"loss": float(loss.detach()), "gradient_norm": norm, "sum_seen": self.sum_seen}

    def warnings(self, metrics: Mapping[str, float]) -> list[str]:
        return []

    def tensors(self) -> dict[str, Tensor]:
        weights = {f"model.{name}": one for name, one in self.model.state_dict().items()}
        return weights | {f"optimizer.{name}": one for name, one in self.optimizer.tensors().items()}

    def state(self) -> State:
        return {"sum_seen": self.sum_seen}

    def restore(self, tensors: Mapping[str, Tensor], state: State) -> None:
        self.model.load_state_dict(_below("model.", tensors))
        self.optimizer.load(_below("optimizer.", tensors))
        self.sum_seen = state["sum_seen"]

    def finish(self, folder: Path) -> None:
        save_file(self.model.state_dict(), folder / "model.safetensors")
        # Something random at the end too: a kill while finishing must not change it.
        (folder / "score.txt").write_text(f"{torch.rand(()).item()!r} {random.random()!r}\n")


def _below(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): one for name, one in tensors.items() if name.startswith(prefix)}


def main(words: list[str]) -> int:
    folder, num_steps, checkpoint_every, *rest = words
    torch.set_num_threads(1)
    seed_everything(5)
    stage = ToyStage(int(num_steps), float(rest[0]) if rest else 0.0)
    settings = LoopSettings(checkpoint_every=int(checkpoint_every))
    try:
        outcome = run_stage(stage, Path(folder), settings, open_display(is_quiet=True))
    except ThinklingError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0 if outcome.is_done else 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
