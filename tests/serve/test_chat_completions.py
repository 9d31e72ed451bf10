"""OpenAI's client and the bundled model: what is said, streamed or not, what it cost, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from tests.serve.served import Served, served
from thinkling import LLM
from thinkling.llm import THINKING_END
from thinkling.serve.settings import ServeSettings

QUESTION: list[Any] = [{"role": "user", "content": "What's 12 times 14?"}]
MODEL = "thinkling"


@pytest.fixture(scope="module")
def running() -> Iterator[Served]:
    with served({MODEL: None}) as found:
        yield found


def put_together(chunks: list[Any]) -> tuple[str, str, str | None]:
    """(reasoning, content, finish reason) of a stream."""
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    reasons = [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices]
    reasoning = "".join(getattr(one, "reasoning_content", None) or "" for one in deltas)
    return reasoning, "".join(one.content or "" for one in deltas), reasons[-1]


def test_an_answer_has_reasoning_content_and_what_they_cost(running: Served) -> None:
    found = running.client().chat.completions.create(model=MODEL, messages=QUESTION)
    message = found.choices[0].message
    assert "168" in (message.content or "") and found.choices[0].finish_reason == "stop"
    assert "120" in message.reasoning_content == message.reasoning  # type: ignore[attr-defined]
    cost = found.usage
    assert cost is not None and cost.total_tokens == cost.prompt_tokens + cost.completion_tokens
    assert 0 < cost.completion_tokens_details.reasoning_tokens < cost.completion_tokens  # type: ignore[union-attr]
    hit, miss = cost.prompt_cache_hit_tokens, cost.prompt_cache_miss_tokens  # type: ignore[attr-defined]
    assert hit + miss == cost.prompt_tokens
    assert found.timings["total_s"] > 0  # type: ignore[attr-defined]


@pytest.mark.parametrize("temperature", [0.0, 1.5])
def test_a_stream_says_what_the_whole_says_and_what_the_model_says_alone(
    running: Served, temperature: float
) -> None:
    alone = LLM().chat(QUESTION, temperature=temperature, seed=5)
    settings: dict[str, Any] = {"model": MODEL, "messages": QUESTION, "temperature": temperature, "seed": 5}
    client = running.client().chat.completions
    whole = client.create(**settings)
    chunks = list(client.create(**settings, stream=True, stream_options={"include_usage": True}))
    reasoning, content, reason = put_together(chunks)
    said = whole.choices[0].message
    assert (reasoning, content, reason) == (alone.reasoning, alone.content, alone.finish_reason)
    assert (said.reasoning_content, said.content) == (reasoning, content)
    assert chunks[0].choices[0].delta.role == "assistant" and not chunks[-1].choices
    assert chunks[-1].usage.completion_tokens == whole.usage.completion_tokens
    assert all(chunk.usage is None for chunk in chunks[:-1])
    assert len({chunk.id for chunk in chunks}) == 1


def test_several_answers_are_the_ones_that_the_model_gives(running: Served) -> None:
    settings: dict[str, Any] = {"temperature": 4.0, "seed": 3, "n": 3, "max_tokens": 20}
    found = running.client().chat.completions.create(model=MODEL, messages=QUESTION, **settings)
    said = [(one.message.reasoning_content, one.message.content) for one in found.choices]  # type: ignore[attr-defined]
    assert [one.index for one in found.choices] == [0, 1, 2] and len(set(said)) > 1
    streamed = list(
        running.client().chat.completions.create(model=MODEL, messages=QUESTION, stream=True, **settings)
    )
    for index in range(3):
        own = [chunk for chunk in streamed if chunk.choices and chunk.choices[0].index == index]
        assert put_together(own)[:2] == said[index]


def test_thinking_is_controlled_in_every_spelling(running: Served) -> None:
    client = running.client().chat.completions
    for off in (
        {"reasoning_effort": "none"},
        {"extra_body": {"thinking": {"type": "disabled"}}},
        {"extra_body": {"enable_thinking": False}},
        {"extra_body": {"chat_template_kwargs": {"enable_thinking": False}}},
        {"extra_body": {"think": False}},
        {"extra_body": {"thinking_budget": 0, "thinking": "on"}},
    ):
        found = client.create(model=MODEL, messages=QUESTION, temperature=0, **off)  # type: ignore[call-overload]
        assert not found.choices[0].message.reasoning_content
    few = client.create(model=MODEL, messages=QUESTION, extra_body={"thinking_token_budget": 5})
    assert few.choices[0].message.reasoning_content.endswith(THINKING_END)  # type: ignore[attr-defined]
    hidden = client.create(model=MODEL, messages=QUESTION, extra_body={"include_reasoning": False})
    assert not hasattr(hidden.choices[0].message, "reasoning_content")
    assert hidden.usage.completion_tokens_details.reasoning_tokens > 0  # type: ignore[union-attr]


def test_logprobs_are_those_of_the_tokens_that_were_said(running: Served) -> None:
    settings: dict[str, Any] = {"temperature": 0, "logprobs": True, "top_logprobs": 2}
    client = running.client().chat.completions
    whole = client.create(model=MODEL, messages=QUESTION, **settings).choices[0]
    told = whole.logprobs.content  # type: ignore[union-attr]
    assert (
        told is not None
        and b"".join(bytes(one.bytes or ()) for one in told).decode().strip() == whole.message.content
    )
    assert all(one.logprob <= 0 and len(one.top_logprobs) == 2 for one in told)
    assert all(one.top_logprobs[0].token == one.token for one in told if one.logprob > -0.5)
    chunks = client.create(model=MODEL, messages=QUESTION, stream=True, **settings)
    streamed = [
        token.token
        for chunk in chunks
        if chunk.choices and chunk.choices[0].logprobs
        for token in chunk.choices[0].logprobs.content or ()
    ]
    assert streamed == [one.token for one in told]


def test_a_stop_text_ends_the_answer_and_is_no_part_of_it(running: Served) -> None:
    found = running.client().chat.completions.create(
        model=MODEL, messages=QUESTION, temperature=0, stop=["answer is"], reasoning_effort="high"
    )
    assert found.choices[0].finish_reason == "stop"
    assert "answer is" not in (found.choices[0].message.content or "")


def test_an_answer_may_have_to_be_json(running: Served) -> None:
    schema = {
        "type": "object",
        "properties": {"answer": {"type": "integer", "minimum": 0, "maximum": 999}},
        "required": ["answer"],
        "additionalProperties": False,
    }
    client = running.client().chat.completions
    by_schema: Any = {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": schema, "strict": True},
    }
    found = client.create(model=MODEL, messages=QUESTION, temperature=0, response_format=by_schema)
    assert set(json.loads(found.choices[0].message.content or "")) == {"answer"}
    assert "120" in found.choices[0].message.reasoning_content  # type: ignore[attr-defined]
    chunks = list(
        client.create(model=MODEL, messages=QUESTION, temperature=0, response_format=by_schema, stream=True)
    )
    assert put_together(chunks)[1] == found.choices[0].message.content
    anything = client.create(
        model=MODEL, messages=QUESTION, seed=1, max_tokens=300, response_format={"type": "json_object"}
    )
    if anything.choices[0].finish_reason == "stop":
        assert isinstance(json.loads(anything.choices[0].message.content or ""), dict)


@pytest.mark.parametrize(
    ("wrong", "status", "words"),
    [
        ({"nonsense": 1}, 400, "'nonsense' is not supported"),
        ({"temperature": -1}, 400, "temperature"),
        ({"top_logprobs": 21}, 400, "top_logprobs"),
        ({"model": "thinkIing"}, 404, "use thinkling"),
        ({"messages": []}, 400, "messages"),
        ({"messages": [{"role": "wizard", "content": "hi"}]}, 400, "messages"),
        ({"messages": [{"role": "user", "content": "ten " * 2000}]}, 400, "context holds 512"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": "x"}]}]},
            400,
            "messages",
        ),
        ({"n": 0}, 400, "n"),
        ({"thinking_budget": -5}, 400, "thinking_budget"),
        ({"response_format": {"type": "yaml"}}, 400, "response_format"),
        ({"response_format": {"type": "json_schema"}}, 400, "response_format has no schema"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_what_cannot_be_meant_is_refused_by_name(
    running: Served, wrong: dict[str, Any], status: int, words: str, stream: bool
) -> None:
    body = {"model": MODEL, "messages": QUESTION, "stream": stream} | wrong
    with pytest.raises(openai.APIStatusError) as caught:
        running.client().post("/chat/completions", body=body, cast_to=object)
    assert caught.value.status_code == status and words in caught.value.message
    assert set(caught.value.body) == {"message", "type", "param", "code"}  # type: ignore[arg-type]
    running.wait_until_idle()


def test_more_questions_than_the_queue_holds_are_refused_and_may_come_again() -> None:
    with served({MODEL: None}, ServeSettings(port=0, most_open=1)) as running:
        client = running.client()
        stream = client.chat.completions.create(model=MODEL, messages=QUESTION, stream=True)
        next(iter(stream))
        with pytest.raises(openai.RateLimitError) as caught:
            client.chat.completions.create(model=MODEL, messages=QUESTION)
        assert caught.value.response.headers["retry-after"] == "2"
        for _ in stream:
            pass
        running.wait_until_idle()
        assert client.chat.completions.create(model=MODEL, messages=QUESTION).choices
