"""Small networks with random weights, norms and biases, for tests that compare two ways to one number."""

from __future__ import annotations

import torch

from thinkling.models.config import GQA, MLA, Dense, Llama3, ModelConfig, MoE, Rope, Yarn
from thinkling.models.transformer import Transformer

MIXTURE = ModelConfig(
    vocab_size=40,
    width=32,
    num_layers=2,
    attention=MLA(num_heads=2, q_rank=24, kv_rank=16, nope_width=8, rope_width=8, value_width=8),
    ffn=MoE(num_experts=8, num_active=2, expert_width=16, num_groups=4, num_active_groups=2, scale=2.5),
    dense=Dense(width=40),
    num_dense_layers=1,
    rope=Rope(scaling=Yarn(factor=4.0, original_length=64)),
    mtp_depth=1,
    context_length=256,
)
DENSE = ModelConfig(
    vocab_size=40,
    width=32,
    num_layers=2,
    attention=GQA(num_heads=4, num_kv_heads=2, head_width=8),
    ffn=Dense(width=40),
    context_length=256,
)
V2 = MIXTURE.model_copy(
    update={
        "mtp_depth": 0,
        "ffn": MIXTURE.ffn.model_copy(update={"scoring": "softmax", "is_normalized": False}),
    }
)
QWEN2 = DENSE.model_copy(
    update={"attention": DENSE.attention.model_copy(update={"has_qk_norm": False, "has_qkv_bias": True})}
)
LLAMA = DENSE.model_copy(
    update={
        "attention": DENSE.attention.model_copy(update={"has_qk_norm": False}),
        "rope": Rope(theta=500_000.0, scaling=Llama3(original_length=64)),
    }
)


def random_model(config: ModelConfig, seed: int = 0) -> Transformer:
    """A model whose norms and selection biases are not trivial either."""
    generator = torch.Generator().manual_seed(seed)
    model = Transformer(config)
    model.initialize(0.15, generator)
    with torch.no_grad():
        for name, tensor in [*model.named_parameters(), *model.named_buffers()]:
            if tensor.dim() == 1 and "frequency" not in name:
                tensor.add_(torch.randn(tensor.shape, generator=generator), alpha=0.1)
    return model.eval()
