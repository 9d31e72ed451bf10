"""`torch.compile` changes how fast a model answers, and not what it says."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.oracles.small_models import random_model
from tests.test_llm import FAMILIES, save, sized
from thinkling import LLM, SamplingParams
from thinkling.errors import RequestError
from thinkling.models.compiled import compile_parts
from thinkling.models.dense import Dense
from thinkling.models.gqa import GQA

PROMPTS = [[5, 6, 7, 8], [9, 10], [11] * 17]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {
        family: save(random_model(sized(FAMILIES[family])), tmp_path_factory.mktemp(family))
        for family in ("qwen3", "deepseek_v3")
    }


@pytest.mark.slow
@pytest.mark.parametrize("family", ["qwen3", "deepseek_v3"])
def test_compiled_parts_say_the_same(folders: dict[str, Path], family: str) -> None:
    plain = LLM(folders[family], device="cpu", dtype="fp32")
    compiled = LLM(folders[family], device="cpu", dtype="fp32").compile()
    params = SamplingParams(temperature=0.0, max_tokens=12, ignore_eos=True, logprobs=True)
    torch._dynamo.utils.counters.clear()
    for one, other in zip(plain.generate(PROMPTS, params), compiled.generate(PROMPTS, params), strict=True):
        assert one.ids == other.ids
        torch.testing.assert_close(
            torch.tensor(one.logprobs), torch.tensor(other.logprobs), atol=2e-4, rtol=1e-4
        )
    seen = torch._dynamo.utils.counters
    assert seen["stats"]["unique_graphs"] >= 1
    assert not seen["graph_break"], "a compiled part is broken in pieces"


def test_heads_and_dense_layers_are_compiled(folders: dict[str, Path]) -> None:
    llm = LLM(folders["qwen3"], device="cpu", dtype="fp32").compile()
    attentions = [one for one in llm.model.modules() if isinstance(one, GQA)]
    layers = [one for one in llm.model.modules() if isinstance(one, Dense)]
    assert attentions and all(one.compiled_heads is not None for one in attentions)
    assert layers and all(one._compiled_call_impl is not None for one in layers)


def test_weights_in_a_form_of_our_own_are_refused(folders: dict[str, Path]) -> None:
    with pytest.raises(RequestError, match="nothing of this model can be compiled"):
        LLM(folders["qwen3"], device="cpu", quantization="int8").compile()


def test_a_missing_compiler_is_told_before_the_first_answer(
    folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    llm = LLM(folders["qwen3"], device="cpu", dtype="fp32")
    monkeypatch.setenv("CXX", "no-such-compiler")
    with pytest.raises(RequestError, match="no no-such-compiler"):
        compile_parts(llm.model, torch.device("cpu"))
