"""Random shapes of every family, small enough to be built in no time."""

from __future__ import annotations

from hypothesis import strategies as st

from thinkling.models.config import GQA, MLA, Dense, ModelConfig, MoE

EVEN = st.integers(1, 12).map(lambda half: 2 * half)


@st.composite
def grouped(draw: st.DrawFn) -> ModelConfig:
    """A Llama, Qwen2 or Qwen3."""
    kv_heads = draw(st.integers(1, 3))
    has_qk_norm, has_qkv_bias = draw(st.sampled_from([(False, False), (False, True), (True, False)]))
    return ModelConfig(
        vocab_size=draw(st.integers(1, 80)),
        width=draw(EVEN),
        num_layers=draw(st.integers(1, 4)),
        attention=GQA(
            num_heads=kv_heads * draw(st.integers(1, 3)),
            num_kv_heads=kv_heads,
            head_width=draw(EVEN),
            has_qk_norm=has_qk_norm,
            has_qkv_bias=has_qkv_bias,
        ),
        ffn=Dense(width=draw(st.integers(1, 50))),
        is_tied=draw(st.booleans()),
        context_length=512,
    )


@st.composite
def latent(draw: st.DrawFn) -> ModelConfig:
    """A DeepSeek-V2 or V3."""
    is_third = draw(st.booleans())
    num_groups = draw(st.integers(1, 3))
    num_active_groups = draw(st.integers(1, num_groups))
    a_group = draw(st.integers(1, 4))
    layers = draw(st.integers(1, 4))
    return ModelConfig(
        vocab_size=draw(st.integers(1, 80)),
        width=draw(EVEN),
        num_layers=layers,
        attention=MLA(
            num_heads=draw(st.integers(1, 4)),
            q_rank=draw(st.none() | st.integers(1, 9)),
            kv_rank=draw(st.integers(1, 20)),
            nope_width=draw(st.integers(1, 9)),
            rope_width=draw(EVEN),
            value_width=draw(st.integers(1, 9)),
        ),
        ffn=MoE(
            num_experts=num_groups * a_group,
            num_active=draw(st.integers(1, num_active_groups * a_group)),
            num_shared=draw(st.integers(0, 2)),
            expert_width=draw(st.integers(1, 9)),
            num_groups=num_groups,
            num_active_groups=num_active_groups,
            scoring="sigmoid" if is_third else "softmax",
            is_normalized=is_third,
        ),
        dense=Dense(width=draw(st.integers(1, 20))),
        num_dense_layers=draw(st.integers(0, layers)),
        mtp_depth=draw(st.integers(0, 1)) if is_third else 0,
        context_length=512,
    )


SHAPES = grouped() | latent()
