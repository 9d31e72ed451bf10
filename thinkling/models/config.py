"""What a model is, as data: attention (GQA | MLA) + feed-forward (Dense | MoE) + rope + MTP depth. No torch.

A choice that excludes another is a union member and not a flag: "MLA without query compression" is
`MLA(q_rank=None)`, "the V2 router" is `Router(scoring="softmax", group_score="max", ...)`.
Widths follow DeepSeek-V3 (arXiv 2412.19437, section 4.2); the letters are those of `thinkling.models`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from thinkling.config import Record

# Above every model that was ever built; larger numbers are mistakes that would cost memory to find.
Count = Annotated[int, Field(ge=1, le=2**24)]
MOST_EXPERTS = 2**16
"""In all layers together; DeepSeek-V3 has 14,848."""


class Yarn(Record):
    """YaRN context extension (arXiv 2309.00071), with DeepSeek's `mscale` on the attention scale."""

    kind: Literal["yarn"] = "yarn"
    factor: float = Field(40.0, ge=1)
    """How many times longer the context becomes."""
    original_length: Count = 4096
    """Context length of the first training phase, in tokens."""
    beta_fast: float = Field(32.0, gt=0)
    """Dimensions that turn at least this often within `original_length` keep their frequency."""
    beta_slow: float = Field(1.0, gt=0)
    """Dimensions that turn at most this often are slowed by the whole factor."""
    mscale: float = Field(1.0, ge=0)
    """Numerator of the multiplier on cos and sin: 0.1 * mscale * ln(factor) + 1."""
    mscale_all_dim: float = Field(1.0, ge=0)
    """Denominator of that multiplier; its square multiplies the attention scale. 0 leaves the scale alone."""
    attention_factor: float | None = Field(None, gt=0)
    """The multiplier on cos and sin itself, where a release names it."""


class Llama3(Record):
    """Llama 3.1's context extension: slow pairs are slowed by the factor, fast ones kept, others blended."""

    kind: Literal["llama3"] = "llama3"
    factor: float = Field(8.0, ge=1)
    """How many times longer the context becomes."""
    original_length: Count = 8192
    """Context length of the first training phase, in tokens."""
    low_freq_factor: float = Field(1.0, gt=0)
    """Pairs that turn less often than this within `original_length` are slowed by the whole factor."""
    high_freq_factor: float = Field(4.0, gt=0)
    """Pairs that turn more often than this keep their frequency."""

    @model_validator(mode="after")
    def _bounds_are_ordered(self) -> Llama3:
        if self.high_freq_factor <= self.low_freq_factor:
            low, high = self.low_freq_factor, self.high_freq_factor
            raise ValueError(f"high_freq_factor {high} is not above low_freq_factor {low}")
        return self


class LinearScaling(Record):
    """Position interpolation (arXiv 2306.15595): every pair is slowed by the factor."""

    kind: Literal["linear"] = "linear"
    factor: float = Field(ge=1)
    """How many times longer the context becomes."""


class Rope(Record):
    """Rotary position embedding."""

    theta: float = Field(10_000.0, gt=1)
    """Base of the frequencies."""
    scaling: Annotated[Yarn | Llama3 | LinearScaling, Field(discriminator="kind")] | None = None
    """Context extension, if any."""


class GQA(Record):
    """Grouped-query attention, as Llama has it; with RMS-normalised queries and keys it is Qwen3's."""

    kind: Literal["gqa"] = "gqa"
    num_heads: Count
    """Query heads (H)."""
    num_kv_heads: Count
    """Key-value heads (K); each serves num_heads / num_kv_heads query heads."""
    head_width: Count
    """Width of one head (W)."""
    has_qk_norm: bool = True
    """Queries and keys are normalised before rotation (Qwen3)."""
    has_qkv_bias: bool = False
    """Queries, keys and values have a bias (Qwen2)."""

    @model_validator(mode="after")
    def _heads_divide(self) -> GQA:
        if self.num_heads % self.num_kv_heads:
            raise ValueError(
                f"num_heads {self.num_heads} is not a multiple of num_kv_heads {self.num_kv_heads}"
            )
        if self.head_width % 2:
            raise ValueError(f"head_width {self.head_width} is odd, but RoPE turns pairs")
        return self


