"""A model that is written and read again is the same model, whole or in shards, here and in transformers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from tests.oracles.small_models import DENSE, LLAMA, MIXTURE, QWEN2, V2, random_model
from thinkling.errors import ModelError
from thinkling.models.attend import Causal
from thinkling.models.config import MLA, Dense, ModelConfig
from thinkling.models.transformer import Transformer
from thinkling.weights.read import load_model, read_config
from thinkling.weights.write import save_model

PLAIN_QUERY = MLA(num_heads=2, kv_rank=16, nope_width=8, rope_width=8, value_width=8)
CONFIGS = {
    "mixture": MIXTURE,
    "plain query, no MTP": MIXTURE.model_copy(update={"attention": PLAIN_QUERY, "mtp_depth": 0}),
    "no dense layers": MIXTURE.model_copy(update={"num_dense_layers": 0}),
    "only dense layers, then MTP": MIXTURE.model_copy(update={"num_dense_layers": 2}),
    "no shared expert": MIXTURE.model_copy(
        update={"ffn": MIXTURE.ffn.model_copy(update={"num_shared": 0, "is_normalized": False})}
    ),
    "V2": V2,
    "Qwen2": QWEN2,
    "Llama": LLAMA,
    "tied mixture": MIXTURE.model_copy(update={"is_tied": True}),
    "dense": DENSE,
    "tied dense": DENSE.model_copy(update={"is_tied": True}),
}


def assert_same_tensors(mine: Transformer, theirs: Transformer) -> None:
    first, second = mine.state_dict(), theirs.state_dict()
    assert first.keys() == second.keys()
    for name in first:
        assert torch.equal(first[name], second[name]), name


@pytest.mark.parametrize("name", CONFIGS)
def test_a_written_model_reads_back_as_itself(name: str, tmp_path: Path) -> None:
    model = random_model(CONFIGS[name])
    save_model(model, tmp_path, tokens={"bos_token_id": 0, "eos_token_id": 1})
    again = load_model(tmp_path)
    assert read_config(tmp_path) == CONFIGS[name] == again.config
    assert_same_tensors(model, again)
    assert torch.equal(model.positions.frequency, again.positions.frequency)
    assert json.loads((tmp_path / "config.json").read_text())["eos_token_id"] == 1
    assert not again.training and all(x.dtype == torch.float32 for x in again.state_dict().values())


@pytest.mark.parametrize("name", ["mixture", "tied dense"])
def test_shards_with_an_index_read_back_as_the_same_model(name: str, tmp_path: Path) -> None:
    model = random_model(CONFIGS[name])
    save_model(model, tmp_path, largest_shard=9000)
    index = json.loads((tmp_path / "model.safetensors.index.json").read_text())
    shards = sorted(tmp_path.glob("*.safetensors"))
    assert len(shards) > 3 and {path.name for path in shards} == set(index["weight_map"].values())
    assert not (tmp_path / "model.safetensors").exists()
    assert sum(path.stat().st_size for path in shards) > index["metadata"]["total_size"]
    assert_same_tensors(model, load_model(tmp_path))


@pytest.mark.parametrize("sizes", [(9000, 2**30), (2**30, 9000), (3000, 20_000)])
def test_writing_over_a_folder_leaves_nothing_of_the_older_model(
    sizes: tuple[int, int], tmp_path: Path
) -> None:
    older, newer = random_model(MIXTURE, seed=1), random_model(MIXTURE, seed=2)
    save_model(older, tmp_path, largest_shard=sizes[0])
    save_model(newer, tmp_path, largest_shard=sizes[1])
    assert_same_tensors(newer, load_model(tmp_path))
    index = tmp_path / "model.safetensors.index.json"
    listed = (
        set(json.loads(index.read_text())["weight_map"].values()) if index.exists() else {"model.safetensors"}
    )
    assert {path.name for path in tmp_path.glob("*.safetensors")} == listed


def test_bf16_rounds_the_weights_and_keeps_the_routers_bias_in_fp32(tmp_path: Path) -> None:
    model = random_model(MIXTURE)
    save_model(model, tmp_path, dtype=torch.bfloat16)
    again = load_model(tmp_path, torch.bfloat16)
    for name, tensor in model.state_dict().items():
        mine = again.state_dict()[name]
        if name.endswith("correction_bias"):
            assert mine.dtype == torch.float32 and torch.equal(mine, tensor)
        else:
            assert mine.dtype == torch.bfloat16 and torch.equal(mine, tensor.bfloat16())
    assert again.positions.frequency.dtype == torch.float32
    assert torch.equal(again.positions.frequency, model.positions.frequency)
    hidden = again(torch.arange(8), torch.arange(8), Causal([8]))
    assert torch.isfinite(again.logits(hidden.states_TD)).all()


@pytest.mark.parametrize("name", ["tied mixture", "tied dense"])
def test_a_tied_head_is_stored_once_and_stays_tied(name: str, tmp_path: Path) -> None:
    save_model(random_model(CONFIGS[name]), tmp_path)
    again = load_model(tmp_path)
    assert again.head.weight is again.embedding.weight
    assert not any("head.weight" in n for n, _ in again.named_parameters())


def test_a_tied_head_that_is_stored_all_the_same_is_read_over(tmp_path: Path) -> None:
    """Some releases tie the head and store it too (Qwen3-0.6B)."""
    from safetensors.torch import load_file, save_file

    model = random_model(CONFIGS["tied dense"])
    save_model(model, tmp_path)
    tensors = load_file(tmp_path / "model.safetensors")
    tensors["lm_head.weight"] = tensors["model.embed_tokens.weight"].clone()
    save_file(tensors, tmp_path / "model.safetensors", metadata={"format": "pt"})
    assert_same_tensors(model, load_model(tmp_path))


UNSTORABLE = {
    "first layers wider than the rest": DENSE.model_copy(
        update={"dense": Dense(width=24), "num_dense_layers": 1}
    ),
    "MTP beside grouped attention": DENSE.model_copy(update={"mtp_depth": 1}),
    "latent attention without experts": MIXTURE.model_copy(update={"ffn": Dense(width=40)}),
    "experts beside grouped attention": DENSE.model_copy(update={"ffn": MIXTURE.ffn}),
    "MTP beside the router of V2": V2.model_copy(update={"mtp_depth": 1}),
    "normalised scores in the router of V2": V2.model_copy(
        update={"ffn": V2.ffn.model_copy(update={"is_normalized": True})}
    ),
    "both norms and biases": QWEN2.model_copy(
        update={"attention": QWEN2.attention.model_copy(update={"has_qk_norm": True})}
    ),
}


@pytest.mark.parametrize("name", UNSTORABLE)
def test_what_no_family_can_store_is_refused_before_anything_is_written(name: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as error:
        save_model(random_model(UNSTORABLE[name]), tmp_path / "model")
    assert error.value.hint
    assert not list(tmp_path.rglob("*.*"))


@pytest.mark.parametrize("name", ["mixture", "tied mixture", "tied dense"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_transformers_finds_every_tensor_and_no_others(name: str, dtype: torch.dtype, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM

    config: ModelConfig = CONFIGS[name]
    save_model(random_model(config), tmp_path, dtype, largest_shard=9000)
    _, info = AutoModelForCausalLM.from_pretrained(tmp_path, output_loading_info=True)
    assert not info["missing_keys"] and not info["mismatched_keys"]
    mtp = f"model.layers.{config.num_layers}."
    assert all(key.startswith(mtp) for key in info["unexpected_keys"])
