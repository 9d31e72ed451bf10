"""The two reporting verbs: numbers for scripts, lines for people."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from thinkling.cli.bundled import bundled_config, has_bundled_model
from thinkling.cli.doctor import as_text
from thinkling.cli.machine import best_seconds, examine, explain_precision, largest_model, vector_extensions
from thinkling.cli.main import run
from thinkling.cli.models import rounded
from thinkling.errors import ModelError
from thinkling.models.families import family_of
from thinkling.models.presets import PRESETS


def test_models_as_json_carry_exact_counts(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "--json"]) == 0
    listed = {one["name"]: one for one in json.loads(capsys.readouterr().out)}
    assert set(PRESETS) <= set(listed)
    assert listed["deepseek-v3"] == {
        "name": "deepseek-v3",
        "total_params": 671_026_419_200,
        "active_params": 37_552_297_472,
        "kv_bytes_per_token": 70_272,
        "context_length": 163_840,
    }


def test_models_as_a_table_has_one_line_per_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    row = next(line for line in lines if line.startswith("deepseek-v3 "))
    assert row.split() == ["deepseek-v3", "671", "B", "37.6", "B", "70,272", "B", "163,840"]
    assert len({len(line) for line in lines}) == 1


@pytest.mark.parametrize(
    ("count", "text"), [(999, "999"), (1000, "1.00 k"), (2_790_000, "2.79 M"), (671_026_419_200, "671 B")]
)
def test_counts_are_rounded_to_three_digits(count: int, text: str) -> None:
    assert rounded(count) == text


@pytest.mark.parametrize("name", ["thinkling-first-light", "thinkling-dense-tiny"])
def test_a_model_folder_is_listed_with_the_shape_of_its_config(name: str, tmp_path: Path) -> None:
    config = PRESETS[name]
    assert bundled_config(tmp_path) is None
    assert not has_bundled_model(tmp_path)
    family = family_of(config)
    raw = {"model_type": family.model_type, **family.write_config(config)}
    (tmp_path / "config.json").write_text(json.dumps(raw))
    assert bundled_config(tmp_path) == config
    assert not has_bundled_model(tmp_path)
    (tmp_path / "tokenizer.json").touch()
    (tmp_path / "model.safetensors").touch()
    assert has_bundled_model(tmp_path)


DAMAGED = (
    "{",
    "[]",
    "{}",
    "7",
    '{"model_type": "mystery"}',
    '{"model_type": "qwen3"}',
    '{"model_type": "qwen3", "hidden_size": "wide"}',
)


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_bundled_configuration_is_explained(text: str, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(ModelError):
        bundled_config(tmp_path)


def test_the_reason_for_the_precision_is_the_measurement() -> None:
    assert explain_precision(0.5, 4.0, has_gpu=True)[0] == "bf16"
    name, reason = explain_precision(0.5, 4.0, has_gpu=False)
    assert name == "fp32" and "16 bits: products of bytes run 4.0 times" in reason
    assert "as bf16, whose products run 2.1 times" in explain_precision(2.1, None, has_gpu=False)[1]


def test_vector_extensions_are_words_of_cpuinfo() -> None:
    assert vector_extensions("flags : sse avx2 avx512f avx512_bf16x") == ("avx2", "avx512f")
    assert vector_extensions("Features : fp asimd sve bf16") == ("neon", "sve", "bf16")
    assert vector_extensions("") == ()


def test_the_shortest_run_is_reported_and_the_first_is_not_counted() -> None:
    runs: list[int] = []
    assert best_seconds(lambda: runs.append(1), budget_s=0.0) < 0.1
    assert len(runs) == 4


@pytest.mark.parametrize(
    ("gigabytes", "format_", "expected"),
    [
        (2, "bf16", None),
        (6, "bf16", "r1-distill-qwen-1.5b"),
        (24, "bf16", "r1-distill-llama-8b"),
        (24, "int8", "deepseek-v2-lite"),
        (80, "bf16", "r1-distill-qwen-32b"),
        (2000, "bf16", "deepseek-v3"),
    ],
)
def test_the_largest_model_that_fits(gigabytes: float, format_: str, expected: str | None) -> None:
    assert largest_model(int(gigabytes * 1e9), format_) == expected


def test_doctor_measures_this_machine(capsys: pytest.CaptureFixture[str]) -> None:
    machine = examine()
    assert machine.fp32_gflops > 0.1
    assert machine.bf16_gflops > 0.1
    assert machine.int8_gops is None or machine.int8_gops > 0.1
    assert machine.bandwidth_gb_s > 0.1
    assert machine.memory_gib > 0.5
    assert machine.cores >= 1
    assert json.loads(json.dumps(asdict(machine)))["precision"] in ("bf16", "fp32")
    text = as_text(machine)
    assert all(line.split()[1:] for line in text.splitlines())
    assert machine.precision_reason in text
