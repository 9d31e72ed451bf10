"""DeepSeek-V3 and R1: config.json fields and tensor names as released (91,991 tensors for the full size).

To read DeepSeek-V3 whole: `models.config.MLA` and `MoE` (the numbers), `models.mla`, `models.rope`,
`models.moe`, `models.mtp`, `models.transformer`, then this file for the names.
"""

from __future__ import annotations

from typing import Any

from thinkling.errors import ModelError
from thinkling.models.config import MLA, Dense, ModelConfig, MoE
from thinkling.models.families.family import (
    Family,
    Json,
    Place,
    outer_places,
    read_outer,
    refuse_other_values,
    required,
    swiglu_places,
    write_outer,
)

FIXED = {"hidden_act": "silu", "attention_bias": False, "moe_layer_freq": 1}
"""What the releases of V2 and V3 have in common and no other value of which is supported."""


def read_config(raw: Json) -> ModelConfig:
    """config.json to ModelConfig. Raises ModelError where a field is missing or means something else."""
    own = {"scoring_func": "sigmoid", "topk_method": "noaux_tc", "rope_interleave": True}
    refuse_other_values(raw, FIXED | own, "deepseek_v3")
    return read_latent(raw, "deepseek_v3")


def read_latent(raw: Json, model_type: str) -> ModelConfig:
    """The fields that V2 and V3 share, with V3's router."""
    outer = read_outer(raw, model_type, 4096)
    return ModelConfig(
        **outer,
        attention=MLA(
            num_heads=required(raw, "num_attention_heads"),
            q_rank=raw.get("q_lora_rank"),
            kv_rank=required(raw, "kv_lora_rank"),
            nope_width=required(raw, "qk_nope_head_dim"),
            rope_width=required(raw, "qk_rope_head_dim"),
            value_width=required(raw, "v_head_dim"),
        ),
        ffn=MoE(
            num_experts=required(raw, "n_routed_experts"),
            num_active=required(raw, "num_experts_per_tok"),
            num_shared=raw.get("n_shared_experts") or 0,
            expert_width=required(raw, "moe_intermediate_size"),
            num_groups=raw.get("n_group") or 1,
            num_active_groups=raw.get("topk_group") or 1,
            is_normalized=raw.get("norm_topk_prob", True),
            scale=raw.get("routed_scaling_factor", 1.0),
        ),
        dense=Dense(width=required(raw, "intermediate_size")),
        num_dense_layers=min(raw.get("first_k_dense_replace", 0), outer["num_layers"]),
        mtp_depth=raw.get("num_nextn_predict_layers") or 0,
    )


def write_config(config: ModelConfig) -> dict[str, Any]:
    """ModelConfig to the fields of config.json, as the release spells them."""
    return {
        **write_latent(config),
        "num_nextn_predict_layers": config.mtp_depth,
        "topk_method": "noaux_tc",
        "scoring_func": "sigmoid",
    }


def write_latent(config: ModelConfig) -> dict[str, Any]:
    """The fields that V2 and V3 share. Raises ModelError where there is no mixture of experts."""
    attention, moe = config.attention, config.ffn
    assert isinstance(attention, MLA)
    if not isinstance(moe, MoE):
        raise ModelError(
            "this model has latent attention without experts, which no supported family can store.",
            "use a mixture of experts beside MLA",
        )
    return {
        **write_outer(config),
        "num_attention_heads": attention.num_heads,
        "num_key_value_heads": attention.num_heads,
        "q_lora_rank": attention.q_rank,
        "kv_lora_rank": attention.kv_rank,
        "qk_nope_head_dim": attention.nope_width,
        "qk_rope_head_dim": attention.rope_width,
        "v_head_dim": attention.value_width,
        "intermediate_size": config.dense.width if config.dense else moe.expert_width,
        "first_k_dense_replace": config.num_dense_layers,
        "n_routed_experts": moe.num_experts,
        "num_experts_per_tok": moe.num_active,
        "n_shared_experts": moe.num_shared,
        "moe_intermediate_size": moe.expert_width,
        "n_group": moe.num_groups,
        "topk_group": moe.num_active_groups,
        "norm_topk_prob": moe.is_normalized,
        "routed_scaling_factor": moe.scale,
        **FIXED,
    }


