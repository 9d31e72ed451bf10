"""Whatever is wrong with a model folder is said in words, with a hint, and never as another error."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from tests.oracles.small_models import DENSE, LLAMA, MIXTURE, QWEN2, V2, random_model
from thinkling.errors import ModelError, WeightsError
from thinkling.weights.read import load_model, read_config
from thinkling.weights.write import save_model

INDEX = "model.safetensors.index.json"
WHOLE = "model.safetensors"
TENSOR = "model.layers.0.mlp.up_proj.weight"
CONFIGS = {
    "mixture": MIXTURE.model_copy(update={"mtp_depth": 0, "num_layers": 1}),
    "dense": DENSE.model_copy(update={"num_layers": 1}),
    "V2": V2.model_copy(update={"num_layers": 1}),
    "Qwen2": QWEN2.model_copy(update={"num_layers": 1}),
    "Llama": LLAMA.model_copy(update={"num_layers": 1}),
}
QUICK = settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One folder of each kind, not to be changed."""
    folders = {}
    for name, config in CONFIGS.items():
        folders[name] = tmp_path_factory.mktemp(name)
        save_model(random_model(config), folders[name])
    folders["shards"] = tmp_path_factory.mktemp("shards")
    save_model(random_model(DENSE), folders["shards"], largest_shard=9000)
    return folders


