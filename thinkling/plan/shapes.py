"""Shapes of released models that are planned for, beside the presets, and the names people call them by.

Sources: Llama 2 (arXiv 2307.09288, table 1 and released config.json), Llama 1 (2302.13971, table 2), Llama
3.1 (2407.21783, table 3), DeepSeek LLM 67B (2401.02954, table 2, and config.json), Qwen2.5 (2412.15115,
table 1). Llama 2 34B was never released: its shape is that of Code Llama 34B.
"""

from __future__ import annotations

from thinkling.models.config import GQA, Dense, Llama3, ModelConfig, Rope
from thinkling.models.presets import PRESETS


def _llama(
    heads: tuple[int, int], num_layers: int, ffn_width: int, vocab_size: int, context_length: int
) -> ModelConfig:
    """A Llama whose heads are 128 wide."""
    is_third = vocab_size == 128_256
    return ModelConfig(
        vocab_size=vocab_size,
        width=128 * heads[0],
        num_layers=num_layers,
        attention=GQA(num_heads=heads[0], num_kv_heads=heads[1], head_width=128, has_qk_norm=False),
        ffn=Dense(width=ffn_width),
        rope=Rope(theta=500_000.0, scaling=Llama3()) if is_third else Rope(),
        norm_eps=1e-5,
        context_length=context_length,
    )


_QWEN_72B = _llama((64, 8), 80, 29_568, 152_064, 131_072)

SHAPES: dict[str, ModelConfig] = {
    "llama-13b": _llama((40, 40), 40, 13_824, 32_000, 2048),
    "llama-65b": _llama((64, 64), 80, 22_016, 32_000, 2048),
    "llama-2-7b": _llama((32, 32), 32, 11_008, 32_000, 4096),
    "llama-2-13b": _llama((40, 40), 40, 13_824, 32_000, 4096),
    "llama-2-34b": _llama((64, 8), 48, 22_016, 32_000, 4096),
    "llama-2-70b": _llama((64, 8), 80, 28_672, 32_000, 4096),
    "llama-3.1-8b": PRESETS["r1-distill-llama-8b"],
    "llama-3.1-70b": PRESETS["r1-distill-llama-70b"],
    "llama-3.1-405b": _llama((128, 8), 126, 53_248, 128_256, 131_072),
    "deepseek-67b": _llama((64, 8), 95, 22_016, 102_400, 4096),
    "qwen2.5-1.5b": PRESETS["r1-distill-qwen-1.5b"].model_copy(update={"is_tied": True}),
    "qwen2.5-7b": PRESETS["r1-distill-qwen-7b"],
    "qwen2.5-14b": PRESETS["r1-distill-qwen-14b"],
    "qwen2.5-32b": PRESETS["r1-distill-qwen-32b"],
    "qwen2.5-72b": _QWEN_72B.model_copy(
        update={"attention": _QWEN_72B.attention.model_copy(update={"has_qkv_bias": True})}
    ),
}

_ALIASES = {
    "r1": "deepseek-r1",
    "v3": "deepseek-v3",
    "v2": "deepseek-v2",
    "deepseek-r1-zero": "deepseek-r1",
    "r1-zero": "deepseek-r1",
    "deepseek-v3-base": "deepseek-v3",
    "deepseek-llm-67b": "deepseek-67b",
}
_OWNERS = ("deepseek-ai/", "meta-llama/", "qwen/")
_ENDINGS = ("-base", "-hf", "-instruct", "-chat")


def shape_called(text: str) -> tuple[str, ModelConfig] | None:
    """The name and the shape behind what a person calls a model; None for a name that is not known.

    Hub ids of the makers are known without network: deepseek-ai/DeepSeek-R1-Distill-Qwen-7B.
    """
    name = text.strip().lower()
    for owner in _OWNERS:
        name = name.removeprefix(owner)
    for candidate in (name, *(name.removesuffix(end) for end in _ENDINGS)):
        candidate = candidate.removeprefix("deepseek-") if "-distill-" in candidate else candidate
        candidate = candidate.removeprefix("meta-")
        candidate = _ALIASES.get(candidate, candidate)
        found = PRESETS.get(candidate) or SHAPES.get(candidate)
        if found is not None:
            return candidate, found
    return None


def known_names() -> tuple[str, ...]:
    """Every name with a shape, presets first."""
    return (*PRESETS, *SHAPES)