def places(config: ModelConfig) -> dict[str, Place]:
    """Every released tensor name to its place in our model."""
    names = outer_places(config)
    for layer in range(config.num_layers):
        names |= _block_places(config, layer, f"blocks.{layer}")
    if config.mtp_depth:
        prefix = f"model.layers.{config.num_layers}"
        names |= _block_places(config, config.num_layers, "mtp.block")
        names |= {
            f"{prefix}.embed_tokens.weight": Place("embedding.weight", is_copy=True),
            f"{prefix}.enorm.weight": Place("mtp.embedding_norm.weight"),
            f"{prefix}.hnorm.weight": Place("mtp.hidden_norm.weight"),
            f"{prefix}.eh_proj.weight": Place("mtp.merge.weight"),
            f"{prefix}.shared_head.norm.weight": Place("mtp.norm.weight"),
            f"{prefix}.shared_head.head.weight": Place("head.weight", is_copy=True),
        }
    return names


def _block_places(config: ModelConfig, layer: int, block: str) -> dict[str, Place]:
    prefix, attention = f"model.layers.{layer}", f"{block}.attention"
    attn = f"{prefix}.self_attn"
    names = {
        f"{prefix}.input_layernorm.weight": Place(f"{block}.attention_norm.weight"),
        f"{prefix}.post_attention_layernorm.weight": Place(f"{block}.ffn_norm.weight"),
        f"{attn}.kv_a_proj_with_mqa.weight": Place(f"{attention}.kv_down.weight"),
        f"{attn}.kv_a_layernorm.weight": Place(f"{attention}.kv_norm.weight"),
        f"{attn}.kv_b_proj.weight": Place(f"{attention}.kv_up.weight"),
        f"{attn}.o_proj.weight": Place(f"{attention}.o.weight"),
    }
    assert isinstance(config.attention, MLA)
    if config.attention.q_rank is None:
        names[f"{attn}.q_proj.weight"] = Place(f"{attention}.q.weight")
    else:
        names[f"{attn}.q_a_proj.weight"] = Place(f"{attention}.q.down.weight")
        names[f"{attn}.q_a_layernorm.weight"] = Place(f"{attention}.q.norm.weight")
        names[f"{attn}.q_b_proj.weight"] = Place(f"{attention}.q.up.weight")
    ffn = config.ffn_of(layer)
    if isinstance(ffn, Dense):
        return names | swiglu_places(f"{prefix}.mlp", f"{block}.ffn", ffn.width)
    return names | _mixture_places(ffn, f"{prefix}.mlp", f"{block}.ffn")


def _mixture_places(moe: MoE, prefix: str, ffn: str) -> dict[str, Place]:
    width = moe.expert_width
    names = {f"{prefix}.gate.weight": Place(f"{ffn}.router.weight")}
    if moe.has_correction_bias:
        names[f"{prefix}.gate.e_score_correction_bias"] = Place(f"{ffn}.router.correction_bias")
    for e in range(moe.num_experts):
        expert = f"{prefix}.experts.{e}"
        names[f"{expert}.gate_proj.weight"] = Place(f"{ffn}.experts.gate_up", (e, slice(0, width)))
        names[f"{expert}.up_proj.weight"] = Place(f"{ffn}.experts.gate_up", (e, slice(width, 2 * width)))
        names[f"{expert}.down_proj.weight"] = Place(f"{ffn}.experts.down", (e,))
    if moe.num_shared:
        names |= swiglu_places(f"{prefix}.shared_experts", f"{ffn}.shared", moe.num_shared * width)
    return names


FAMILY = Family("deepseek_v3", "DeepseekV3ForCausalLM", read_config, write_config, places)
