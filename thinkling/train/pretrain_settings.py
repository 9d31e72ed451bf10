"""Everything that a recipe can say about pretraining (`thinkling.train.pretrain`)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from thinkling.models.config import ModelConfig
from thinkling.train.optimizer import OptimizerSettings
from thinkling.train.policy import Precision
from thinkling.train.stage import StageSettings

Count = Annotated[int, Field(ge=1)]


class PretrainSettings(StageSettings):
    """A model learns the primer, token by token."""

    preset: str | None = None
    """A model by name; the vocabulary is the tokenizer's."""
    model: ModelConfig | None = None
    """Or the model written out."""
    start: str | None = None
    """Or a model to go on with: a folder, or "earlier" for the one made last before."""
    steps: Count
    """Optimizer steps."""
    rows_per_step: Count = 64
    """Packed rows in one step; a row's length is the primer's."""
    tokens_per_pass: Count = 4096
    """Tokens in one forward and backward pass: memory, and nothing else."""
    documents: Literal["joined", "apart"] = "joined"
    """Whether a conversation sees those before it in its row, or stands alone as in a chat."""
    learns: Literal["text", "answers"] = "text"
    """What is predicted: every token of the text, or only what the assistant says last in a conversation."""
    validation_rows: Annotated[int, Field(ge=0)] = 64
    """Rows that are never trained on (at most a twentieth of all); 0 measures nothing."""
    evaluate_every: Count = 200
    """Steps between measurements of the validation loss; one is also made at the end."""
    init_std: float = Field(0.02, gt=0)
    """Standard deviation of all initial matrices (0.006 in V3)."""
    precision: Precision = "auto"
    """Precision of matrix products; weights stay fp32."""
    mtp_weight: float = Field(0.3, ge=0)
    """Weight of the MTP loss (lambda: 0.3, later 0.1, in V3)."""
    balance_weight: float = Field(1e-4, ge=0)
    """Weight of the sequence-wise balance loss (alpha)."""
    bias_rate: float = Field(1e-3, ge=0)
    """How far a selection bias moves each step (gamma)."""
    bias_still_share: float = Field(0.05, ge=0, le=1)
    """Share of the steps, at the end, in which the biases stay (3 % in V3)."""
    stored_dtype: str = Field("float32", pattern="^(float32|bfloat16)$")
    """How the finished model's weights are stored."""
    optimizer: OptimizerSettings = OptimizerSettings()
    """How weights follow their gradients."""

    @model_validator(mode="after")
    def _one_model(self) -> PretrainSettings:
        if sum(one is not None for one in (self.preset, self.model, self.start)) != 1:
            raise ValueError("give one of preset, model and start")
        return self
