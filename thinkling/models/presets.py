"""Model shapes by name: the released ones and ours. No torch.

The released sizes are DeepSeek-V3 (arXiv 2412.19437, section 4.2), R1 (the same shape), V2 and V2-Lite
(arXiv 2405.04434, section 3.1.2 and appendix B), and the six students of R1 (arXiv 2501.12948, section 2.4).
`thinkling models` lists them, `thinkling.plan.count` weighs them.
"""

from __future__ import annotations

from difflib import get_close_matches

from thinkling.errors import ConfigError
from thinkling.models.config import GQA, MLA, Dense, Llama3, ModelConfig, MoE, Rope, Yarn

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
    rope=Rope(
        theta=10_000.0, scaling=Yarn(factor=40.0, original_length=4096, mscale=1.0, mscale_all_dim=1.0)
    ),
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
        theta=10_000.0, scaling=Yarn(factor=40.0, original_length=4096, mscale=0.707, mscale_all_dim=0.707)
    ),
    context_length=163_840,
)

DEEPSEEK_V2 = ModelConfig(
    vocab_size=102_400,
    width=5120,
    num_layers=60,
    attention=DEEPSEEK_V3.attention,
    ffn=MoE(
        num_experts=160,
        num_active=6,
        num_shared=2,
        expert_width=1536,
        num_groups=8,
        num_active_groups=3,
        scoring="softmax",
        is_normalized=False,
        scale=16.0,
    ),
    dense=Dense(width=12_288),
    num_dense_layers=1,
    rope=DEEPSEEK_V3.rope,
    context_length=163_840,
)


def _distilled(
    heads: tuple[int, int], num_layers: int, ffn_width: int, vocab_size: int, eps: float, rope: Rope
) -> ModelConfig:
    """A student of R1: Qwen2.5 (with biases) or Llama 3 (without). Every head is 128 wide."""
    return ModelConfig(
        vocab_size=vocab_size,
        width=128 * heads[0],
        num_layers=num_layers,
        attention=GQA(
            num_heads=heads[0],
            num_kv_heads=heads[1],
            head_width=128,
            has_qk_norm=False,
            has_qkv_bias=rope.scaling is None,
        ),
        ffn=Dense(width=ffn_width),
        rope=rope,
        norm_eps=eps,
        context_length=131_072,
    )


_LLAMA3 = Rope(theta=500_000.0, scaling=Llama3())
DISTILLED = {
    "r1-distill-qwen-1.5b": _distilled((12, 2), 28, 8960, 151_936, 1e-6, Rope()),
    "r1-distill-qwen-7b": _distilled((28, 4), 28, 18_944, 152_064, 1e-6, Rope()),
    "r1-distill-llama-8b": _distilled((32, 8), 32, 14_336, 128_256, 1e-5, _LLAMA3),
    "r1-distill-qwen-14b": _distilled((40, 8), 48, 13_824, 152_064, 1e-5, Rope(theta=1_000_000.0)),
    "r1-distill-qwen-32b": _distilled((40, 8), 64, 27_648, 152_064, 1e-5, Rope(theta=1_000_000.0)),
    "r1-distill-llama-70b": _distilled((64, 8), 80, 28_672, 128_256, 1e-5, _LLAMA3),
}

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
    "deepseek-v2": DEEPSEEK_V2,
    "deepseek-v2-lite": DEEPSEEK_V2_LITE,
    **DISTILLED,
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
