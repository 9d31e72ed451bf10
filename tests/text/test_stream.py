"""The stream shows what decoding the whole would show, however the ids arrive."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from thinkling.text import special
from thinkling.text.stream import TextStream
from thinkling.text.tokenizer import Tokenizer

texts = st.lists(
    st.one_of(
        st.text(max_size=5), st.sampled_from(["数学", "🙂", "👩‍👩‍👧", "ab", "aab", "aaa", "<think>", "\n"])
    )
).map("".join)
cuts = st.lists(st.integers(0, 60), max_size=8)
few_letters = st.text(alphabet="ab数🙂", max_size=12)  # where stop texts begin, end and overlap often
stops = st.lists(st.text(alphabet="ab数", min_size=1, max_size=4), max_size=3)


def chunks(ids: Sequence[int], places: Sequence[int]) -> list[Sequence[int]]:
    bounds = sorted({0, len(ids), *(min(place, len(ids)) for place in places)})
    return [ids[start:end] for start, end in pairwise(bounds)]


def streamed(stream: TextStream, parts: Sequence[Sequence[int]]) -> str:
    return "".join([*map(stream.feed, parts), stream.flush()])


def text_before_stop(text: str, stop: Sequence[str]) -> tuple[str, bool]:
    """The slow twin: the shortest beginning that ends in a stop text, without the longest that ends there."""
    for end in range(1, len(text) + 1):
        found = [word for word in stop if text[:end].endswith(word)]
        if found:
            return text[: end - max(map(len, found))], True
    return text, False


@given(st.lists(st.integers(0, 359), max_size=40), cuts)
def test_any_ids_in_any_chunks_give_the_text_of_decode(
    tokenizer: Tokenizer, ids: list[int], places: list[int]
) -> None:
    assert streamed(TextStream(tokenizer), chunks(ids, places)) == tokenizer.decode(ids, skip_special=True)
    with_all = streamed(TextStream(tokenizer, skip_special=False), chunks(ids, places))
    assert with_all == tokenizer.decode(ids)


@given(st.one_of(few_letters, texts), cuts, stops)
@example(text="xaab", places=[], stop=["b", "ab", "ba"])
def test_stop_texts_end_the_stream_in_any_chunks(
    tokenizer: Tokenizer, text: str, places: list[int], stop: list[str]
) -> None:
    stream = TextStream(tokenizer, stop)
    shown = streamed(stream, chunks(tokenizer.encode_plain(text), places))
    assert (shown, stream.is_stopped) == text_before_stop(text, stop)


@given(st.one_of(few_letters, texts), stops)
def test_what_is_shown_is_never_taken_back(tokenizer: Tokenizer, text: str, stop: list[str]) -> None:
    final, _ = text_before_stop(text, stop)
    stream = TextStream(tokenizer, stop)
    shown = ""
    for index in tokenizer.encode_plain(text):
        shown += stream.feed([index])
        assert final.startswith(shown)


def test_no_half_character_is_shown(tokenizer: Tokenizer) -> None:
    stream = TextStream(tokenizer)
    assert len(tokenizer.encode_plain("龘")) == 3
    pieces = [stream.feed([index]) for index in tokenizer.encode_plain("龘")]
    assert pieces == ["", "", "龘"]
    assert stream.feed(tokenizer.encode_plain("é")[:1]) == ""
    assert stream.flush() == "\N{REPLACEMENT CHARACTER}"


def test_think_tags_come_through_and_sentence_marks_do_not(tokenizer: Tokenizer) -> None:
    ids = tokenizer.encode(f"{special.BOS}<think>\na\n</think>\n\nb{special.EOS}{special.PAD}")
    assert streamed(TextStream(tokenizer), [ids]) == "<think>\na\n</think>\n\nb"


def test_text_is_released_as_soon_as_it_cannot_begin_a_stop_text(tokenizer: Tokenizer) -> None:
    stream = TextStream(tokenizer, ["abc"])
    ids = tokenizer.encode_plain
    assert [stream.feed(ids(text)) for text in ("x", "a", "b", "a", "b", "d")] == [
        "x",
        "",
        "",
        "ab",
        "",
        "abd",
    ]
    assert not stream.is_stopped


def test_nothing_is_shown_after_a_stop_text(tokenizer: Tokenizer) -> None:
    stream = TextStream(tokenizer, "END")
    assert stream.feed(tokenizer.encode_plain("done END more")) == "done "
    assert stream.is_stopped
    assert stream.feed(tokenizer.encode_plain("more")) == ""
    assert stream.flush() == ""


@pytest.mark.parametrize("stop", ["a" * 200 + "b", "ab" * 100])
def test_a_stop_text_that_almost_matches_for_long_is_found(tokenizer: Tokenizer, stop: str) -> None:
    stream = TextStream(tokenizer, [stop])
    ids = tokenizer.encode_plain(stop[:-1] + stop + "rest")
    shown = streamed(stream, [[index] for index in ids])
    assert (shown, stream.is_stopped) == text_before_stop(stop[:-1] + stop + "rest", [stop])
