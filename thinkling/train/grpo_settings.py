"""Everything that a recipe can say about reinforcement by GRPO (`thinkling.train.grpo`)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from thinkling.objectives.grpo import Normalization
from thinkling.tasks.grade import RewardWeights
from thinkling.tasks.task import ENGLISH
from thinkling.train.controls import Control
from thinkling.train.curriculum import CurriculumSettings, Practice, Practices, practices
from thinkling.train.gate import GateSettings
from thinkling.train.optimizer import OptimizerSettings
from thinkling.train.policy import Precision
from thinkling.train.stage import StageSettings

Count = Annotated[int, Field(ge=1)]


class GrpoSettings(StageSettings):
    """A policy sharpens itself on problems whose answers can be checked."""

    steps: Count
    """Sampling rounds; each is followed by `updates_per_batch` optimizer steps."""
    tasks: dict[str, float | Practice] = Field({"multiply": 1.0}, min_length=1)
    """Kinds of problems: a share, or a table with share and levels."""
    languages: dict[str, Annotated[float, Field(gt=0)]] = Field({ENGLISH: 1.0}, min_length=1)
    """Languages that problems are put in, and their shares."""
    strangers: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Share of the questions put in words that are not the tasks' own (`thinkling.tasks.strangers`)."""
    curriculum: CurriculumSettings | None = None
    """Draw levels by their pass rates; left out: all levels alike, always."""
    gate: GateSettings = GateSettings()
    """When reinforcement may start."""
    control: Control | None = None
    """A control experiment: rewards that say nothing about the answers."""
    template: Literal["chat", "r1_zero"] = "chat"
    """How a problem is put: the model's chat template, or R1-Zero's published prompt with answer tags."""
    start: str | None = None
    """A model folder to start from; left out: the latest model of the run."""
    problems: Count = 32
    """Problems in a step (P)."""
    answers: Annotated[int, Field(ge=2)] = 16
    """Answers to each problem (G)."""
    max_tokens: Count = 96
    """Longest answer in tokens; longer ones are cut and count as truncated."""
    temperature: float = Field(1.0, gt=0)
    """Sampling temperature of the rollouts."""
    reward: RewardWeights = RewardWeights()
    """What accuracy and format are worth."""
    divides_by_std: bool = True
    """Divide advantages by the group's standard deviation (GRPO; False is Dr. GRPO)."""
    normalization: Normalization = "token"
    """What weighs the same: each "answer" (GRPO) or each "token" (DAPO); or "constant" weights (Dr. GRPO)."""
    clip_low: float = Field(0.2, gt=0, le=1)
    """The ratio is clipped below 1 minus this."""
    clip_high: float = Field(0.28, gt=0)
    """The ratio is clipped above 1 plus this."""
    kl_weight: float = Field(0.0, ge=0)
    """Weight of the k3 distance to the reference model (beta; 0.001 in R1-Zero)."""
    refresh_reference_every: Annotated[int, Field(ge=0)] = 0
    """Steps after which the policy becomes the reference (400 in R1-Zero); 0 never."""
    updates_per_batch: Count = 1
    """Optimizer steps that share one batch of rollouts (16 in R1-Zero)."""
    sampling_rounds: Count = 1
    """Rounds of problems a step may draw until `problems` groups have both right and wrong answers."""
    drops_settled_groups: bool = True
    """Leave out groups whose answers are all right or all wrong (dynamic sampling, judged on correctness)."""
    tokens_per_pass: Count = 8192
    """Tokens in one forward and backward pass: memory, and nothing else."""
    precision: Precision = "auto"
    """Precision of matrix products; weights stay fp32."""
    stored_dtype: str = Field("float32", pattern="^(float32|bfloat16)$")
    """How the finished model's weights are stored."""
    recommended_temperature: float = Field(0.6, ge=0)
    """Temperature that the finished model's generation_config.json recommends; 0 is greedy."""
    num_held_out: Annotated[int, Field(ge=0)] = 512
    """Held-out problems of each kind, of the levels named or else of its usual mixture, that are answered
    before and after (pass@1 at temperature 1)."""
    evaluate_every: Annotated[int, Field(ge=0)] = 0
    """Steps between further measurements; 0 measures before and after only."""
    log_rollouts_every: Count = 10
    """Steps between written rollouts."""
    optimizer: OptimizerSettings = OptimizerSettings(lr=3e-4, decay="constant", weight_decay=0.0)
    """How weights follow their gradients."""

    @model_validator(mode="after")
    def _nothing_is_said_in_vain(self) -> GrpoSettings:
        if self.refresh_reference_every and not self.kl_weight:
            raise ValueError("refresh_reference_every does nothing where kl_weight is 0")
        if self.sampling_rounds > 1 and not self.drops_settled_groups:
            raise ValueError("sampling_rounds above 1 does nothing where drops_settled_groups is false")
        return self

    @model_validator(mode="after")
    def _problems_can_be_drawn(self) -> GrpoSettings:
        self.practices()
        return self

    def practices(self) -> Practices:
        """Which problems are drawn. Raises ValueError for a level or a language that a task lacks."""
        return practices(self.tasks, self.languages, self.curriculum, self.strangers)
