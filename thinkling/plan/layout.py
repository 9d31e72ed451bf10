"""How a model is cut over devices: tensor, pipeline, expert and data parallel degrees, ZeRO. And what
cannot be.

Data parallel replicas hold the whole model between them where ZeRO (arXiv 1910.02054) cuts its state: stage
1 the optimizer, stage 2 the gradients too, stage 3 the weights too.
"""

from __future__ import annotations

from dataclasses import dataclass

from thinkling.errors import ConfigError
from thinkling.models.config import ModelConfig, MoE


@dataclass(frozen=True, slots=True)
class Layout:
    """Degrees of parallelism; their product (experts apart) is the number of devices."""

    tensor: int = 1
    """Devices among which every matrix is cut."""
    pipeline: int = 1
    """Devices among which the layers are shared out."""
    expert: int = 1
    """Devices among which the experts of a layer are shared out; they are taken from tensor x data."""
    data: int = 1
    """Replicas that read different rows."""
    zero: int = 0
    """ZeRO stage, 0 to 3."""

    @property
    def num_devices(self) -> int:
        """Devices in all."""
        return self.tensor * self.pipeline * self.data

    def check(self, config: ModelConfig) -> None:
        """Raises ConfigError where `config` cannot be cut like that."""
        for name in ("tensor", "pipeline", "expert", "data"):
            if getattr(self, name) < 1:
                raise ConfigError(
                    f"{name} parallel {getattr(self, name)} is no number of devices.", "give 1 or more"
                )
        if self.zero not in (0, 1, 2, 3):
            raise ConfigError(f"There is no ZeRO stage {self.zero}.", "choose 0, 1, 2 or 3")
        num_heads = config.attention.num_heads
        if num_heads % self.tensor:
            raise ConfigError(
                f"{num_heads} heads cannot be cut over tensor parallel {self.tensor}.",
                f"choose one of {_divisors(num_heads)}",
            )
        if self.pipeline > config.num_layers:
            raise ConfigError(
                f"{config.num_layers} layers cannot be shared out over pipeline parallel {self.pipeline}.",
                f"choose at most {config.num_layers}",
            )
        self._check_experts(config)

    def _check_experts(self, config: ModelConfig) -> None:
        if self.expert == 1:
            return
        if not isinstance(config.ffn, MoE):
            raise ConfigError(
                f"Expert parallel {self.expert} needs experts, and this model is dense.", "leave it out"
            )
        if config.ffn.num_experts % self.expert:
            raise ConfigError(
                f"{config.ffn.num_experts} experts cannot be shared out over expert parallel {self.expert}.",
                f"choose one of {_divisors(config.ffn.num_experts)}",
            )
        if (self.tensor * self.data) % self.expert:
            raise ConfigError(
                f"Expert parallel {self.expert} does not divide tensor x data = {self.tensor * self.data}.",
                f"choose one of {_divisors(self.tensor * self.data)}",
            )


def _divisors(number: int) -> str:
    found = [str(one) for one in range(1, number + 1) if number % one == 0]
    return ", ".join(found)
