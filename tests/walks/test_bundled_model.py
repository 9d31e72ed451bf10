"""The model that comes with the package: asked by its users' commands, and read by other software."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from thinkling import LLM, Message, SamplingParams
from thinkling.models.attend import Causal
from thinkling.records import Completion
from thinkling.tasks.registry import task_named
from thinkling.tasks.split import sample_problems

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "thinkling" / "assets"
QUESTION = "What's 12 times 14?"


def thinkling(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "thinkling", *words],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )


def test_json_answers_with_reasoning_and_its_costs() -> None:
    done = thinkling(QUESTION, "--json")
    assert done.returncode == 0, done.stderr
    reply = json.loads(done.stdout)
    assert list(reply) == ["content", "reasoning", "finish_reason", "usage", "timings"]
    assert "168" in reply["content"] and reply["reasoning"] and reply["finish_reason"] == "stop"
    usage = reply["usage"]
    assert 0 < usage["reasoning_tokens"] < usage["completion_tokens"] and usage["prompt_tokens"] > 5


def test_chat_without_anyone_there_answers_one_example() -> None:
    done = thinkling("chat")
    assert done.returncode == 0, done.stderr
    assert "12 times 14" in done.stdout and "168" in done.stdout


def test_thinking_off_answers_without_reasoning() -> None:
    reply = LLM().chat([{"role": "user", "content": QUESTION}], thinking="off")
    assert reply.reasoning == "" and reply.content


def test_transformers_reads_the_folder_and_sees_the_same() -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    llm = LLM()
    tokenizer = AutoTokenizer.from_pretrained(ASSETS)
    text = tokenizer.apply_chat_template([{"role": "user", "content": QUESTION}], add_generation_prompt=True)
    ids = text["input_ids"] if not isinstance(text, list) else text
    prompt = llm.template.prompt(llm.tokenizer, [Message("user", QUESTION)])
    assert tuple(ids) == prompt.ids
    theirs = AutoModelForCausalLM.from_pretrained(ASSETS, dtype=torch.float32, attn_implementation="eager")
    with torch.no_grad():
        expected = theirs.eval()(torch.tensor([ids])).logits[0]
        hidden = llm.model(torch.tensor(ids), torch.arange(len(ids)), Causal([len(ids)]))
        ours = llm.model.logits(hidden.states_TD)
    assert (ours - expected).abs().max() <= 1e-4 * expected.abs().max()


def test_the_folder_is_small_enough_to_come_with_the_package() -> None:
    assert sum(path.stat().st_size for path in ASSETS.iterdir()) < 32 * 2**20


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["fp32", "bf16"])
def test_a_conversation_alone_equals_the_same_among_five_hundred(dtype: str) -> None:
    problems = [
        p for name in ("multiply", "letters") for p in sample_problems(task_named(name), 252, 3, True)
    ]
    conversations = [[Message("user", problem.question)] for problem in problems]
    params = [
        SamplingParams(max_tokens=96, temperature=(0.0, 0.6, 1.0)[i % 3], seed=i, logprobs=True)
        for i in range(len(conversations))
    ]
    crowd: list[Completion] = LLM(dtype=dtype).generate(conversations, params)
    llm = LLM(dtype=dtype)
    for i in range(0, len(conversations), 21):
        assert llm.generate([conversations[i]], params[i]) == [crowd[i]]
