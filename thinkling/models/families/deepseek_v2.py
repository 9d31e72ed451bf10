"""DeepSeek-V2 and V2-Lite (arXiv 2405.04434): V3's layout with softmax scores, no selection bias, no MTP."""

from __future__ import annotations

from typing import Any

from thinkling.errors import ModelError
from thinkling.models.config import ModelConfig, MoE
from thinkling.models.families.deepseek_v3 import FIXED, places, read_latent, write_latent
from thinkling.models.families.family import Family, Json, refuse_other_values

GREEDY, BY_GROUPS = "greedy", "group_limited_greedy"


def read_config(raw: Json) -> ModelConfig:
    """config.json to ModelConfig. Raises ModelError where a field is missing or means something else."""
    own = {"scoring_func": "softmax", "norm_topk_prob": False, "mlp_bias": False}
    refuse_other_values(raw, FIXED | own, "deepseek_v2")
    method = raw.get("topk_method", GREEDY)
    if method not in (GREEDY, BY_GROUPS):
        raise ModelError(
            f"config.json says topk_method = {method!r}, and deepseek_v2 has {GREEDY!r} and {BY_GROUPS!r}.",
            "use a model in the layout of the deepseek_v2 releases",
        )
    groups = {"n_group": 1, "topk_group": 1} if method == GREEDY else {}
    config = read_latent(
        {**raw, **groups, "norm_topk_prob": False, "num_nextn_predict_layers": 0}, "deepseek_v2"
    )
    assert isinstance(config.ffn, MoE)
    return config.model_copy(update={"ffn": config.ffn.model_copy(update={"scoring": "softmax"})})


def write_config(config: ModelConfig) -> dict[str, Any]:
    """ModelConfig to the fields of config.json. Raises ModelError where V2 has no word for it."""
    fields = write_latent(config)
    assert isinstance(config.ffn, MoE)
    if config.mtp_depth or config.ffn.is_normalized:
        raise ModelError(
            "softmax scores are stored as deepseek_v2, which has no MTP and does not normalise them.",
            "use sigmoid scores, or leave these out",
        )
    method = BY_GROUPS if config.ffn.num_groups > 1 else GREEDY
    return {**fields, "scoring_func": "softmax", "topk_method": method}


FAMILY = Family("deepseek_v2", "DeepseekV2ForCausalLM", read_config, write_config, places)
