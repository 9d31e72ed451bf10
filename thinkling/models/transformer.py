"""The whole network: embedding, blocks, final norm, head, and the multi-token prediction module."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from thinkling.models import config as shapes
from thinkling.models.attend import Attend
from thinkling.models.block import Block
from thinkling.models.embedding import Embedding
from thinkling.models.linear import Head
from thinkling.models.moe import Routing
from thinkling.models.mtp import MTP
from thinkling.models.norm import RMSNorm
from thinkling.models.rope import RotaryPositions, Rotation


@dataclass(frozen=True, slots=True)
class Hidden:
    """States after the final norm [T, D], the rotation used, and one `Routing` for each mixture block."""

    states_TD: Tensor
    rotation: Rotation
    routings: tuple[Routing, ...]


class Transformer(nn.Module):
    """Token ids and positions of a packed row to states; `logits` reads them."""

    def __init__(self, config: shapes.ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = Embedding(config.vocab_size, config.width)
        self.positions = self.rotary(config)
        self.blocks = nn.ModuleList(Block(config, layer) for layer in range(config.num_layers))
        self.norm = RMSNorm(config.width, config.norm_eps)
        self.head = Head(config.width, config.vocab_size)
        if config.is_tied:
            self.head.weight = self.embedding.weight
        self.mtp = MTP(config) if config.mtp_depth else None

    @staticmethod
    def rotary(config: shapes.ModelConfig) -> RotaryPositions:
        """Rotation tables for the rotated part of a head."""
        attention = config.attention
        if isinstance(attention, shapes.MLA):
            return RotaryPositions(config.rope, attention.rope_width)
        return RotaryPositions(config.rope, attention.head_width)

    def forward(self, ids_T: Tensor, positions_T: Tensor, attend: Attend) -> Hidden:
        rotation = self.positions(positions_T)
        x_TD = self.embedding(ids_T)
        routings = []
        for block in self.blocks:
            x_TD, routing = block(x_TD, rotation, attend)
            if routing is not None:
                routings.append(routing)
        return Hidden(self.norm(x_TD), rotation, tuple(routings))

    def logits(self, states_TD: Tensor) -> Tensor:
        """Scores of the next token [T, V], fp32."""
        logits_TV = self.head(states_TD)
        return logits_TV.float()

    def look_ahead(self, hidden: Hidden, next_ids_T: Tensor, attend: Attend) -> tuple[Tensor, Routing | None]:
        """The MTP module: states [T, D] from which `logits` reads the token after `next_ids_T`."""
        assert self.mtp is not None, "this model has no MTP module"
        return self.mtp(hidden.states_TD, self.embedding(next_ids_T), hidden.rotation, attend)

    @torch.no_grad()
    def initialize(self, std: float, generator: torch.Generator) -> None:
        """All matrices ~ N(0, std^2), norms 1, biases 0 (V3, section 4.2, uses 0.006)."""
        for name, parameter in self.named_parameters():
            if parameter.dim() > 1:
                parameter.normal_(0.0, std, generator=generator)
            elif name.endswith("norm.weight"):
                parameter.fill_(1.0)
            else:
                parameter.zero_()
        for name, buffer in self.named_buffers():
            if name.endswith("correction_bias"):
                buffer.zero_()
