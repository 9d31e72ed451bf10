"""What a stage of training is, and where its files lie.

A run's folder, one subfolder for each stage of its recipe:

    runs/first_light/
      1_primer/            recipe.toml (as resolved), and what the stage makes
      2_pretrain/          recipe.toml  metrics.jsonl  checkpoints/  rollouts/  model/  done.json
      report.html  summary.json
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import Field

from thinkling.config import Record
from thinkling.errors import ConfigError

if TYPE_CHECKING:
    from torch import Tensor

RECIPE_FILE = "recipe.toml"
METRICS_FILE = "metrics.jsonl"
WARNINGS_FILE = "warnings.jsonl"
DONE_FILE = "done.json"
REPORT_FILE = "report.html"
CHECKPOINTS = "checkpoints"
MODEL = "model"
MODEL_MAKERS = ("pretrain", "grpo")
"""Stages that leave a model."""

State = dict[str, Any]
"""JSON values by name: what a stage must remember beside tensors."""


class LoopSettings(Record):
    """How often a stage is saved. It changes no number of the run."""

    checkpoint_every: int = Field(50, ge=1)
    """Steps between checkpoints; one is also written after the last step and when the run is stopped."""
    keep: int = Field(2, ge=1)
    """How many checkpoints stay on the disk."""


class StageSettings(Record):
    """What every stage's settings have in common."""

    loop: LoopSettings = LoopSettings()
    """How often the stage is saved."""


class Stage(Protocol):
    """One stage of a recipe, as the loop sees it.

    Every global random generator is seeded before the stage is built and restored with the checkpoint; a
    stage that keeps a generator of its own saves it in `tensors()` or `state()`. A stage that measures itself
    does so at the start of a step or in `finish`, never at the end of a step: so a checkpoint comes first.
    """

    name: str
    num_steps: int

    def step(self, step: int) -> dict[str, float]:
        """Runs training step `step` (from 0) and returns its finite metrics, named as in `train.metrics`."""

    def warnings(self, metrics: Mapping[str, float]) -> list[str]:
        """What a person should be told after a step with these metrics; usually nothing."""

    def tensors(self) -> dict[str, Tensor]:
        """Everything that must survive as tensors: weights, optimizer, reference model."""

    def state(self) -> State:
        """Everything else that must survive: positions in the data, counters."""

    def restore(self, tensors: Mapping[str, Tensor], state: State) -> None:
        """Puts `tensors()` and `state()` of an earlier run back, in place."""

    def finish(self, folder: Path) -> None:
        """Writes what the stage is for (a model, measurements) into its folder; runs again after a kill."""


@dataclass(frozen=True, slots=True)
class RunContext:
    """Where a stage stands in its run: what its builder may rely on."""

    run: Path
    """The run's folder."""
    folder: Path
    """This stage's folder."""
    earlier: Mapping[str, Path]
    """The folders of the stages before it, by stage name; the latest of a name, the latest stage last."""
    seed: int
    """Below 2^31, of this stage alone, and already given to every global random generator."""
    device: str
    """cpu or cuda."""

    def needs(self, name: str) -> Path:
        """The folder of an earlier stage. Raises ConfigError where the recipe has none."""
        if name not in self.earlier:
            raise ConfigError(
                f"{self.folder.name} needs a stage {name!r} before it, and the recipe has none.",
                f"put a file with stage = {name!r} and a lower number beside it",
            )
        return self.earlier[name]

    def latest_model(self) -> Path:
        """The model made last before this stage. Raises ConfigError where none was."""
        made = [folder for name, folder in self.earlier.items() if name in MODEL_MAKERS]
        return (made[-1] if made else self.needs(MODEL_MAKERS[0])) / MODEL
