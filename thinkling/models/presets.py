"""Model shapes by name: the released ones and ours. No torch.

The released sizes are DeepSeek-V3 (arXiv 2412.19437, section 4.2), R1 (the same shape) and V2-Lite
(arXiv 2405.04434, appendix B). `thinkling models` lists them, `thinkling.plan.count` weighs them.
"""

from __future__ import annotations

from difflib import get_close_matches

from thinkling.errors import ConfigError
from thinkling.models.config import GQA, MLA, Dense, ModelConfig, MoE, Rope, Yarn

DEEPSEEK_V3 = ModelConfig(
    vocab_size=129_280,
    width=7168,
    num_layers=61,
    attention=MLA(num_heads=128, q_rank=1536, kv_rank=512, nope_width=128, rope_width=64, value_width=128),
    ffn=MoE(
        num_experts=256,
        num_active=8,
        num_shared=1,
        expert_width=2048,
        num_groups=8,
        num_active_groups=4,
        scoring="sigmoid",
        is_normalized=True,
        scale=2.5,
    ),
    dense=Dense(width=18_432),
    num_dense_layers=3,
    rope=Rope(theta=10_000.0, yarn=Yarn(factor=40.0, original_length=4096, mscale=1.0, mscale_all_dim=1.0)),
    mtp_depth=1,
    context_length=163_840,
)

DEEPSEEK_V2_LITE = ModelConfig(
    vocab_size=102_400,
    width=2048,
    num_layers=27,
    attention=MLA(num_heads=16, q_rank=None, kv_rank=512, nope_width=128, rope_width=64, value_width=128),
    ffn=MoE(
        num_experts=64,
        num_active=6,
        num_shared=2,
        expert_width=1408,
        scoring="softmax",
        is_normalized=False,
        scale=1.0,
    ),
    dense=Dense(width=10_944),
    num_dense_layers=1,
    rope=Rope(
        theta=10_000.0, yarn=Yarn(factor=40.0, original_length=4096, mscale=0.707, mscale_all_dim=0.707)
    ),
    context_length=163_840,
)

FIRST_LIGHT = ModelConfig(
    vocab_size=512,
    width=160,
    num_layers=4,
    attention=MLA(num_heads=4, q_rank=None, kv_rank=48, nope_width=24, rope_width=16, value_width=40),
    ffn=MoE(num_experts=8, num_active=2, num_shared=1, expert_width=96),
    dense=Dense(width=384),
    num_dense_layers=1,
    mtp_depth=1,
    context_length=512,
)

DENSE_TINY = ModelConfig(
    vocab_size=512,
    width=192,
    num_layers=4,
    attention=GQA(num_heads=6, num_kv_heads=2, head_width=32),
    ffn=Dense(width=512),
    is_tied=True,
    context_length=512,
)

PRESETS: dict[str, ModelConfig] = {
    "deepseek-v3": DEEPSEEK_V3,
    "deepseek-r1": DEEPSEEK_V3,
    "deepseek-v2-lite": DEEPSEEK_V2_LITE,
    "thinkling-first-light": FIRST_LIGHT,
    "thinkling-dense-tiny": DENSE_TINY,
}


def preset_named(name: str) -> ModelConfig:
    """The preset called `name`. Raises ConfigError, which names the nearest preset, for any other name."""
    if name in PRESETS:
        return PRESETS[name]
    nearest = get_close_matches(name, PRESETS, n=1)
    hint = f"did you mean {nearest[0]!r}? " if nearest else ""
    raise ConfigError(f"There is no preset {name!r}.", f"{hint}the presets are {', '.join(PRESETS)}.")
