"""A reply in the making: what is shown, what is counted, what is timed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkling.records import StartsIn, Timings, Usage
from thinkling.text.reply import GrowingReply
from thinkling.text.special import THINK_CLOSE, THINK_OPEN
from thinkling.text.template import ChatPrompt
from thinkling.text.thinking import text_of
from thinkling.text.tokenizer import Tokenizer

TOKENIZER = Tokenizer.train(["What's 12 times 14?"], 280)
TEXTS = st.lists(st.sampled_from([THINK_OPEN, THINK_CLOSE, "12", "é", "\n", "a b", "</", "STOP"]), max_size=8)


def growing(starts_in: StartsIn, *stop: str, num_prompt_tokens: int = 10) -> GrowingReply:
    return GrowingReply(TOKENIZER, stop, ChatPrompt((5,) * num_prompt_tokens, starts_in), started_at=100.0)


def test_times_and_speeds_are_those_of_the_clock() -> None:
    reply = growing("content", num_prompt_tokens=10)
    for number, index in enumerate(TOKENIZER.encode("12345")):
        reply.feed(index, 100.5 + number * 0.25)
    found = reply.end("length", load_s=3.0)
    assert found.usage == Usage(prompt_tokens=10, completion_tokens=5)
    assert found.timings == Timings(
        load_s=3.0,
        first_token_s=0.5,
        total_s=1.5,
        prefill_tokens_per_s=20.0,
        decode_tokens_per_s=4.0,
    )


def test_a_reply_without_tokens_took_no_time() -> None:
    assert growing("content").end("abort", load_s=0.0).timings == Timings()


@pytest.mark.parametrize(
    ("starts_in", "text", "num_inside"),
    [
        ("undecided", f"{THINK_OPEN}123{THINK_CLOSE}45", 3),
        ("undecided", "12345", 0),
        ("undecided", f"12{THINK_CLOSE}34", 0),
        ("reasoning", f"12{THINK_CLOSE}345", 2),
        ("reasoning", "12345", 5),
        ("content", f"12{THINK_CLOSE}345", 0),
    ],
)
def test_tokens_inside_the_think_block_are_counted_without_its_tags(
    starts_in: StartsIn, text: str, num_inside: int
) -> None:
    reply = growing(starts_in)
    for index in TOKENIZER.encode(text):
        reply.feed(index, 101.0)
    assert reply.end("stop", 0.0).usage.reasoning_tokens == num_inside


@settings(max_examples=60, deadline=None)
@given(texts=TEXTS, starts_in=st.sampled_from(["undecided", "reasoning", "content"]))
def test_the_reply_is_what_its_pieces_said(texts: list[str], starts_in: StartsIn) -> None:
    reply = growing(starts_in, "STOP")
    for index in TOKENIZER.encode("".join(texts)):
        reply.feed(index, 101.0)
    reply.flush()
    pieces = reply.take()
    found = reply.end("stop", 0.0)
    assert found.content == text_of(pieces, "content")
    assert found.reasoning == text_of(pieces, "reasoning")
    assert reply.is_stopped is ("STOP" in "".join(texts))
    assert "STOP" not in found.content + found.reasoning
    assert THINK_OPEN not in found.content and THINK_CLOSE not in found.content
    assert found.usage.reasoning_tokens <= found.usage.completion_tokens


@settings(max_examples=100, deadline=None)
@given(
    texts=TEXTS,
    starts_in=st.sampled_from(["undecided", "reasoning", "content"]),
    takes=st.lists(st.booleans(), min_size=40, max_size=40),
)
def test_tokens_that_are_read_together_say_what_they_say_one_by_one(
    texts: list[str], starts_in: StartsIn, takes: list[bool]
) -> None:
    together, one_by_one = growing(starts_in), growing(starts_in)
    for index, is_taken in zip(TOKENIZER.encode("".join(texts)), [*takes, *takes], strict=False):
        for reply in (together, one_by_one):
            reply.feed(index, 101.0)
        one_by_one.take()
        if is_taken:
            together.take()
    for reply in (together, one_by_one):
        reply.flush()
    assert together.end("stop", 0.0) == one_by_one.end("stop", 0.0)
