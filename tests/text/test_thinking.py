"""The splitter against its slow twin, and the strict contract of the format reward."""

from __future__ import annotations

import re
import time
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkling.errors import ConfigError
from thinkling.records import Piece
from thinkling.text.thinking import (
    R1_ZERO_TAGS,
    THINK_TAGS,
    StartsIn,
    Tags,
    ThinkingSplitter,
    read_block,
    split_answer,
    text_of,
)

PARTS = [
    *R1_ZERO_TAGS.names,
    "<thi",
    "nk>",
    "</thi",
    "<answ",
    "er>",
    "<",
    "\n",
    "\n\n",
    " ",
    "a",
    "数学",
    "🙂",
]
tagged = st.lists(st.sampled_from(PARTS), max_size=14).map("".join)
starts = st.sampled_from(get_args(StartsIn))
tag_sets = st.sampled_from([THINK_TAGS, R1_ZERO_TAGS])
cuts = st.lists(st.integers(0, 60), max_size=8)


def slow_split(text: str, starts_in: StartsIn, tags: Tags) -> tuple[str, str]:
    """The slow twin: reads the whole text at once, part by part."""
    if starts_in == "undecided":
        is_open = text.lstrip().startswith(tags.think_open)
        starts_in, text = (
            ("reasoning", text.lstrip()[len(tags.think_open) :]) if is_open else ("content", text)
        )
    parts: list[list[str]] = [
        [starts_in, ""]
    ]  # kind, text with chr(0) where a tag asks to eat what follows it
    for word in re.split(f"({tags.pattern.pattern})", text):
        kind = parts[-1][0]
        if word == tags.think_open:
            if kind == "reasoning":
                parts[-1][1] += "\0"
            else:
                parts.append(["reasoning", ""])
        elif word == tags.think_close and kind == "reasoning":
            parts.append(["content", ""])
        elif word == tags.answer_open and word and kind == "content":
            parts[-1][1] += "\0"
        elif word not in tags.names:
            parts[-1][1] += word
    shown = {"reasoning": "", "content": ""}
    for number, (kind, part) in enumerate(parts):
        part = re.sub(f"(^|\0)[{tags.padding}\0]*", "", part)
        is_closed = number < len(parts) - 1
        if tags.answer_open if kind == "content" else is_closed:
            part = part.rstrip(tags.padding)
        shown[kind] += part
    return without_tags(shown["reasoning"], tags), without_tags(shown["content"], tags)


def without_tags(text: str, tags: Tags) -> str:
    """Dropping tags may form new ones: leave out every character that would complete one."""
    kept = ""
    for letter in text:
        if not (kept + letter).endswith(tags.names):
            kept += letter
    return kept


@given(tagged.filter(lambda text: "\0" not in text), starts, tag_sets)
def test_splitter_equals_its_slow_twin(text: str, starts_in: StartsIn, tags: Tags) -> None:
    assert split_answer(text, starts_in, tags) == slow_split(text, starts_in, tags)


@given(tagged, starts, tag_sets, cuts)
def test_pieces_do_not_depend_on_the_chunks(
    text: str, starts_in: StartsIn, tags: Tags, places: list[int]
) -> None:
    splitter = ThinkingSplitter(starts_in, tags)
    bounds = sorted({0, len(text), *(min(place, len(text)) for place in places)})
    pieces = [piece for start, end in pairwise(bounds) for piece in splitter.feed(text[start:end])]
    pieces += splitter.flush()
    assert all(piece.text for piece in pieces)
    assert (text_of(pieces, "reasoning"), text_of(pieces, "content")) == split_answer(text, starts_in, tags)


@given(tagged, starts, tag_sets)
def test_no_tag_is_ever_shown(text: str, starts_in: StartsIn, tags: Tags) -> None:
    for shown in split_answer(text, starts_in, tags):
        assert not tags.pattern.search(shown)


@pytest.mark.parametrize(
    ("text", "starts_in", "reasoning", "content"),
    [
        ("<think>\nwhy\n</think>\n\nanswer\n", "undecided", "why", "answer\n"),
        ("\n <think>\n\n</think>\n\nanswer", "undecided", "", "answer"),
        ("answer", "undecided", "", "answer"),
        ("\n\n  answer", "undecided", "", "  answer"),
        ("why\n</think>\n\nanswer", "reasoning", "why", "answer"),
        ("answer", "content", "", "answer"),
        ("<think>\nnever closed\n", "undecided", "never closed\n", ""),
        ("<think>cut off </thi", "undecided", "cut off </thi", ""),
        ("a</think>b", "content", "", "ab"),
        ("one<think>\ntwo\n</think>\nthree", "undecided", "two", "onethree"),
        ("<think>a<think>b</think>c", "undecided", "ab", "c"),
        ("<thi</think>nk> x", "content", "", "<think x"),
        ("</thi<think>nk> x", "reasoning", "</think x", ""),
        ("x < y <b>", "undecided", "", "x < y <b>"),
        ("<answer>plain</answer>", "undecided", "", "<answer>plain</answer>"),
        ("", "undecided", "", ""),
        ("<", "undecided", "", "<"),
    ],
)
def test_golden_splits(text: str, starts_in: StartsIn, reasoning: str, content: str) -> None:
    assert split_answer(text, starts_in) == (reasoning, content)


