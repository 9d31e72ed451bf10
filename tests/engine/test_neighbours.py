"""The same request gives the same answer alone or among others, at the size of the models trained here."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.engine.test_engine import make_prompts
from thinkling.engine.engine import Engine
from thinkling.engine.request import Finished
from thinkling.engine.score import score
from thinkling.models.config import MLA, ModelConfig
from thinkling.models.linear import set_compute_dtype
from thinkling.models.presets import DENSE_TINY, FIRST_LIGHT
from thinkling.models.transformer import Transformer
from thinkling.records import SamplingParams
from thinkling.weights.read import load_model
from thinkling.weights.write import save_model

WIDE_LATENT = FIRST_LIGHT.model_copy(
    update={
        "width": 512,
        "num_layers": 2,
        "attention": MLA(num_heads=2, q_rank=192, kv_rank=256, nope_width=64, rope_width=32, value_width=64),
    }
)
CONFIGS = {"first light": FIRST_LIGHT, "dense": DENSE_TINY, "wide": WIDE_LATENT}


def make_model(config: ModelConfig) -> Transformer:
    model = Transformer(config)
    model.initialize(0.08, torch.Generator().manual_seed(7))
    return model.eval()


def run(engine: Engine, prompts: list[tuple[int, ...]], params: SamplingParams) -> list[Finished]:
    for number, prompt in enumerate(prompts):
        engine.add(prompt, params, seed=number)
    finished: list[Finished] = []
    while not engine.is_idle:
        finished += engine.step().finished
    return sorted(finished, key=lambda one: one.request)


@pytest.mark.parametrize("compute", [None, torch.bfloat16], ids=["fp32", "bf16 products"])
@pytest.mark.parametrize("name", CONFIGS)
def test_alone_or_among_sixty_at_the_trained_size(name: str, compute: torch.dtype | None) -> None:
    model = make_model(CONFIGS[name])
    set_compute_dtype(model, compute)
    prompts = make_prompts(60)
    params = SamplingParams(temperature=1.0, max_tokens=20, seed=5)
    crowd = run(Engine(model, ()), prompts, params)
    for size in (1, 7, 9):
        few = run(Engine(model, ()), prompts[:size], params)
        assert [one.ids for one in few] == [one.ids for one in crowd[:size]]
        assert [one.logprobs for one in few] == [one.logprobs for one in crowd[:size]]


@pytest.mark.parametrize("name", CONFIGS)
def test_alone_or_among_sixty_in_whole_numbers(name: str, tmp_path: Path) -> None:
    config = CONFIGS[name].model_copy(update={"mtp_depth": 0})
    save_model(make_model(config), tmp_path)
    model = load_model(tmp_path, quantization="int8")
    prompts = make_prompts(60)
    params = SamplingParams(temperature=1.0, max_tokens=20, seed=5)
    crowd = run(Engine(model, ()), prompts, params)
    for size in (1, 7):
        few = run(Engine(model, ()), prompts[:size], params)
        assert [one.ids for one in few] == [one.ids for one in crowd[:size]]
        assert [one.logprobs for one in few] == [one.logprobs for one in crowd[:size]]


@pytest.mark.parametrize("name", CONFIGS)
def test_a_score_does_not_depend_on_what_else_is_scored(name: str) -> None:
    model = make_model(CONFIGS[name])
    sequences = [*make_prompts(30), (5, 6), (7,)]
    crowd = score(model, sequences)
    assert [len(one) for one in crowd] == [len(ids) - 1 for ids in sequences]
    for i in (0, 3, 17, 30, 31):
        (alone,) = score(model, [sequences[i]])
        assert torch.equal(alone, crowd[i])
    for mine, one in zip(score(model, sequences, tokens_per_pass=64), crowd, strict=True):
        assert torch.equal(mine, one)
