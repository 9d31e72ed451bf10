"""Parameters, cache bytes and arithmetic of a `ModelConfig`, without building it. No torch.

`thinkling models` prints these numbers; a test compares them with the model built on the meta device.
The formulas are those of DeepSeek-V3 (arXiv 2412.19437, sections 2 and 4.2). Counted are parameters and
the router's correction bias; "active" is what one token touches, embedding and head included.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from thinkling.models.config import GQA, MLA, Dense, ModelConfig, MoE


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a model over all layers: parameters in all, and those that one token uses."""

    name: str
    total: int
    active: int


@dataclass(frozen=True, slots=True)
class ParamCount:
    """Parameters of a model. `parts` add up to `total`; multi-token prediction is counted beside it."""

    parts: tuple[Part, ...]
    """Embedding, attention, norms, feed-forward parts, head: in the order in which a token meets them."""
    mtp: int
    """The MTP module alone; it shares the main model's embedding and head."""
    mtp_active: int
    """What one draft token touches: the module's active part, the shared embedding and head."""
    checkpoint: int
    """Numbers in a released folder, where the MTP module carries copies of the embedding and the head."""

    @property
    def total(self) -> int:
        """All parameters of the main model."""
        return sum(part.total for part in self.parts)

    @property
    def active(self) -> int:
        """Parameters that one token uses."""
        return sum(part.active for part in self.parts)


@lru_cache(maxsize=64)
def count_params(config: ModelConfig) -> ParamCount:
    """Count the parameters of `config`, part by part."""
    layers = [config.ffn_of(layer) for layer in range(config.num_layers)]
    mixtures = [ffn for ffn in layers if isinstance(ffn, MoE)]
    table = config.vocab_size * config.width
    norms = (2 * config.num_layers + 1) * config.width
    attention = config.num_layers * attention_params(config)
    dense = sum(3 * config.width * ffn.width for ffn in layers if isinstance(ffn, Dense))
    router = sum(_router_params(config, moe) for moe in mixtures)
    expert = [3 * config.width * moe.expert_width for moe in mixtures]
    shared = sum(one * moe.num_shared for one, moe in zip(expert, mixtures, strict=True))
    routed = sum(one * moe.num_experts for one, moe in zip(expert, mixtures, strict=True))
    visited = sum(one * moe.num_active for one, moe in zip(expert, mixtures, strict=True))
    parts = (
        Part("embedding", table, table),
        Part("attention", attention, attention),
        Part("norms", norms, norms),
        Part("dense feed-forward", dense, dense),
        Part("router", router, router),
        Part("shared experts", shared, shared),
        Part("routed experts", routed, visited),
        Part("head", 0 if config.is_tied else table, 0 if config.is_tied else table),
    )
    mtp, mtp_active = _mtp_params(config)
    num_copies = 1 if config.is_tied else 2
    return ParamCount(
        parts=tuple(part for part in parts if part.total),
        mtp=mtp,
        mtp_active=mtp_active + 2 * table if mtp else 0,
        checkpoint=sum(part.total for part in parts) + mtp + (num_copies * table if mtp else 0),
    )


def attention_params(config: ModelConfig) -> int:
    """Parameters of one attention layer, its inner norms and biases included."""
    attention = config.attention
    if isinstance(attention, GQA):
        norms = 2 * attention.head_width * attention.has_qk_norm
        outputs = (attention.num_heads + 2 * attention.num_kv_heads) * attention.head_width
        return _attention_weights(config) + norms + outputs * attention.has_qkv_bias
    return _attention_weights(config) + (attention.q_rank or 0) + attention.kv_rank


def ffn_params(config: ModelConfig, ffn: Dense | MoE) -> tuple[int, int]:
    """Parameters of one feed-forward layer: in all, and those that one token uses."""
    if isinstance(ffn, Dense):
        return 3 * config.width * ffn.width, 3 * config.width * ffn.width
    expert = 3 * config.width * ffn.expert_width
    router = _router_params(config, ffn)
    return (
        (ffn.num_experts + ffn.num_shared) * expert + router,
        (ffn.num_active + ffn.num_shared) * expert + router,
    )


def routed_params(config: ModelConfig) -> int:
    """Parameters of routed experts over all layers, those of the prediction module apart."""
    return sum(part.total for part in count_params(config).parts if part.name == "routed experts")


