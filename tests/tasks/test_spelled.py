"""The reader of letters and spelled words."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkling.tasks.verify.number import Refusal
from thinkling.tasks.verify.spelled import Spelled, read_spelled


@pytest.mark.parametrize(
    ("text", "letters", "between"),
    [
        ("b-e-r-r-y", "berry", "-"),
        ("B-E-R-R-Y.", "berry", "-"),
        ("b e r r y", "berry", " "),
        ("b, e, r, r, y", "berry", ","),
        ("b - e - r - r - y", "berry", "-"),
        ("b、e、r、r、y。", "berry", ","),
        ("berry is spelled b-e-r-r-y.", "berry", "-"),
        ("berry：b-e-r-r-y", "berry", "-"),
        ("berry的拼写是b-e-r-r-y。", "berry", "-"),
        ("**b-e-r-r-y**", "berry", "-"),
        ("yrreb", "yrreb", ""),
        ("berry backwards is yrreb.", "yrreb", ""),
        ('"yrreb"', "yrreb", ""),
        ("倒过来是yrreb。", "yrreb", ""),
        ("r", "r", ""),
        ("The third letter is r.", "r", ""),
        ("第3个字母是r。", "r", ""),
        ("是字母r", "r", ""),
        ("The letter r", "r", ""),
        ("The letter is: R!", "r", ""),
    ],
)
def test_letters_are_read_with_what_stands_between_them(text: str, letters: str, between: str) -> None:
    assert read_spelled(text) == Spelled(letters, between)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "?", "-", "b-", "-b", "b--e", "b-e r-y", "b-er-ry", "b-e-r-r-y-", "3", "b-3-r", "b_e_r"),
        *(
            "r or y",
            "r y or x",
            "b-e-r-r-y or b-e-r-y",
            "b-e-r-y is b-e-r-r-y",
            "it is r, it is y",
            "r还是y",
            "r, it is y",
        ),
        *("What is the third letter of berry?", "Spell berry.", "berry倒过来是什么？", "第3个字母是什么？"),
        *("It is not r", "不是r", "r, I think so", "х-у", "b-é-r", "x" * 300, "字母是", "is", ":"),
    ],
)
def test_anything_else_is_refused_with_a_reason(text: str) -> None:
    found = read_spelled(text)
    assert isinstance(found, Refusal) and found.reason


@pytest.mark.parametrize("piece", ["a-", "a ", "is ", "是", "a", ":", "the letter ", "-", "*"])
def test_a_million_characters_are_refused_at_once(piece: str) -> None:
    start = time.perf_counter()
    assert isinstance(read_spelled(piece * (1_000_000 // len(piece))), Refusal)
    assert isinstance(read_spelled(piece * (190 // len(piece)) + "?"), Refusal)
    assert time.perf_counter() - start < 0.5


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=220) | st.text(alphabet="abris-, .:*是为不字母", max_size=60))
def test_no_text_raises_and_only_letters_come_out(text: str) -> None:
    found = read_spelled(text)
    assert isinstance(found, Refusal) or (found.letters.isascii() and found.letters.islower())


@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=10),
    st.sampled_from(["-", " ", ", ", ",", " - "]),
    st.sampled_from(["{}", "{}.", "It is spelled {}.", "拼写是{}。", "**{}**", "berry: {}"]),
)
def test_every_spelled_word_survives_its_wrappings(word: str, between: str, wrapping: str) -> None:
    found = read_spelled(wrapping.format(between.join(word)))
    assert found == Spelled(word, between.strip() or " ")
