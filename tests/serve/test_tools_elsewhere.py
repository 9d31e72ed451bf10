"""Tools as OpenAI's responses, Anthropic's and Ollama's clients write them: the same calls in three forms."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import anthropic
import ollama
import openai
import pytest

from tests.serve.served import Served, served, stored
from tests.serve.test_tools import TOOLS
from tests.test_llm import speaking
from thinkling.records import Piece, Reply, ToolCall
from thinkling.serve.anthropic import Turn
from thinkling.serve.messages import in_order
from thinkling.serve.ollama import OllamaForm, OllamaMessage, _in_message, conversation
from thinkling.serve.response_request import ResponseRequest
from thinkling.serve.tools import arguments_of
from thinkling.serve.worker import Ended, Grown

MODEL = "wild"
QUESTION: list[Any] = [{"role": "user", "content": "Hello"}]
ALLOWED = ({}, {"a": 1, "b": 3}, {"a": 2, "b": 3})
FLAT: list[Any] = [{"type": "function", **one["function"], "strict": None} for one in TOOLS]
OFFERED: list[Any] = [
    {
        "name": one["function"]["name"],
        "description": "does it",
        "input_schema": one["function"]["parameters"],
    }
    for one in TOOLS
]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A model that says nothing that anybody meant."""
    wild = speaking("ab", "cd", context_length=2048)
    with served({MODEL: stored(wild, tmp_path_factory.mktemp("wild")), "bundled": None}) as found:
        yield found


# ---------------------------------------------------------------- responses


def response_to(running: Served, **more: Any) -> Any:
    settings = {"model": MODEL, "input": "Hello", "tools": FLAT, "temperature": 3.0, "max_output_tokens": 300}
    none: Any = {"effort": "none"}
    return running.client().responses.create(**settings | {"reasoning": none} | more)


def required(running: Served, **more: Any) -> Any:
    """With at most 300 tokens some calls of a wild model are cut: the first that is not."""
    for _ in range(20):
        found = response_to(running, tool_choice="required", parallel_tool_calls=False, **more)
        if found.status == "completed":
            return found
    raise AssertionError("no call is ever complete")


def test_a_response_calls_a_tool_and_goes_on_with_its_result(running: Served) -> None:
    found = required(running)
    (call,) = found.output
    assert call.type == "function_call" and call.status == "completed"
    assert call.name in ("add", "now") and json.loads(call.arguments) in ALLOWED
    assert found.tool_choice == "required" and [one.name for one in found.tools] == ["add", "now"]
    given: Any = [{"type": "function_call_output", "call_id": call.call_id, "output": "7"}]
    more = response_to(
        running, previous_response_id=found.id, input=given, tool_choice="none", max_output_tokens=5
    )
    items = running.client().responses.input_items.list(more.id).data
    kinds = [one.type for one in items]
    assert kinds == ["message", "function_call", "function_call_output"]
    assert items[1].call_id == items[2].call_id == call.call_id  # type: ignore[union-attr]
    # The same without what is kept here, as clients do that keep it themselves.
    whole = [{"role": "user", "content": "Hello"}, call.model_dump(exclude_none=True), *given]
    response_to(running, input=whole, tool_choice="none", max_output_tokens=5)
    with pytest.raises(openai.BadRequestError, match="call_0"):
        response_to(running, input=[*QUESTION, {**given[0], "call_id": "call_0"}])


def test_events_tell_of_a_call_as_the_whole_does(running: Served) -> None:
    for _ in range(20):
        stream = response_to(running, tool_choice="required", parallel_tool_calls=False, stream=True)
        events = list(stream)
        if events[-1].type == "response.completed":
            break
    (call,) = events[-1].response.output
    deltas = [one.delta for one in events if one.type == "response.function_call_arguments.delta"]
    (done,) = (one for one in events if one.type == "response.function_call_arguments.done")
    assert "".join(deltas) == done.arguments == call.arguments and done.name == call.name
    added = next(one.item for one in events if one.type == "response.output_item.added")
    assert (added.id, added.call_id, added.name, added.arguments) == (call.id, call.call_id, call.name, "")
    assert [one.sequence_number for one in events] == list(range(len(events)))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"tool_choice": {"type": "function", "name": "sub"}}, "no tool"),
        ({"tool_choice": "required", "tools": []}, "there are no tools"),
        ({"tool_choice": "required", "text": {"format": {"type": "json_object"}}}, "so is JSON"),
        ({"tools": [{"type": "web_search"}]}, "tools.0"),
        ({"tool_choice": {"type": "function", "name": ""}}, "no tool"),
        (
            {"input": [{"type": "function_call", "call_id": str(n), "name": "f"} for n in range(129)]},
            "tool_calls",
        ),
    ],
)
def test_tools_of_a_response_that_cannot_be_meant_are_refused(
    running: Served, wrong: dict[str, Any], words: str
) -> None:
    with pytest.raises(openai.BadRequestError, match=words):
        response_to(running, **wrong)


