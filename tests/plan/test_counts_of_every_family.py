"""Counts of random shapes equal those of the models built from them on the meta device."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings

from tests.plan.shapes import SHAPES
from thinkling.models.config import MLA, ModelConfig
from thinkling.models.families import family_of
from thinkling.models.transformer import Transformer
from thinkling.plan.count import count_params, kv_bytes_per_token
from thinkling.plan.memory import kept_in_16_bits, matrix_params, weight_bytes
from thinkling.plan.named import read_model
from thinkling.plan.shapes import SHAPES as RELEASED
from thinkling.plan.shapes import shape_called


def built(config: ModelConfig) -> dict[str, torch.Size]:
    """Shapes of everything that is counted: parameters, and the router's correction bias."""
    with torch.device("meta"):
        model = Transformer(config)
    shapes = {name: value.shape for name, value in model.named_parameters()}
    return shapes | {
        name: value.shape for name, value in model.named_buffers() if name.endswith("correction_bias")
    }


@settings(max_examples=60, deadline=None)
@given(SHAPES)
def test_counts_of_any_shape_equal_the_model_built_on_the_meta_device(config: ModelConfig) -> None:
    shapes = built(config)
    mtp = sum(shape.numel() for name, shape in shapes.items() if name.startswith("mtp."))
    counted = count_params(config)
    assert counted.total == sum(shape.numel() for shape in shapes.values()) - mtp
    assert counted.mtp == mtp
    assert counted.active <= counted.total


@settings(max_examples=60, deadline=None)
@given(SHAPES)
def test_what_a_format_makes_smaller_are_the_matrices_but_embedding_and_router(config: ModelConfig) -> None:
    matrices = sum(
        shape.numel()
        for name, shape in built(config).items()
        if len(shape) > 1
        and "router" not in name
        and not name.startswith("mtp.")
        and (config.is_tied or not name.startswith("embedding"))
    )
    assert matrix_params(config) == matrices
    assert kept_in_16_bits(config) == count_params(config).total - matrices
    assert weight_bytes(config, "bf16") == 2 * count_params(config).total
    assert weight_bytes(config, "fp32") == 4 * count_params(config).total


@settings(max_examples=40, deadline=None)
@given(SHAPES)
def test_a_shape_written_as_config_json_is_planned_as_the_same_shape(config: ModelConfig) -> None:
    family = family_of(config)
    raw = {"model_type": family.model_type, **family.write_config(config)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.json"
        path.write_text(json.dumps(raw))
        model = read_model(path)
    assert count_params(model.config) == count_params(config)
    assert kv_bytes_per_token(model.config) == kv_bytes_per_token(config)


@settings(max_examples=40, deadline=None)
@given(SHAPES)
def test_the_cache_is_a_latent_or_keys_and_values(config: ModelConfig) -> None:
    attention = config.attention
    if isinstance(attention, MLA):
        numbers = attention.kv_rank + attention.rope_width
    else:
        numbers = 2 * attention.num_kv_heads * attention.head_width
    assert kv_bytes_per_token(config) == 2 * numbers * config.num_layers


@pytest.mark.parametrize("name", RELEASED)
def test_counts_of_released_shapes_equal_the_models_built(name: str) -> None:
    sizes = [shape.numel() for shape in built(RELEASED[name]).values()]
    assert count_params(RELEASED[name]).total == sum(sizes)


@pytest.mark.parametrize(
    ("name", "total", "cache"),
    [
        ("llama-2-7b", 6_738_415_616, 524_288),
        ("llama-2-13b", 13_015_864_320, 819_200),
        ("llama-2-70b", 68_976_648_192, 327_680),
        ("llama-3.1-8b", 8_030_261_248, 131_072),
        ("llama-3.1-70b", 70_553_706_496, 327_680),
        ("llama-3.1-405b", 405_853_388_800, 516_096),
        ("qwen2.5-1.5b", 1_543_714_304, 28_672),
        ("qwen2.5-7b", 7_615_616_512, 57_344),
        ("qwen2.5-14b", 14_770_033_664, 196_608),
        ("qwen2.5-32b", 32_763_876_352, 262_144),
        ("qwen2.5-72b", 72_706_203_648, 327_680),
    ],
)
def test_released_shapes_weigh_what_their_checkpoints_do(name: str, total: int, cache: int) -> None:
    found = shape_called(name)
    assert found is not None
    assert count_params(found[1]).total == total
    assert kv_bytes_per_token(found[1]) == cache
