"""Multi-token prediction, depth 1 (DeepSeek-V3, equations 21 to 23, in the layout of the released weights).

    h'_i = block(W [RMSNorm(Emb(t_{i+1})) ; RMSNorm(h_i)])  and the main head reads t_{i+2} from RMSNorm(h'_i)

The release concatenates the embedding first (the paper writes it second), and h_i is the main model's state
after its final norm, which is what serving software feeds it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from thinkling.models.attend import Attend
from thinkling.models.block import Block
from thinkling.models.config import ModelConfig
from thinkling.models.linear import Linear
from thinkling.models.moe import Routing
from thinkling.models.norm import RMSNorm
from thinkling.models.rope import Rotation


class MTP(nn.Module):
    """One extra block that looks one token further; it shares embedding and head with the main model."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.embedding_norm = RMSNorm(config.width, config.norm_eps)
        self.hidden_norm = RMSNorm(config.width, config.norm_eps)
        self.merge = Linear(2 * config.width, config.width)
        self.block = Block(config, config.num_layers)
        self.norm = RMSNorm(config.width, config.norm_eps)

    def forward(
        self, hidden_TD: Tensor, next_embedding_TD: Tensor, rotation: Rotation, attend: Attend
    ) -> tuple[Tensor, Routing | None]:
        """`next_embedding_TD`: row i embeds token i + 1. Returns normed states and the block's routing."""
        both = torch.cat((self.embedding_norm(next_embedding_TD), self.hidden_norm(hidden_TD)), -1)
        x_TD, routing = self.block(self.merge(both), rotation, attend)
        return self.norm(x_TD), routing
