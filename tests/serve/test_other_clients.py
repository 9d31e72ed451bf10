"""Clients of other services find a model here: OpenAI's older interface, Anthropic's and Ollama's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anthropic
import httpx2
import ollama
import openai
import pytest

from tests.serve.served import Served, served
from thinkling import LLM, Message, SamplingParams

MODEL = "thinkling"
ASKED = "What's 12 times 14?"
QUESTION: list[Any] = [{"role": "user", "content": ASKED}]


@pytest.fixture(scope="module")
def running() -> Iterator[Served]:
    with served({MODEL: None}) as found:
        yield found


@pytest.fixture(scope="module")
def alone() -> Any:
    return LLM().chat(QUESTION, temperature=0)


# ---------------------------------------------------------------- completions


def test_a_text_is_continued_as_it_is(running: Served) -> None:
    llm, client = LLM(), running.client().completions
    prompts: list[Any] = ["12*10=", "Hello"]
    expected = llm.generate(prompts, SamplingParams(temperature=0, max_tokens=9, n=2))
    found = client.create(model=MODEL, prompt=prompts, temperature=0, max_tokens=9, n=2)
    assert [one.text for one in found.choices] == [one.text for one in expected]
    assert [one.index for one in found.choices] == [0, 1, 2, 3]
    assert found.usage is not None and found.usage.completion_tokens == sum(len(one.ids) for one in expected)
    ids = list(expected[0].prompt_ids)
    assert (
        client.create(model=MODEL, prompt=ids, temperature=0, max_tokens=9).choices[0].text
        == expected[0].text
    )
    chunks = list(client.create(model=MODEL, prompt="Hello", temperature=0, max_tokens=9, stream=True))
    assert "".join(one.choices[0].text for one in chunks) == expected[2].text
    assert chunks[-1].choices[0].finish_reason == expected[2].finish_reason


def test_what_is_continued_is_not_parted_into_reasoning_and_answer(running: Served) -> None:
    llm = LLM()
    prompt = llm.template.prompt(llm.tokenizer, [Message("user", ASKED)]).ids
    client = running.client().completions
    found = client.create(model=MODEL, prompt=list(prompt), temperature=0, max_tokens=100).choices[0]
    assert found.text.startswith("<think>") and "</think>" in found.text


def test_embeddings_are_refused_by_name(running: Served) -> None:
    with pytest.raises(openai.APIStatusError, match="embeddings") as caught:
        running.client().embeddings.create(model=MODEL, input="Hello")
    assert caught.value.status_code == 501


# ---------------------------------------------------------------- Anthropic


@pytest.fixture(scope="module")
def claude(running: Served) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=running.url, api_key="none", max_retries=0, timeout=60) as client:
        yield client


def test_a_message_has_a_thinking_and_a_text_block(claude: anthropic.Anthropic, alone: Any) -> None:
    found = claude.messages.create(
        model=MODEL, max_tokens=200, messages=QUESTION, extra_body={"temperature": 0}
    )
    assert [one.type for one in found.content] == ["thinking", "text"]
    assert (found.content[0].thinking, found.content[1].text) == (alone.reasoning, alone.content)  # type: ignore[union-attr]
    assert found.stop_reason == "end_turn" and found.usage.output_tokens == alone.usage.completion_tokens
    short = claude.messages.create(model=MODEL, max_tokens=5, messages=QUESTION)
    assert short.stop_reason == "max_tokens"
    bare = claude.messages.create(
        model=MODEL, max_tokens=99, messages=QUESTION, thinking={"type": "disabled"}
    )
    assert [one.type for one in bare.content] == ["text"]


def test_a_streamed_message_is_the_whole_one(claude: anthropic.Anthropic, alone: Any) -> None:
    with claude.messages.stream(
        model=MODEL, max_tokens=200, messages=QUESTION, extra_body={"temperature": 0}
    ) as stream:
        kinds = [event.type for event in stream]
        found = stream.get_final_message()
    assert kinds[0] == "message_start" and kinds[-1] == "message_stop"
    assert kinds.count("content_block_start") == kinds.count("content_block_stop") == 2
    assert (found.content[0].thinking, found.content[1].text) == (alone.reasoning, alone.content)  # type: ignore[union-attr]
    assert found.usage.output_tokens == alone.usage.completion_tokens


def test_its_errors_have_its_form(claude: anthropic.Anthropic) -> None:
    with pytest.raises(anthropic.NotFoundError) as caught:
        claude.messages.create(model="other", max_tokens=5, messages=QUESTION)
    assert caught.value.body["error"]["type"] == "not_found_error"  # type: ignore[index]
    with pytest.raises(anthropic.BadRequestError, match="max_tokens"):
        claude.messages.create(model=MODEL, max_tokens=0, messages=QUESTION)


# ---------------------------------------------------------------- Ollama


@pytest.fixture(scope="module")
def llama(running: Served) -> Iterator[ollama.Client]:
    client = ollama.Client(host=running.url, timeout=60)
    yield client
    client._client.close()


def test_ollama_finds_models_and_their_answers(llama: ollama.Client, alone: Any) -> None:
    assert [one.model for one in llama.list().models] == [MODEL]
    options = {"temperature": 0}
    found = llama.chat(model=MODEL, messages=QUESTION, options=options)
    assert (found.message.thinking, found.message.content) == (alone.reasoning, alone.content)
    assert found.done and found.done_reason == "stop" and found.eval_count == alone.usage.completion_tokens
    pieces = list(llama.chat(model=f"{MODEL}:latest", messages=QUESTION, options=options, stream=True))
    assert "".join(one.message.thinking or "" for one in pieces) == alone.reasoning
    assert "".join(one.message.content or "" for one in pieces) == alone.content
    assert [one.done for one in pieces] == [False] * (len(pieces) - 1) + [True]
    generated = llama.generate(model=MODEL, prompt=ASKED, options=options)
    assert (generated.thinking, generated.response) == (alone.reasoning, alone.content)
    bare = llama.chat(model=MODEL, messages=QUESTION, options=options, think=False)
    assert not bare.message.thinking
    assert "thinking" in (llama.show(MODEL).capabilities or ())
    assert [one.model for one in llama.ps().models] == [MODEL]


def test_ollama_is_told_what_is_wrong(llama: ollama.Client) -> None:
    with pytest.raises(ollama.ResponseError, match="use thinkling") as caught:
        llama.chat(model="other", messages=QUESTION)
    assert caught.value.status_code == 404


# ---------------------------------------------------------------- Prometheus


def test_metrics_count_what_was_answered_and_refused(running: Served) -> None:
    def value(line: str) -> float:
        text = httpx2.get(f"{running.url}/metrics").text
        found = [float(one.rpartition(" ")[2]) for one in text.splitlines() if one.startswith(line)]
        return found[0] if found else 0.0

    reasoning = f'thinkling_tokens_total{{kind="reasoning",model="{MODEL}"}}'
    before, refused = value(reasoning), value('thinkling_responses_total{status="404"}')
    done = running.client().chat.completions.create(model=MODEL, messages=QUESTION)
    with pytest.raises(openai.NotFoundError):
        running.client().chat.completions.create(model="other", messages=QUESTION)
    assert value(reasoning) - before == done.usage.completion_tokens_details.reasoning_tokens  # type: ignore[union-attr]
    assert value('thinkling_responses_total{status="404"}') == refused + 1
    assert value(f'thinkling_open_questions{{model="{MODEL}"}}') == 0
    assert value(f'thinkling_loaded_models{{model="{MODEL}"}}') == 1
    assert ASKED not in httpx2.get(f"{running.url}/metrics").text