def test_calls_stand_in_the_turn_of_what_was_said_before_them() -> None:
    items: list[Any] = [
        {"role": "user", "content": "x"},
        {"type": "reasoning", "summary": []},
        {"role": "assistant", "content": "let me see"},
        {"type": "function_call", "call_id": "1", "name": "f", "arguments": "{}"},
        {"type": "function_call", "call_id": "2", "name": "g", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "2", "output": "b"},
        {"type": "function_call_output", "call_id": "1", "output": [{"type": "input_text", "text": "a"}]},
        {"type": "function_call", "call_id": "3", "name": "h", "arguments": "{}"},
    ]
    turns = ResponseRequest.model_validate({"input": items}).turns()
    assert [turn["role"] for turn in turns] == ["user", "assistant", "tool", "tool", "assistant"]
    assert [one["id"] for one in turns[1]["tool_calls"]] == ["1", "2"] and turns[1]["content"] == "let me see"
    assert [one["id"] for one in turns[4]["tool_calls"]] == ["3"]


def test_what_is_said_after_a_call_belongs_to_its_turn() -> None:
    items: list[Any] = [
        {"role": "user", "content": "x"},
        {"type": "function_call", "call_id": "1", "name": "f", "arguments": "{}"},
        {"role": "assistant", "content": [{"type": "output_text", "text": "one moment"}]},
        {"type": "function_call_output", "call_id": "1", "output": "a"},
        {"role": "assistant", "content": "done"},
    ]
    turns = ResponseRequest.model_validate({"input": items}).turns()
    assert [turn["role"] for turn in turns] == ["user", "assistant", "tool", "assistant"]
    assert turns[1]["content"] == "one moment" and turns[1]["tool_calls"] and turns[3]["content"] == "done"


# ---------------------------------------------------------------- Anthropic


@pytest.fixture(scope="module")
def claude(running: Served) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=running.url, api_key="none", max_retries=0, timeout=60) as client:
        yield client


def message_of(claude: anthropic.Anthropic, **more: Any) -> Any:
    settings: dict[str, Any] = {
        "model": MODEL,
        "max_tokens": 300,
        "messages": QUESTION,
        "tools": OFFERED,
        "thinking": {"type": "disabled"},
        "extra_body": {"temperature": 3.0},
    }
    return claude.messages.create(**settings | more)


ANY: Any = {"type": "any", "disable_parallel_tool_use": True}


def test_a_message_uses_a_tool_and_goes_on_with_its_result(claude: anthropic.Anthropic) -> None:
    found = next(
        one
        for one in (message_of(claude, tool_choice=ANY) for _ in range(20))
        if one.stop_reason == "tool_use"
    )
    (use,) = found.content
    assert use.type == "tool_use" and use.name in ("add", "now") and use.input in ALLOWED
    answered: Any = {
        "role": "user",
        "content": [{"type": "tool_result", "tool_use_id": use.id, "content": "7"}],
    }
    turns = [*QUESTION, {"role": "assistant", "content": [use.model_dump(exclude_none=True)]}, answered]
    assert message_of(claude, messages=turns, tool_choice={"type": "none"}, max_tokens=5).content
    answered["content"][0]["tool_use_id"] = "toolu_0"
    with pytest.raises(anthropic.BadRequestError, match="toolu_0"):
        message_of(claude, messages=turns)


def test_a_stream_puts_together_the_same_use(claude: anthropic.Anthropic) -> None:
    for _ in range(20):
        with claude.messages.stream(
            model=MODEL,
            max_tokens=300,
            messages=QUESTION,
            tools=OFFERED,
            tool_choice=ANY,
            thinking={"type": "disabled"},
            extra_body={"temperature": 3.0},
        ) as stream:
            pieces = [
                event.delta.partial_json
                for event in stream
                if event.type == "content_block_delta" and event.delta.type == "input_json_delta"
            ]
            found = stream.get_final_message()
        if found.stop_reason == "tool_use":
            break
    (use,) = found.content
    assert use.type == "tool_use" and use.input in ALLOWED
    assert json.loads("".join(pieces) or "{}") == use.input


