"""The names and shapes of stored tensors are those of the release."""

from __future__ import annotations

from math import prod
from pathlib import Path

from safetensors import safe_open

from tests.oracles.small_models import DENSE, random_model
from thinkling.models.config import MLA, Dense, ModelConfig, MoE
from thinkling.models.families import family_of
from thinkling.models.presets import DEEPSEEK_V3
from thinkling.weights.write import save_model

CONFIG = ModelConfig(
    vocab_size=20,
    width=16,
    num_layers=2,
    attention=MLA(num_heads=2, q_rank=12, kv_rank=8, nope_width=6, rope_width=4, value_width=10),
    ffn=MoE(num_experts=2, num_active=1, num_shared=2, expert_width=7),
    dense=Dense(width=24),
    num_dense_layers=1,
    mtp_depth=1,
)
ATTENTION = {
    "input_layernorm.weight": [16],
    "post_attention_layernorm.weight": [16],
    "self_attn.q_a_proj.weight": [12, 16],
    "self_attn.q_a_layernorm.weight": [12],
    "self_attn.q_b_proj.weight": [20, 12],
    "self_attn.kv_a_proj_with_mqa.weight": [12, 16],
    "self_attn.kv_a_layernorm.weight": [8],
    "self_attn.kv_b_proj.weight": [32, 8],
    "self_attn.o_proj.weight": [16, 20],
}
DENSE_MLP = {
    "mlp.gate_proj.weight": [24, 16],
    "mlp.up_proj.weight": [24, 16],
    "mlp.down_proj.weight": [16, 24],
}
MIXTURE_MLP = {
    "mlp.gate.weight": [2, 16],
    "mlp.gate.e_score_correction_bias": [2],
    "mlp.experts.0.gate_proj.weight": [7, 16],
    "mlp.experts.0.up_proj.weight": [7, 16],
    "mlp.experts.0.down_proj.weight": [16, 7],
    "mlp.experts.1.gate_proj.weight": [7, 16],
    "mlp.experts.1.up_proj.weight": [7, 16],
    "mlp.experts.1.down_proj.weight": [16, 7],
    "mlp.shared_experts.gate_proj.weight": [14, 16],
    "mlp.shared_experts.up_proj.weight": [14, 16],
    "mlp.shared_experts.down_proj.weight": [16, 14],
}
MTP = {
    "embed_tokens.weight": [20, 16],
    "enorm.weight": [16],
    "hnorm.weight": [16],
    "eh_proj.weight": [16, 32],
    "shared_head.norm.weight": [16],
    "shared_head.head.weight": [20, 16],
}


def stored_shapes(folder: Path) -> dict[str, list[int]]:
    with safe_open(folder / "model.safetensors", framework="pt") as file:
        return {name: file.get_slice(name).get_shape() for name in file.keys()}  # noqa: SIM118


def test_a_mixture_with_mtp_is_stored_under_exactly_the_released_names(tmp_path: Path) -> None:
    save_model(random_model(CONFIG), tmp_path)
    expected = {
        "model.embed_tokens.weight": [20, 16],
        "model.norm.weight": [16],
        "lm_head.weight": [20, 16],
    }
    for layer, parts in enumerate(
        (ATTENTION | DENSE_MLP, ATTENTION | MIXTURE_MLP, ATTENTION | MIXTURE_MLP | MTP)
    ):
        expected |= {f"model.layers.{layer}.{name}": shape for name, shape in parts.items()}
    assert stored_shapes(tmp_path) == expected


def test_queries_without_compression_have_one_projection() -> None:
    attention = CONFIG.attention.model_copy(update={"q_rank": None})
    config = CONFIG.model_copy(update={"attention": attention})
    names = {name for name in family_of(config).places(config) if ".layers.0.self_attn.q" in name}
    assert names == {"model.layers.0.self_attn.q_proj.weight"}


def test_the_mtp_layer_repeats_embedding_and_head(tmp_path: Path) -> None:
    save_model(random_model(CONFIG), tmp_path)
    with safe_open(tmp_path / "model.safetensors", framework="pt") as file:
        for ours, copy in (
            ("model.embed_tokens.weight", "model.layers.2.embed_tokens.weight"),
            ("lm_head.weight", "model.layers.2.shared_head.head.weight"),
        ):
            assert file.get_tensor(ours).equal(file.get_tensor(copy))


def test_a_dense_model_is_stored_under_the_names_of_qwen3(tmp_path: Path) -> None:
    save_model(random_model(DENSE.model_copy(update={"num_layers": 1})), tmp_path)
    assert stored_shapes(tmp_path) == {
        "model.embed_tokens.weight": [40, 32],
        "model.layers.0.input_layernorm.weight": [32],
        "model.layers.0.post_attention_layernorm.weight": [32],
        "model.layers.0.self_attn.q_proj.weight": [32, 32],
        "model.layers.0.self_attn.k_proj.weight": [16, 32],
        "model.layers.0.self_attn.v_proj.weight": [16, 32],
        "model.layers.0.self_attn.o_proj.weight": [32, 32],
        "model.layers.0.self_attn.q_norm.weight": [8],
        "model.layers.0.self_attn.k_norm.weight": [8],
        "model.layers.0.mlp.gate_proj.weight": [40, 32],
        "model.layers.0.mlp.up_proj.weight": [40, 32],
        "model.layers.0.mlp.down_proj.weight": [32, 40],
        "model.norm.weight": [32],
        "lm_head.weight": [40, 32],
    }


def test_deepseek_v3_whole_has_91_991_tensors_with_its_scales() -> None:
    """Every projection is stored in FP8 and has a scale beside it; eh_proj and the head are not."""
    names = list(family_of(DEEPSEEK_V3).places(DEEPSEEK_V3))
    scaled = [name for name in names if "_proj" in name and "eh_proj" not in name]
    assert len(names) + len(scaled) == 91_991


def test_no_two_tensors_share_a_place() -> None:
    """Together they fill every parameter exactly once, copies aside."""
    model = random_model(CONFIG)
    targets = dict(model.named_parameters()) | {
        name: buffer for name, buffer in model.named_buffers() if "frequency" not in name
    }
    filled = dict.fromkeys(targets, 0)
    for place in family_of(CONFIG).places(CONFIG).values():
        part = targets[place.name][place.index] if place.index else targets[place.name]
        filled[place.name] += 0 if place.is_copy else prod(part.shape)
    assert filled == {name: prod(tensor.shape) for name, tensor in targets.items()}
