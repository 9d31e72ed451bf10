"""Tools with OpenAI's client: called where that is required, streamed as when whole, results in order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from tests.serve.served import Served, served, stored
from tests.test_llm import speaking
from thinkling.serve.messages import ChatMessage, in_order

MODEL = "wild"
QUESTION: list[Any] = [{"role": "user", "content": "Hello"}]


def tool(name: str, **fields: Any) -> Any:
    schema = {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }
    return {
        "type": "function",
        "function": {"name": name, "description": f"does {name}", "parameters": schema},
    }


TOOLS = [tool("add", a={"enum": [1, 2]}, b={"enum": [3]}), tool("now")]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A model that says nothing that anybody meant."""
    wild = speaking("ab", "cd", context_length=2048)
    with served({MODEL: stored(wild, tmp_path_factory.mktemp("wild")), "bundled": None}) as found:
        yield found


def asked(**more: Any) -> dict[str, Any]:
    settings = {"model": MODEL, "messages": QUESTION, "tools": TOOLS, "temperature": 3.0, "max_tokens": 300}
    return settings | {"reasoning_effort": "none"} | more


@pytest.mark.parametrize("seed", range(4))
def test_a_required_call_is_made_with_arguments_of_its_schema(running: Served, seed: int) -> None:
    settings = asked(tool_choice="required", parallel_tool_calls=False, seed=seed)
    found = running.client().chat.completions.create(**settings).choices[0]
    assert found.finish_reason == "tool_calls" and found.message.content is None
    (call,) = found.message.tool_calls or ()
    arguments = json.loads(call.function.arguments)  # type: ignore[union-attr]
    assert call.function.name in ("add", "now")  # type: ignore[union-attr]
    assert arguments in ({}, {"a": 1, "b": 3}, {"a": 2, "b": 3})
    chunks = list(running.client().chat.completions.create(**settings, stream=True))
    deltas = [part for chunk in chunks for part in chunk.choices[0].delta.tool_calls or ()]
    assert deltas[0].id and deltas[0].function and deltas[0].function.name == call.function.name  # type: ignore[union-attr]
    assert (
        "".join(part.function.arguments or "" for part in deltas if part.function) == call.function.arguments
    )  # type: ignore[union-attr]
    assert not any(part.id for part in deltas[1:]) and {part.index for part in deltas} == {0}
    assert chunks[-1].choices[0].finish_reason == "tool_calls"


def test_a_named_tool_is_the_one_that_is_called(running: Served) -> None:
    named: Any = {"type": "function", "function": {"name": "add"}}
    for seed in range(3):
        settings = asked(tool_choice=named, parallel_tool_calls=False, seed=seed)
        calls = running.client().chat.completions.create(**settings).choices[0].message.tool_calls
        assert calls and {call.function.name for call in calls} == {"add"}  # type: ignore[union-attr]


def test_a_call_and_its_results_go_on_as_a_conversation(running: Served) -> None:
    client = running.client().chat.completions
    settings = asked(tool_choice="required", seed=1, max_tokens=120)
    message = client.create(**settings).choices[0].message
    calls = message.tool_calls or ()
    results = [{"role": "tool", "tool_call_id": call.id, "content": "7"} for call in reversed(calls)]
    more = [*QUESTION, message, *results]
    assert client.create(model=MODEL, messages=more, max_tokens=5).choices
    with pytest.raises(openai.BadRequestError, match="call_0"):
        client.create(
            model=MODEL,
            messages=[*QUESTION, message, {"role": "tool", "tool_call_id": "call_0", "content": ""}],
        )


def test_results_stand_in_the_order_of_their_calls() -> None:
    calls = [{"id": name, "function": {"name": "f", "arguments": "{}"}} for name in "abc"]
    turns = [
        {"role": "user", "content": "x"},
        {"role": "assistant", "content": None, "tool_calls": calls},
        *({"role": "tool", "tool_call_id": name, "content": name} for name in "cab"),
        {"role": "user", "content": "y"},
    ]
    found = in_order([ChatMessage.model_validate(turn) for turn in turns])
    assert [one.content for one in found] == ["x", None, "a", "b", "c", "y"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"tool_choice": {"type": "function", "function": {"name": "sub"}}}, "no tool"),
        ({"tool_choice": "required", "tools": None}, "there are no tools"),
        ({"tool_choice": "required", "response_format": {"type": "json_object"}}, "so is JSON"),
        ({"tools": [{"type": "function", "function": {"name": "a b"}}]}, "tools.0.function.name"),
        ({"tools": [tool("x", a={"type": "wizard"})], "tool_choice": "required"}, "JSON schema"),
        ({"model": "bundled", "tools": [tool("<think>")]}, "tools.0.function.name"),
    ],
)
def test_tools_that_cannot_be_meant_are_refused(running: Served, wrong: dict[str, Any], words: str) -> None:
    body = {name: value for name, value in asked(**wrong).items() if value is not None}
    with pytest.raises(openai.BadRequestError, match=words):
        running.client().post("/chat/completions", body=body, cast_to=object)


def test_without_a_choice_a_model_may_answer_without_tools(running: Served) -> None:
    found = running.client().chat.completions.create(
        **asked(model="bundled", tool_choice="auto", reasoning_effort="high")
    )
    assert (
        found.choices[0].finish_reason in ("stop", "length") and found.choices[0].message.content is not None
    )
    none = running.client().chat.completions.create(**asked(tool_choice="none", seed=1))
    assert none.choices[0].message.tool_calls is None