def test_golden_r1_zero_split() -> None:
    text = " <think> why </think> <answer> 42 </answer>"
    assert split_answer(text, tags=R1_ZERO_TAGS) == ("why", "42")
    assert split_answer("<think>a</think>So: <answer>42</answer> bye", tags=R1_ZERO_TAGS)[1] == "So: 42 bye"


def test_text_is_shown_at_once_and_tags_are_held_back() -> None:
    splitter = ThinkingSplitter()
    assert splitter.feed(" <thi") == []
    assert splitter.mode == "undecided"
    assert splitter.feed("nk>\nwhy") == [Piece("reasoning", "why")]
    assert splitter.feed(" not\n") == [Piece("reasoning", " not")]
    assert splitter.feed("</think") == []
    assert splitter.feed(">\n\nfour</think>teen") == [Piece("content", "fourteen")]
    assert splitter.mode == "content"
    assert splitter.flush() == []


@pytest.mark.parametrize(
    ("text", "starts_in", "fault"),
    [
        ("why</think>answer", "undecided", "the think block is not opened at the start"),
        ("Well, <think>why</think>answer", "undecided", "the think block is not opened at the start"),
        ("answer", "undecided", "the think block is not opened at the start"),
        ("<think>why", "undecided", "the think block is not closed"),
        ("why, and no end", "reasoning", "the think block is not closed"),
        ("<think>why</think><think>again</think>answer", "undecided", "more than one think block"),
        ("<think>why</think>answer", "reasoning", "more than one think block"),
        ("<think>why</think>answer", "content", "more than one think block"),
        ("<think>why</think>answer</think>", "undecided", "the think block is closed more than once"),
        ("answer</think>", "content", "the think block is closed more than once"),
        ("<think>why</think> \n", "undecided", "the answer is empty"),
        ("", "content", "the answer is empty"),
    ],
)
def test_faults_of_a_think_block_are_named(text: str, starts_in: StartsIn, fault: str) -> None:
    block = read_block(text, starts_in)
    assert (block.fault, block.reasoning, block.answer) == (fault, "", "")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("<think>why</think>42", "the answer tag does not follow the think block"),
        ("<think>why</think>so <answer>42</answer>", "the answer tag does not follow the think block"),
        ("<think>why</think><answer>42", "the answer is not closed"),
        ("<think>why</think><answer>42</answer> bye", "text follows the answer"),
        ("<think>why</think><answer>4</answer><answer>2</answer>", "more than one answer block"),
        ("<think>why</think><answer>4<answer>2</answer>", "more than one answer block"),
        ("<think>why</think><answer> </answer>", "the answer is empty"),
        ("<think>why</think>", "the answer is empty"),
        (
            "<think><answer>42</answer></think><answer>42</answer>",
            "an answer tag stands inside the think block",
        ),
    ],
)
def test_faults_of_an_r1_zero_answer_are_named(text: str, fault: str) -> None:
    assert read_block(text, tags=R1_ZERO_TAGS).fault == fault


def test_golden_blocks() -> None:
    block = read_block("<think>\nwhy\n</think>\n\nanswer")
    assert (block.reasoning, block.answer, block.fault) == ("why", "answer", "")
    assert read_block("why</think>answer", "reasoning").reasoning == "why"
    assert read_block("answer", "content").answer == "answer"
    assert read_block(" <think> a </think> <answer> 42 </answer>\n", tags=R1_ZERO_TAGS).answer == "42"


blank = st.text(alphabet=" \n", max_size=3)
words = st.text(max_size=6)


@given(words, words, blank, starts, tag_sets, tagged)
def test_a_text_that_passes_is_split_in_the_same_way(
    reasoning: str, answer: str, gap: str, starts_in: StartsIn, tags: Tags, other: str
) -> None:
    opening = {"undecided": f"{gap}{tags.think_open}", "reasoning": "", "content": ""}[starts_in]
    closing = "" if starts_in == "content" else tags.think_close
    thought = "" if starts_in == "content" else reasoning
    sound = f"{opening}{gap}{thought}{gap}{closing}{gap}{tags.answer_open}{answer}{gap}{tags.answer_close}"
    assert bool(answer.strip()) == (not read_block(sound, starts_in, tags).fault)
    for text in (sound, other):
        block = read_block(text, starts_in, tags)
        if not block.fault:
            assert (block.reasoning, block.answer) == split_answer(text, starts_in, tags)


@given(tagged, starts)
def test_a_text_that_fails_says_why_and_one_that_passes_has_an_answer(text: str, starts_in: StartsIn) -> None:
    block = read_block(text, starts_in)
    assert bool(block.fault) != bool(block.answer.strip())


@pytest.mark.parametrize(
    "names", [("", "</a>"), ("<a>", "<a>"), ("<a>", "a"), ("<a>", "</a>", "<b>"), ("<a<b>", "</a>")]
)
def test_tags_that_cannot_be_told_apart_are_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(ConfigError):
        Tags(*names)


def test_twenty_thousand_blocks_in_one_text_are_split() -> None:
    reasoning, content = split_answer("<think>a</think>b" * 20_000)
    assert (len(reasoning), len(content)) == (20_000, 20_000)


def test_a_tag_with_many_ends_is_read_at_once() -> None:
    start = time.perf_counter()
    text = "a<thin</think>k" + ">" * 200_000
    assert split_answer(text)[1] == "a<think"
    assert time.perf_counter() - start < 1
