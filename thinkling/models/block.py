"""One transformer block: pre-norm attention, pre-norm feed-forward."""

from __future__ import annotations

from torch import Tensor, nn

from thinkling.models import config as shapes
from thinkling.models.attend import Attend
from thinkling.models.dense import Dense
from thinkling.models.gqa import GQA
from thinkling.models.mla import MLA
from thinkling.models.moe import MoE, Routing
from thinkling.models.norm import RMSNorm
from thinkling.models.rope import Rotation, attention_scale


class Block(nn.Module):
    """x += attention(norm(x)); x += ffn(norm(x)). `layer` numbers the block for `attend`'s cache."""

    def __init__(self, config: shapes.ModelConfig, layer: int) -> None:
        super().__init__()
        self.layer = layer
        self.attention_norm = RMSNorm(config.width, config.norm_eps)
        self.attention = _attention(config)
        self.ffn_norm = RMSNorm(config.width, config.norm_eps)
        ffn = config.ffn_of(layer)
        self.ffn: Dense | MoE
        if isinstance(ffn, shapes.Dense):
            self.ffn = Dense(config.width, ffn.width)
        else:
            self.ffn = MoE(ffn, config.width)

    def forward(self, x_TD: Tensor, rotation: Rotation, attend: Attend) -> tuple[Tensor, Routing | None]:
        """The new stream [T, D], and where the tokens went if the feed-forward part is a mixture."""
        x_TD = x_TD + self.attention(self.layer, self.attention_norm(x_TD), rotation, attend)
        h_TD = self.ffn_norm(x_TD)
        if isinstance(self.ffn, MoE):
            y_TD, routing = self.ffn(h_TD)
            return x_TD + y_TD, routing
        return x_TD + self.ffn(h_TD), None


def _attention(config: shapes.ModelConfig) -> GQA | MLA:
    attention = config.attention
    if isinstance(attention, shapes.GQA):
        return GQA(attention, config.width, config.norm_eps)
    scale = attention_scale(config.rope, attention.nope_width + attention.rope_width)
    return MLA(attention, config.width, scale)
