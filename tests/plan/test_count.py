"""The counts of the released models are known to the last digit; every preset is held to the built model."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from thinkling.errors import ConfigError
from thinkling.models.config import MLA, Dense, MoE
from thinkling.models.presets import PRESETS, preset_named
from thinkling.models.transformer import Transformer
from thinkling.plan.count import (
    attention_flops_per_token,
    attention_params,
    count_params,
    ffn_params,
    forward_flops_per_token,
    kv_bytes_per_token,
)

V3 = PRESETS["deepseek-v3"]


def test_deepseek_v3_weighs_671026419200_parameters_of_which_37552297472_are_active() -> None:
    count = count_params(V3)
    assert count.total == 671_026_419_200
    assert count.active == 37_552_297_472


def test_active_parameters_without_embedding_and_without_head_match_the_release_notes() -> None:
    count = count_params(V3)
    active = {part.name: part.active for part in count.parts}
    assert count.active - active["embedding"] == 36_625_618_432
    assert count.active - active["embedding"] - active["head"] == 35_698_939_392


def test_each_part_of_deepseek_v3_has_its_published_size() -> None:
    assert attention_params(V3) == 187_107_328
    assert ffn_params(V3, Dense(width=18_432)) == (396_361_728, 396_361_728)
    assert isinstance(V3.ffn, MoE)
    assert ffn_params(V3, V3.ffn)[0] == 11_320_164_608
    one_expert = MoE(num_experts=1, num_active=1, num_shared=0, expert_width=2048, scoring="softmax")
    assert ffn_params(V3, one_expert)[0] == 44_040_192 + V3.width


def test_multi_token_prediction_is_counted_beside_the_model() -> None:
    count = count_params(V3)
    assert count.mtp == 11_610_068_224
    assert count.mtp_active == 2_541_458_688
    assert count.checkpoint == 684_489_845_504


def test_deepseek_r1_is_deepseek_v3_in_shape() -> None:
    assert count_params(PRESETS["deepseek-r1"]) == count_params(V3)


def test_deepseek_v2_lite_weighs_15_7_billion_of_which_2_7_billion_are_active() -> None:
    count = count_params(PRESETS["deepseek-v2-lite"])
    attention = 2048 * 16 * 192 + 2048 * 576 + 512 + 512 * 16 * 256 + 16 * 128 * 2048
    mixture = 66 * 3 * 2048 * 1408 + 64 * 2048
    dense = 3 * 2048 * 10_944
    assert count.total == 2 * 102_400 * 2048 + 2048 + 27 * (attention + 2 * 2048) + dense + 26 * mixture
    assert count.active == count.total - 26 * 58 * 3 * 2048 * 1408
    assert round(count.total / 1e9, 1) == 15.7
    assert round(count.active / 1e9, 1) == 2.7
    assert count.mtp == count.mtp_active == 0
    assert count.checkpoint == count.total


@pytest.mark.parametrize("name", PRESETS)
def test_parts_add_up_and_never_count_more_active_than_there_are(name: str) -> None:
    count = count_params(PRESETS[name])
    assert sum(part.total for part in count.parts) == count.total
    assert all(0 < part.active <= part.total for part in count.parts)


@pytest.mark.parametrize("name", PRESETS)
def test_the_count_equals_the_model_built_on_the_meta_device(name: str) -> None:
    with torch.device("meta"):
        model = Transformer(PRESETS[name])
    sizes = {key: value.numel() for key, value in model.named_parameters()}
    sizes |= {key: value.numel() for key, value in model.named_buffers() if key.endswith("correction_bias")}
    mtp = sum(size for key, size in sizes.items() if key.startswith("mtp."))
    count = count_params(PRESETS[name])
    assert sum(sizes.values()) - mtp == count.total
    assert mtp == count.mtp


@pytest.mark.parametrize(
    ("name", "billions"),
    [
        ("r1-distill-qwen-1.5b", 1.78),
        ("r1-distill-qwen-7b", 7.62),
        ("r1-distill-llama-8b", 8.03),
        ("r1-distill-qwen-14b", 14.8),
        ("r1-distill-qwen-32b", 32.8),
        ("r1-distill-llama-70b", 70.6),
        ("deepseek-v2", 236),
    ],
)
def test_the_students_and_v2_weigh_what_their_pages_say(name: str, billions: float) -> None:
    assert count_params(preset_named(name)).total / 1e9 == pytest.approx(billions, rel=0.004)


def test_a_tied_head_is_counted_once() -> None:
    tied = PRESETS["thinkling-dense-tiny"]
    untied = tied.model_copy(update={"is_tied": False})
    assert count_params(untied).total - count_params(tied).total == tied.vocab_size * tied.width


def test_cache_of_r1_takes_70272_bytes_per_token_in_bf16() -> None:
    assert kv_bytes_per_token(V3) == 70_272
    assert kv_bytes_per_token(V3, bytes_per_value=4) == 2 * 70_272


def test_grouped_query_attention_of_other_models_takes_its_known_cache() -> None:
    tiny = PRESETS["thinkling-dense-tiny"]
    grouped = {"num_heads": 128, "num_kv_heads": 8, "head_width": 128}
    attention = tiny.attention.model_copy(update=grouped)
    assert kv_bytes_per_token(tiny.model_copy(update={"num_layers": 61, "attention": attention})) == 249_856
    assert kv_bytes_per_token(tiny.model_copy(update={"num_layers": 126, "attention": attention})) == 516_096


@pytest.mark.parametrize(("context", "giga"), [(4096, 83.5), (32_768, 155), (131_072, 401)])
def test_forward_arithmetic_of_r1_grows_with_the_window(context: int, giga: float) -> None:
    assert forward_flops_per_token(V3, context) / 1e9 == pytest.approx(giga, rel=0.005)


def test_attention_arithmetic_of_r1_expanded_and_absorbed() -> None:
    assert attention_flops_per_token(V3, 4096 / 2) / 1e9 == pytest.approx(10.2, abs=0.05)
    assert attention_flops_per_token(V3, 4989, is_absorbed=True) / 1e9 == pytest.approx(84.8, abs=0.1)
    dense = PRESETS["thinkling-dense-tiny"]
    assert attention_flops_per_token(dense, 10) == attention_flops_per_token(dense, 10, is_absorbed=True)


def test_a_mistyped_preset_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(ConfigError, match="did you mean 'deepseek-v3'"):
        preset_named("deepsek-v3")
    with pytest.raises(ConfigError, match="the presets are deepseek-v3, "):
        preset_named("qqqq")


def test_query_compression_replaces_one_matrix_by_two_and_a_norm() -> None:
    plain = PRESETS["deepseek-v2-lite"]
    assert isinstance(plain.attention, MLA)
    compressed = plain.model_copy(update={"attention": plain.attention.model_copy(update={"q_rank": 100})})
    two_and_a_norm = 2048 * 100 + 100 + 100 * 16 * 192
    assert attention_params(compressed) - attention_params(plain) == two_and_a_norm - 2048 * 16 * 192


def test_counting_needs_no_torch() -> None:
    code = (
        "import sys; from thinkling.plan.count import count_params; "
        "from thinkling.models.presets import PRESETS; "
        "[count_params(config) for config in PRESETS.values()]; "
        "assert 'torch' not in sys.modules, 'torch was imported'"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