def damaged(source: Path, target: Path, change: Callable[[Path], None]) -> Path:
    """A copy of `source` with something wrong in it."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    change(target)
    return target


def error_of(folder: Path) -> ModelError:
    with pytest.raises(ModelError) as caught:
        load_model(folder)
    assert caught.value.hint and caught.value.message.endswith(".")
    return caught.value


def change_tensors(change: Callable[[dict[str, torch.Tensor]], object]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        tensors = load_file(folder / WHOLE)
        change(tensors)
        save_file(tensors, folder / WHOLE)

    return apply


def change_index(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        index = json.loads((folder / INDEX).read_text())
        change(index)
        (folder / INDEX).write_text(json.dumps(index))

    return apply


def change_bytes(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    return lambda folder: (folder / WHOLE).write_bytes(change((folder / WHOLE).read_bytes())) and None


TENSOR_DAMAGE: dict[str, tuple[Callable[[Path], None], str]] = {
    "missing tensor": (change_tensors(lambda t: t.pop(TENSOR)), f"has no tensor '{TENSOR}'"),
    "several missing": (
        change_tensors(lambda t: (t.pop(TENSOR), t.pop("model.norm.weight"))),
        f"has no tensor '{TENSOR}' and 1 more",
    ),
    "extra tensor": (
        change_tensors(lambda t: t.update({"model.layers.9.x": torch.ones(2)})),
        "'model.layers.9.x' that this model does not have",
    ),
    "misshapen tensor": (
        change_tensors(lambda t: t.update({TENSOR: t[TENSOR].T.contiguous()[1:]})),
        f"'{TENSOR}' in .* has shape \\[31, 40\\], and the model needs \\[40, 32\\]",
    ),
    "transposed tensor": (
        change_tensors(lambda t: t.update({TENSOR: t[TENSOR].T.contiguous()})),
        "has shape \\[32, 40\\]",
    ),
    "integers": (
        change_tensors(lambda t: t.update({TENSOR: t[TENSOR].int()})),
        f"'{TENSOR}' in .* is stored as I32",
    ),
    "FP8 without its scales": (
        change_tensors(lambda t: t.update({TENSOR: t[TENSOR].to(torch.float8_e4m3fn)})),
        f"'{TENSOR}' in .* is stored as F8_E4M3, and config.json does not say how it is scaled",
    ),
    "not a number": (
        change_tensors(lambda t: t[TENSOR][3, 5:6].fill_(float("nan"))),
        f"'{TENSOR}' in .* holds NaN or infinity",
    ),
    "infinity": (
        change_tensors(lambda t: t[TENSOR][0, :1].fill_(-float("inf"))),
        f"'{TENSOR}' in .* holds NaN or infinity",
    ),
    "half a file": (change_bytes(lambda b: b[: len(b) // 2]), "is damaged or incomplete"),
    "one byte short": (change_bytes(lambda b: b[:-1]), "is damaged or incomplete"),
    "one byte long": (change_bytes(lambda b: b + b"x"), "is damaged or incomplete"),
    "empty file": (change_bytes(lambda b: b""), "is damaged or incomplete"),
    "header length of 2^63": (change_bytes(lambda b: b"\xff" * 8 + b[8:]), "is damaged or incomplete"),
    "header that is no JSON": (change_bytes(lambda b: b[:8] + b"]" + b[9:]), "is damaged or incomplete"),
    "no file": (lambda folder: (folder / WHOLE).unlink(), "weight file .* is missing"),
    "a folder instead of a file": (
        lambda folder: (folder / WHOLE).rename(folder / "other") and (folder / WHOLE).mkdir(),
        "weight file .* is missing",
    ),
}


@pytest.mark.parametrize("kind", TENSOR_DAMAGE)
def test_damaged_weights_are_named(kind: str, saved: dict[str, Path], tmp_path: Path) -> None:
    change, message = TENSOR_DAMAGE[kind]
    with pytest.raises(WeightsError, match=message) as caught:
        load_model(damaged(saved["dense"], tmp_path / "model", change))
    assert caught.value.hint


def elsewhere(name: object) -> Callable[[Path], None]:
    return change_index(lambda index: index["weight_map"].update({TENSOR: name}))


INDEX_DAMAGE: dict[str, tuple[Callable[[Path], None], str]] = {
    "missing shard": (
        lambda folder: next(folder.glob("*-00002-*")).unlink(),
        "weight file .*model-00002-.* is missing",
    ),
    "unlisted shard": (elsewhere("model-00099.safetensors"), "model-00099.safetensors is missing"),
    "a folder above": (elsewhere("../other.safetensors"), "points outside the folder"),
    "an absolute path": (elsewhere("/etc/passwd"), "points outside the folder"),
    "a path with backslashes": (elsewhere("..\\other.safetensors"), "points outside the folder"),
    "a hidden file": (elsewhere(".safetensors"), "points outside the folder"),
    "a number": (elsewhere(7), "is missing"),
    "nothing": (elsewhere(""), "is missing"),
    "a null byte": (elsewhere("a\0b"), "is missing"),
    "no map": (change_index(lambda index: index.pop("weight_map")), "lists no shards"),
    "an empty map": (change_index(lambda index: index.update(weight_map={})), "lists no shards"),
    "a list": (change_index(lambda index: index.update(weight_map=["a"])), "lists no shards"),
}


@pytest.mark.parametrize("kind", INDEX_DAMAGE)
def test_a_damaged_index_is_named(kind: str, saved: dict[str, Path], tmp_path: Path) -> None:
    change, message = INDEX_DAMAGE[kind]
    with pytest.raises(WeightsError, match=message):
        load_model(damaged(saved["shards"], tmp_path / "model", change))


def test_a_tensor_in_two_shards_is_refused(saved: dict[str, Path], tmp_path: Path) -> None:
    def repeat(folder: Path) -> None:
        first, *_, last = sorted(folder.glob("*.safetensors"))
        save_file(load_file(last) | load_file(first), last)

    with pytest.raises(WeightsError, match="a second time"):
        load_model(damaged(saved["shards"], tmp_path / "model", repeat))


def test_a_shard_index_that_is_no_json_is_named(saved: dict[str, Path], tmp_path: Path) -> None:
    folder = damaged(saved["shards"], tmp_path / "model", lambda f: (f / INDEX).write_text("{") and None)
    assert INDEX in error_of(folder).message


@QUICK
@given(data=st.data())
def test_any_change_in_the_header_is_found_or_harmless(
    data: st.DataObject, saved: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    original = (saved["dense"] / WHOLE).read_bytes()
    size = 8 + int.from_bytes(original[:8], "little")
    where = data.draw(st.integers(0, size - 1))
    flipped = original[where] ^ data.draw(st.integers(1, 255))

    def flip(content: bytes) -> bytes:
        return content[:where] + bytes([flipped]) + content[where + 1 :]

    folder = damaged(saved["dense"], tmp_path_factory.mktemp("flip") / "model", change_bytes(flip))
    try:
        load_model(folder)
    except WeightsError as error:
        assert error.hint


def rewrite_config(text: str | bytes) -> Callable[[Path], None]:
    content = text.encode() if isinstance(text, str) else text
    return lambda folder: (folder / "config.json").write_bytes(content) and None


CONFIG_DAMAGE: dict[str, tuple[Callable[[Path], None], str]] = {
    "missing": (lambda folder: (folder / "config.json").unlink(), "config.json does not exist"),
    "empty": (rewrite_config(""), "config.json is not valid JSON"),
    "not JSON": (rewrite_config("{'a': 1}"), "config.json is not valid JSON"),
    "not UTF-8": (rewrite_config(b'{"a": "\xff"}'), "config.json is not valid JSON"),
    "too deep": (rewrite_config("[" * 100_000), "config.json is not valid JSON"),
    "a list": (rewrite_config("[1]"), "does not hold a JSON object"),
    "a number of 5000 digits": (rewrite_config("7" * 5000), "config.json is not valid JSON"),
    "no model type": (rewrite_config("{}"), "model type 'None' is not supported"),
    "another model type": (rewrite_config('{"model_type": "bert"}'), "model type 'bert' is not supported"),
    "a strange model type": (rewrite_config('{"model_type": ["qwen3"]}'), "is not supported"),
}


@pytest.mark.parametrize("kind", CONFIG_DAMAGE)
def test_a_damaged_configuration_is_named(kind: str, saved: dict[str, Path], tmp_path: Path) -> None:
    change, message = CONFIG_DAMAGE[kind]
    folder = damaged(saved["dense"], tmp_path / "model", change)
    with pytest.raises(ModelError, match=message):
        load_model(folder)
    with pytest.raises(ModelError, match=message):
        read_config(folder)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model folder at"):
        read_config(tmp_path / "nowhere")
    assert "nowhere" in error_of(tmp_path / "nowhere").message


NEEDED = {
    "mixture": [
        *("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "kv_lora_rank"),
        *("qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim", "n_routed_experts"),
        *("num_experts_per_tok", "moe_intermediate_size", "intermediate_size"),
    ],
    "dense": ["vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size"],
}


def set_field(field: str, value: Any) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        raw = json.loads((folder / "config.json").read_text())
        raw[field] = value
        (folder / "config.json").write_text(json.dumps(raw))

    return apply


NEEDED |= {"V2": NEEDED["mixture"], "Qwen2": NEEDED["dense"], "Llama": NEEDED["dense"]}


@pytest.mark.parametrize(("name", "field"), [(n, field) for n, fields in NEEDED.items() for field in fields])
def test_every_field_without_which_there_is_no_shape_is_asked_for_by_name(
    name: str, field: str, saved: dict[str, Path], tmp_path: Path
) -> None:
    folder = damaged(saved[name], tmp_path / "model", set_field(field, None))
    assert error_of(folder).message == f"config.json has no '{field}'."


STRANGE: tuple[Any, ...] = (-1, 0, 3, 0.5, 10**30, float("inf"), "", "4", "x", True, [8], {})
ROPES: tuple[Any, ...] = (
    *({"type": "yarn"}, {"type": "yarn", "factor": 0}, {"type": "yarn", "factor": "many"}),
    *({"type": "yarn", "beta_fast": 0}, {"type": "yarn", "original_max_position_embeddings": 0}),
    *({"type": "yarn", "mscale_all_dim": -2.7108}, {"rope_type": "llama3", "factor": 2.0}, {"factor": 2.0}),
    *({"rope_type": "llama3", "high_freq_factor": 1.0}, {"rope_type": "linear"}, {"rope_type": "dynamic"}),
    *({"type": "yarn", "truncate": False}, {"type": "yarn", "factor": 2, "attention_factor": -1}),
)


@pytest.mark.parametrize("name", CONFIGS)
def test_impossible_values_are_model_errors_and_nothing_else(
    name: str, saved: dict[str, Path], tmp_path: Path
) -> None:
    """Every field of config.json with every strange value: it loads, or says what is wrong."""
    ropes = {"rope_parameters", "rope_scaling"}
    fields = {*json.loads((saved[name] / "config.json").read_text()), *ropes}
    folder = damaged(saved[name], tmp_path / "model", lambda folder: None)
    original = (folder / "config.json").read_text()
    refused = set()
    for field in sorted(fields):
        for value in STRANGE + ROPES * (field in ropes):
            set_field(field, value)(folder)
            try:
                load_model(folder)
            except ModelError as error:
                assert error.hint
                refused.add(field)
            (folder / "config.json").write_text(original)
    assert set(NEEDED[name]) | {"model_type", "rope_scaling", "rope_theta", "rms_norm_eps"} <= refused


@pytest.mark.parametrize("theta", [0, -1, 1, 0.5])
def test_a_rotation_that_does_not_turn_is_refused(
    theta: float, saved: dict[str, Path], tmp_path: Path
) -> None:
    folder = damaged(saved["dense"], tmp_path / "model", set_field("rope_theta", theta))
    assert "greater than 1" in error_of(folder).message


OTHER_NETWORKS = {
    "mixture": [
        ("scoring_func", "softmax"),
        ("topk_method", "greedy"),
        ("hidden_act", "gelu"),
        ("attention_bias", True),
        ("moe_layer_freq", 2),
        ("rope_interleave", False),
    ],
    "V2": [
        ("scoring_func", "sigmoid"),
        ("topk_method", "noaux_tc"),
        ("norm_topk_prob", True),
        ("attention_bias", True),
    ],
    "dense": [("attention_bias", True), ("use_sliding_window", True), ("hidden_act", "gelu")],
    "Qwen2": [("use_sliding_window", True), ("use_mrope", True), ("hidden_act", "gelu")],
    "Llama": [("attention_bias", True), ("mlp_bias", True), ("hidden_act", "gelu")],
}


@pytest.mark.parametrize(
    ("name", "field", "value"), [(name, *one) for name, some in OTHER_NETWORKS.items() for one in some]
)
def test_a_setting_that_means_another_network_is_refused_by_name(
    name: str, field: str, value: object, saved: dict[str, Path], tmp_path: Path
) -> None:
    folder = damaged(saved[name], tmp_path / "model", set_field(field, value))
    assert f"{field} = {value!r}" in error_of(folder).message
