"""Chunks of any service become one reply, however they are cut."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkling.records import Message, Reply, ToolCall
from thinkling.remote_form import GrowingReply, RemoteError, chat_body, chunk_of
from thinkling.text.thinking import text_of

QUICK = settings(max_examples=200, deadline=None, derandomize=True, database=None)
PARTS = st.lists(
    st.sampled_from(("<think>", "</think>", "<", "think", "/", ">", "\n", " ", "a", "é", "思", "<thi")),
    max_size=14,
)


def chunk(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
    return {"id": "x", "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}


def put_together(deltas: list[dict[str, Any]]) -> Reply:
    growing = GrowingReply()
    pieces = [piece for delta in deltas for piece in growing.feed(chunk(delta))]
    pieces += growing.feed(chunk({}, "stop")) + growing.flush()
    reply = growing.reply()
    assert text_of(pieces, "reasoning") == reply.reasoning and text_of(pieces, "content") == reply.content
    return reply


@given(parts=PARTS, cuts=st.lists(st.integers(0, 60), max_size=8))
@QUICK
def test_a_tagged_text_is_parted_the_same_however_it_is_cut(parts: list[str], cuts: list[int]) -> None:
    text = "<think>" + "".join(parts)
    edges = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    pieces = [text[a:b] for a, b in itertools.pairwise(edges)]
    whole, cut = put_together([{"content": text}]), put_together([{"content": one} for one in pieces])
    letters = put_together([{"content": one} for one in text])
    assert (whole.reasoning, whole.content) == (cut.reasoning, cut.content)
    assert (whole.reasoning, whole.content) == (letters.reasoning, letters.content)


@pytest.mark.parametrize("field", ["reasoning", "reasoning_content"])
def test_what_a_service_has_parted_is_taken_as_it_is(field: str) -> None:
    found = put_together([{field: "so "}, {field: "<think>"}, {"content": "a</think>b"}])
    assert (found.reasoning, found.content) == ("so <think>", "a</think>b")


@given(cuts=st.lists(st.integers(1, 8), max_size=6))
@QUICK
def test_calls_are_put_together_from_their_pieces(cuts: list[int]) -> None:
    text = '{"a": 1}'
    edges = sorted({0, len(text), *cuts})
    head = {"index": 1, "id": "c", "type": "function", "function": {"name": "add", "arguments": ""}}
    deltas = [{"tool_calls": [{"index": 0, "function": {"name": "now"}}]}, {"tool_calls": [head]}]
    deltas += [
        {"tool_calls": [{"index": 1, "function": {"arguments": text[a:b]}}]}
        for a, b in itertools.pairwise(edges)
    ]
    assert put_together(deltas).tool_calls == (ToolCall("now", ""), ToolCall("add", text))


def test_lines_are_chunks_comments_or_the_end() -> None:
    assert chunk_of("data: [DONE]") is None
    assert chunk_of(": keep-alive") == {} and chunk_of("") == {} and chunk_of("event: x") == {}
    assert chunk_of(f"data:{json.dumps(chunk({}))}") == chunk({})
    for wrong in ("data: {", "data: [1]", "data: 1", "data:" + "[" * 100_000, "x" * 5_000_000):
        with pytest.raises(RemoteError):
            chunk_of(wrong)


def test_calls_and_results_go_out_with_ids_that_match() -> None:
    calls = (ToolCall("f", "{}"), ToolCall("g", "{}"))
    said = [Message("user", "x"), Message("assistant", "", None, calls)]
    said += [Message("tool", "1"), Message("tool", "2"), Message("user", "y")]
    turns = chat_body("m", said)["messages"]
    assert [one["id"] for one in turns[1]["tool_calls"]] == [one["tool_call_id"] for one in turns[2:4]]
    assert [one["function"]["name"] for one in turns[1]["tool_calls"]] == ["f", "g"]
    assert turns[4] == {"role": "user", "content": "y"}