class MLA(Record):
    """Multi-head latent attention (DeepSeek-V3, equations 1 to 11)."""

    kind: Literal["mla"] = "mla"
    num_heads: Count
    """Query heads (H)."""
    q_rank: Count | None = None
    """Width of the query latent (Q); None projects queries directly, as V2-Lite does."""
    kv_rank: Count
    """Width of the key-value latent (C), the part of a token that is cached."""
    nope_width: Count
    """Width of the unrotated part of a query or key head (N)."""
    rope_width: Count
    """Width of the rotated part (R); one rotated key is shared by all heads."""
    value_width: Count
    """Width of a value head (U)."""

    @model_validator(mode="after")
    def _rope_is_even(self) -> MLA:
        if self.rope_width % 2:
            raise ValueError(f"rope_width {self.rope_width} is odd, but RoPE turns pairs")
        return self


class Dense(Record):
    """A SwiGLU feed-forward layer."""

    kind: Literal["dense"] = "dense"
    width: Count
    """Inner width (F)."""


class MoE(Record):
    """DeepSeekMoE: shared experts for every token, and a few routed ones (V3, equations 12 to 16)."""

    kind: Literal["moe"] = "moe"
    num_experts: Annotated[int, Field(ge=1, le=2**14)]
    """Routed experts (E)."""
    num_active: Count
    """Routed experts each token visits (A)."""
    num_shared: Annotated[int, Field(ge=0)] = 1
    """Experts every token visits; built as one SwiGLU of num_shared * expert_width."""
    expert_width: Count
    """Inner width of one expert (F)."""
    num_groups: Count = 1
    """Groups of consecutive experts."""
    num_active_groups: Count = 1
    """Groups a token may draw experts from."""
    scoring: Literal["sigmoid", "softmax"] = "sigmoid"
    """sigmoid with a correction bias is V3's router; softmax without one is V2's."""
    is_normalized: bool = True
    """Divide the chosen scores by their sum."""
    scale: float = 1.0
    """Multiplies the weights of the routed experts (2.5 in V3)."""

    @property
    def has_correction_bias(self) -> bool:
        """V3's selection bias belongs to sigmoid scores."""
        return self.scoring == "sigmoid"

    @model_validator(mode="after")
    def _groups_fit(self) -> MoE:
        if self.num_experts % self.num_groups:
            raise ValueError(
                f"num_experts {self.num_experts} is not a multiple of num_groups {self.num_groups}"
            )
        if self.num_active_groups > self.num_groups:
            raise ValueError(
                f"num_active_groups {self.num_active_groups} is above num_groups {self.num_groups}"
            )
        reachable = self.num_experts // self.num_groups * self.num_active_groups
        if self.num_active > reachable:
            raise ValueError(
                f"num_active {self.num_active} is above the {reachable} experts a token can reach"
            )
        return self


class ModelConfig(Record):
    """The whole model. Layers before `num_dense_layers` use `dense`, the others `ffn`."""

    vocab_size: Count
    """Rows of the embedding and of the head (V)."""
    width: Count
    """Width of the residual stream (D)."""
    num_layers: Annotated[int, Field(ge=1, le=2**10)]
    """Transformer blocks, without the MTP block."""
    attention: Annotated[GQA | MLA, Field(discriminator="kind")]
    """How tokens look at each other."""
    ffn: Annotated[Dense | MoE, Field(discriminator="kind")]
    """The feed-forward part of a block."""
    dense: Dense | None = None
    """The feed-forward part of the first `num_dense_layers` blocks of a mixture-of-experts model."""
    num_dense_layers: Annotated[int, Field(ge=0)] = 0
    """How many first blocks are dense."""
    rope: Rope = Rope()
    """Rotary positions."""
    norm_eps: float = Field(1e-6, gt=0)
    """Epsilon of the RMS norms (the latent norms of MLA always use 1e-6)."""
    is_tied: bool = False
    """Whether the head shares the embedding's matrix."""
    mtp_depth: Annotated[int, Field(ge=0, le=1)] = 0
    """Multi-token prediction modules (V3 has one)."""
    context_length: Count = 4096
    """Longest sequence, in tokens."""

    @model_validator(mode="after")
    def _dense_layers_fit(self) -> ModelConfig:
        if self.num_dense_layers > self.num_layers:
            raise ValueError(
                f"num_dense_layers {self.num_dense_layers} is above num_layers {self.num_layers}"
            )
        if isinstance(self.ffn, MoE) and self.num_layers * self.ffn.num_experts > MOST_EXPERTS:
            number = self.num_layers * self.ffn.num_experts
            raise ValueError(f"{number} experts in all layers are more than {MOST_EXPERTS}")
        if self.num_dense_layers and self.dense is None:
            raise ValueError("num_dense_layers is set, but `dense` does not say how wide those layers are")
        return self

    def ffn_of(self, layer: int) -> Dense | MoE:
        """The feed-forward kind of block `layer` (the MTP block is number `num_layers`)."""
        if layer < self.num_dense_layers and self.dense is not None:
            return self.dense
        return self.ffn