def module_routed_params(config: ModelConfig) -> int:
    """Parameters of routed experts in the multi-token prediction module."""
    ffn = config.ffn_of(config.num_layers) if config.mtp_depth else None
    return 3 * config.width * ffn.expert_width * ffn.num_experts if isinstance(ffn, MoE) else 0


def kv_bytes_per_token(config: ModelConfig, bytes_per_value: int = 2) -> int:
    """Bytes that one token adds to the cache over all layers.

    MLA caches the latent and the rotated key, GQA keys and values. `bytes_per_value` 2 is BF16.
    """
    attention = config.attention
    if isinstance(attention, MLA):
        width = attention.kv_rank + attention.rope_width
    else:
        width = 2 * attention.num_kv_heads * attention.head_width
    return width * config.num_layers * bytes_per_value


def attention_flops_per_token(config: ModelConfig, attended: float, *, is_absorbed: bool = False) -> float:
    """Operations of scores and weighted sum, over all layers, for a token that attends to `attended` tokens.

    A multiply-add is two operations. Absorbed MLA (decode) compares latents: a longer product for a smaller
    cache read. The projections are matrix products and counted in `forward_flops_per_token`.
    """
    attention = config.attention
    if isinstance(attention, GQA):
        width = 2 * attention.head_width
    elif is_absorbed:
        width = 2 * attention.kv_rank + attention.rope_width
    else:
        width = attention.nope_width + attention.rope_width + attention.value_width
    return 2.0 * config.num_layers * attention.num_heads * width * attended


def forward_flops_per_token(config: ModelConfig, context: int) -> float:
    """Floating-point operations per token of a forward pass over a causal window of `context` tokens.

    Twice the matrix weights a token meets (the embedding is looked up, not multiplied), and attention over
    context / 2 earlier tokens on average. A training step is about three times that; MTP is not included.
    """
    return 2.0 * _weights_met(config) + attention_flops_per_token(config, context / 2)


@lru_cache(maxsize=64)
def _weights_met(config: ModelConfig) -> int:
    """Matrix weights that one token is multiplied with, over all layers and the head."""
    weights = config.vocab_size * config.width
    for layer in range(config.num_layers):
        weights += _attention_weights(config) + _ffn_weights(config, config.ffn_of(layer))
    return weights


def training_flops_per_token(config: ModelConfig, context: int) -> float:
    """Operations per token of a training step over windows of `context` tokens: forward, and twice that
    back.

    Multi-token prediction is included where the shape has it: one more block, the joining product and the
    head. Nothing is counted twice that is computed again to save memory.
    """
    return 3.0 * (forward_flops_per_token(config, context) + module_flops_per_token(config, context))


def module_flops_per_token(config: ModelConfig, context: int = 0) -> float:
    """Operations of the multi-token prediction module, head included, for a token of such a window."""
    if not config.mtp_depth:
        return 0.0
    block = _attention_weights(config) + _ffn_weights(config, config.ffn_of(config.num_layers))
    weights = block + 2 * config.width**2 + config.vocab_size * config.width
    return 2.0 * weights + attention_flops_per_token(config, context / 2) / config.num_layers


def _attention_weights(config: ModelConfig) -> int:
    attention, width = config.attention, config.width
    if isinstance(attention, GQA):
        heads = 2 * attention.num_heads + 2 * attention.num_kv_heads
        return width * heads * attention.head_width
    query = attention.num_heads * (attention.nope_width + attention.rope_width)
    if attention.q_rank is None:
        queries = width * query
    else:
        queries = width * attention.q_rank + attention.q_rank * query
    down = width * (attention.kv_rank + attention.rope_width)
    up = attention.kv_rank * attention.num_heads * (attention.nope_width + attention.value_width)
    return queries + down + up + attention.num_heads * attention.value_width * width


def _ffn_weights(config: ModelConfig, ffn: Dense | MoE) -> int:
    bias = ffn.num_experts if isinstance(ffn, MoE) and ffn.has_correction_bias else 0
    return ffn_params(config, ffn)[1] - bias


def _router_params(config: ModelConfig, moe: MoE) -> int:
    return moe.num_experts * config.width + (moe.num_experts if moe.has_correction_bias else 0)


def _mtp_params(config: ModelConfig) -> tuple[int, int]:
    """The MTP module: one block after the last, the joining projection, three norms. All, and active."""
    if not config.mtp_depth:
        return 0, 0
    total, active = ffn_params(config, config.ffn_of(config.num_layers))
    rest = attention_params(config) + 2 * config.width + 2 * config.width**2 + 3 * config.width
    return total + rest, active + rest
