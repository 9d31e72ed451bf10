"""Five hundred requests at once: each answer is the one its request gets alone, to the last bit."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.oracles.small_models import DENSE, MIXTURE, QWEN2, random_model
from tests.test_llm import TOKENIZER, save, sized
from thinkling import LLM, SamplingParams

CONFIGS = {"mixture": MIXTURE, "qwen3": DENSE, "qwen2": QWEN2}
HOW = {"fp32": {"dtype": "fp32"}, "bf16": {"dtype": "bf16"}, "int4": {"quantization": "int4"}}


@pytest.mark.slow
@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("name", CONFIGS)
def test_each_of_five_hundred_is_as_it_is_alone(name: str, how: str, tmp_path: Path) -> None:
    llm = LLM(save(random_model(sized(CONFIGS[name])), tmp_path), device="cpu", **HOW[how])  # type: ignore[arg-type]
    random = Random(7)
    prompts = [
        tuple(random.randrange(5, TOKENIZER.vocab_size) for _ in range(random.randint(1, 40)))
        for _ in range(500)
    ]
    each = [
        SamplingParams(
            temperature=random.choice((0.0, 0.7, 1.0)),
            top_p=random.choice((1.0, 0.9)),
            max_tokens=random.randint(1, 24),
            seed=number,
            logprobs=True,
        )
        for number in range(500)
    ]
    crowd = llm.generate(prompts, each)
    assert len(crowd) == 500
    for prompt, params, among in zip(prompts, each, crowd, strict=True):
        (alone,) = llm.generate([prompt], params)
        assert (alone.ids, alone.logprobs) == (among.ids, among.logprobs)
        assert alone.finish_reason == among.finish_reason