def test_a_tool_that_is_named_is_used_and_one_that_is_not_there_refused(claude: anthropic.Anthropic) -> None:
    found = message_of(claude, tool_choice={"type": "tool", "name": "add"})
    assert {one.name for one in found.content if one.type == "tool_use"} == {"add"}
    for wrong, words in (
        ({"type": "tool", "name": "sub"}, "no tool"),
        ({"type": "tool"}, "names no tool"),
    ):
        with pytest.raises(anthropic.BadRequestError, match=words):
            message_of(claude, tool_choice=wrong)


def test_results_come_before_what_else_a_user_says() -> None:
    blocks: list[Any] = [
        {"type": "text", "text": "and now?"},
        {"type": "tool_result", "tool_use_id": "2", "content": [{"type": "text", "text": "b"}]},
        {"type": "tool_result", "tool_use_id": "1"},
    ]
    uses = [{"type": "tool_use", "id": number, "name": "f", "input": {"x": 1}} for number in "12"]
    turns = [Turn(role="assistant", content=uses), Turn(role="user", content=blocks)]  # type: ignore[arg-type]
    said = [one.message() for one in in_order([part for turn in turns for part in turn.messages()])]
    assert [(one.role, one.content) for one in said] == [
        ("assistant", ""),
        ("tool", ""),
        ("tool", "b"),
        ("user", "and now?"),
    ]
    assert [json.loads(one.arguments) for one in said[0].tool_calls] == [{"x": 1}] * 2


# ---------------------------------------------------------------- Ollama


def test_ollamas_client_gets_whole_calls() -> None:
    reply = Reply("let me see", "hm", "stop", tool_calls=(ToolCall("add", '{"a": 1}'), ToolCall("now", "")))
    form = OllamaForm(MODEL, _in_message)
    grown = Grown(0, [Piece("content", "let me see"), Piece("tool_call", "", 0, "add")], [])
    lines = [line for event in (grown, Ended(0, reply)) for line in form._lines(event)]
    streamed = [ollama.ChatResponse.model_validate(line) for line in lines]
    assert [one.done for one in streamed] == [False, False, True]
    for found in (ollama.ChatResponse.model_validate(form.whole(reply)), streamed[1]):
        calls = [one.function for one in found.message.tool_calls or ()]
        assert [(one.name, dict(one.arguments)) for one in calls] == [("add", {"a": 1}), ("now", {})]


@pytest.fixture(scope="module")
def llama(running: Served) -> Iterator[ollama.Client]:
    client = ollama.Client(host=running.url, timeout=60)
    yield client
    client._client.close()


def test_ollamas_client_may_offer_tools(llama: ollama.Client) -> None:
    assert llama.chat(model="bundled", messages=QUESTION, tools=TOOLS, think=False).done
    assert "tools" in (llama.show("bundled").capabilities or ())


def test_an_ollama_conversation_matches_results_by_name_or_by_order() -> None:
    calls = [{"function": {"name": name, "arguments": {"x": name}}} for name in ("f", "g", "f")]
    turns: list[Any] = [
        {"role": "user", "content": "x"},
        {"role": "assistant", "content": "", "tool_calls": calls},
        {"role": "tool", "tool_name": "g", "content": "of g"},
        {"role": "tool", "content": "of the first f"},
        {"role": "tool", "name": "f", "content": "of the second f"},
        {"role": "user", "content": "y"},
    ]
    said = conversation([OllamaMessage.model_validate(turn) for turn in turns])
    assert [one.content for one in said] == ["x", "", "of the first f", "of g", "of the second f", "y"]
    assert [one.name for one in said[1].tool_calls] == ["f", "g", "f"]


@pytest.mark.parametrize("wrong", [{"tool_name": "h"}, {}])
def test_an_ollama_result_of_no_call_is_refused(llama: ollama.Client, wrong: dict[str, Any]) -> None:
    calls = [] if not wrong else [{"function": {"name": "f", "arguments": {}}}]
    turns: list[Any] = [
        *QUESTION,
        {"role": "assistant", "content": "", "tool_calls": calls},
        {"role": "tool", "content": "7", **wrong},
    ]
    with pytest.raises(ollama.ResponseError, match="does not call") as caught:
        llama.chat(model="bundled", messages=turns)
    assert caught.value.status_code == 400


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        (' {"a": 1} ', {"a": 1}),
        ("[1]", {"arguments": [1]}),
        ("{a", {"arguments": "{a"}),
        ('{"a": 1e999}', {"arguments": '{"a": 1e999}'}),
        ("[" * 100_000, {"arguments": "[" * 100_000}),
    ],
)
def test_arguments_that_a_model_wrote_freely_are_an_object(text: str, expected: dict[str, Any]) -> None:
    assert arguments_of(ToolCall("f", text)) == expected
