"""Models by every name that people use, and configurations of strangers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from thinkling.errors import ConfigError, ModelError
from thinkling.models.presets import PRESETS
from thinkling.plan.count import count_params
from thinkling.plan.named import MAX_CONFIG_BYTES, model_named, read_model
from thinkling.plan.shapes import known_names

QWEN: dict[str, Any] = {
    "architectures": ["Qwen2ForCausalLM"],
    "attention_dropout": 0.0,
    "bos_token_id": 151643,
    "eos_token_id": 151643,
    "hidden_act": "silu",
    "hidden_size": 1536,
    "initializer_range": 0.02,
    "intermediate_size": 8960,
    "max_position_embeddings": 131072,
    "max_window_layers": 21,
    "model_type": "qwen2",
    "num_attention_heads": 12,
    "num_hidden_layers": 28,
    "num_key_value_heads": 2,
    "rms_norm_eps": 1e-06,
    "rope_theta": 10000,
    "sliding_window": 4096,
    "tie_word_embeddings": False,
    "torch_dtype": "bfloat16",
    "transformers_version": "4.44.0",
    "use_cache": True,
    "use_mrope": False,
    "use_sliding_window": False,
    "vocab_size": 151936,
}


def written(folder: Path, raw: object) -> Path:
    path = folder / "config.json"
    path.write_text(json.dumps(raw))
    return path


@pytest.mark.parametrize("name", known_names())
def test_every_known_name_names_itself(name: str) -> None:
    assert model_named(name).name == name
    assert model_named(name.upper()).name == name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("deepseek-ai/DeepSeek-R1", "deepseek-r1"),
        ("deepseek-ai/DeepSeek-R1-Zero", "deepseek-r1"),
        ("deepseek-ai/DeepSeek-V3-Base", "deepseek-v3"),
        ("R1-Distill-Qwen-7B", "r1-distill-qwen-7b"),
        ("deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B", "r1-distill-qwen-1.5b"),
        ("meta-llama/Llama-2-70b-hf", "llama-2-70b"),
        ("meta-llama/Meta-Llama-3.1-405B", "llama-3.1-405b"),
        ("meta-llama/Llama-3.1-8B-Instruct", "llama-3.1-8b"),
        ("Qwen/Qwen2.5-72B", "qwen2.5-72b"),
        ("r1", "deepseek-r1"),
    ],
)
def test_released_names_are_known_without_network(said: str, name: str) -> None:
    def never(text: str) -> Path | None:
        raise AssertionError(text)

    assert model_named(said, never).name == name


def test_a_folder_and_its_config_json_are_the_same_model(tmp_path: Path) -> None:
    path = written(tmp_path, QWEN)
    for name in (str(tmp_path), str(path)):
        model = model_named(name)
        assert count_params(model.config) == count_params(PRESETS["r1-distill-qwen-1.5b"])
        assert model.stored_as == "bf16"


def test_a_name_on_the_hub_is_fetched(tmp_path: Path) -> None:
    path = written(tmp_path, QWEN)
    model = model_named("somebody/something", lambda text: path if text == "somebody/something" else None)
    assert model.name == "somebody/something" and model.config.width == 1536


def packed(num_bits: int, type_: str) -> dict[str, Any]:
    """What a folder of compressed-tensors says, as this project writes them too."""
    weights = {"num_bits": num_bits, "type": type_}
    return {"quant_method": "compressed-tensors", "config_groups": {"group_0": {"weights": weights}}}


@pytest.mark.parametrize(
    ("said", "format_"),
    [
        ({"torch_dtype": "float32"}, "fp32"),
        ({"dtype": "float16"}, "bf16"),
        ({"quantization_config": {"quant_method": "fp8", "weight_block_size": [128, 128]}}, "fp8"),
        ({"quantization_config": {"quant_method": "gptq", "bits": 4}}, "int4"),
        ({"quantization_config": {"quant_method": "gptq", "bits": 8}}, "int8"),
        ({"quantization_config": {"quant_method": "bitsandbytes", "load_in_8bit": True}}, "int8"),
        ({"quantization_config": packed(8, "int")}, "int8"),
        ({"quantization_config": packed(4, "int")}, "int4"),
        ({"quantization_config": packed(8, "float")}, "fp8"),
    ],
)
def test_the_format_of_a_release_is_read(said: dict[str, Any], format_: str, tmp_path: Path) -> None:
    raw = {key: value for key, value in QWEN.items() if key != "torch_dtype"}
    assert model_named(str(written(tmp_path, raw | said))).stored_as == format_


@pytest.mark.parametrize(
    "said", [{"quant_method": "gptq", "bits": 3}, {"quant_method": "mxfp4"}, packed(4, "float")]
)
def test_a_quantisation_that_is_not_known_is_a_sentence(said: dict[str, Any], tmp_path: Path) -> None:
    path = str(written(tmp_path, QWEN | {"quantization_config": said}))
    with pytest.raises(ModelError, match="quantised in a way that is not known") as found:
        model_named(path)
    assert "--ignore quantization_config" in found.value.hint
    assert model_named(path, ignored=iter(["quantization_config"])).stored_as == "bf16"


def test_an_unknown_field_is_named_with_the_nearest_known_one_and_a_way_out(tmp_path: Path) -> None:
    path = str(written(tmp_path, QWEN | {"num_atention_heads": 24}))
    with pytest.raises(ModelError, match="not known for qwen2: 'num_atention_heads' = 24") as found:
        model_named(path)
    assert "did you mean 'num_attention_heads'?" in found.value.hint
    assert "--ignore num_atention_heads" in found.value.hint
    assert model_named(path, ignored=["num_atention_heads"]).config.width == 1536


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ([], "holds no JSON object"),
        ({}, "the model type '' is not supported"),
        ({"model_type": "mamba"}, "the model type 'mamba' is not supported"),
        ({"model_type": "qwen2"}, "has no 'num_attention_heads'"),
        (QWEN | {"hidden_size": "wide"}, "does not describe a model"),
        (QWEN | {"num_hidden_layers": -1}, "does not describe a model"),
        (QWEN | {"num_hidden_layers": 10**9}, "does not describe a model"),
        (QWEN | {"num_key_value_heads": 5}, "does not describe a model"),
        (QWEN | {"use_sliding_window": True}, "use_sliding_window = True"),
    ],
)
def test_a_configuration_that_cannot_be_planned_with_is_a_sentence(
    raw: object, words: str, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match=words):
        model_named(str(written(tmp_path, raw)))


def test_what_is_no_json_or_too_large_or_missing_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    for content, words in (
        (b"{", "not valid JSON"),
        (b"\xff\xfe", "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b" " * (MAX_CONFIG_BYTES + 1), "is larger than"),
    ):
        path.write_bytes(content)
        with pytest.raises(ModelError, match=words):
            model_named(str(path))
    with pytest.raises(ModelError, match="cannot be read"):
        model_named(str(tmp_path / "nothing.json"))


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="No model is called 'deepsek-r1' here") as found:
        model_named("deepsek-r1", lambda text: None)
    assert "did you mean 'deepseek-r1'?" in found.value.hint


@pytest.mark.parametrize("strange", [{"num_attention_heads": 0}, {"rope_theta": 10**400}])
def test_numbers_that_nothing_can_be_calculated_from_are_a_sentence(
    tmp_path: Path, strange: dict[str, object]
) -> None:
    with pytest.raises(ModelError, match="does not describe a model"):
        read_model(written(tmp_path, QWEN | strange))
