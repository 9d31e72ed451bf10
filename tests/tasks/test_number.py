"""The number reader: what it takes, what it refuses, and that no text makes it raise or stall."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkling.records import Problem
from thinkling.tasks.verify.number import MAX_DIGITS, Refusal, check_number, read_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("168", 168),
        ("168.", 168),
        (" 168\n", 168),
        ("1,234", 1234),
        ("12,345,678", 12345678),
        ("-5", -5),
        ("\u22125", -5),
        ("168.0", 168),
        ("2.5", Fraction(5, 2)),
        ("12 * 14 = 168", 168),
        ("12*14 = 120 + 48 = 168.", 168),
        ("The answer is simple: 12 * 14 = 168", 168),
        ("It is 168, so the answer is 168.", 168),
        ("The answer is 168.", 168),
        ("12 times 14 is 168.", 168),
        ("**168**", 168),
        ("12 × 14 = **168**.", 168),
        ("$168$", 168),
        ("\\boxed{168}", 168),
        ("There are 3 r's in strawberry.", 3),
        ("007", 7),
        ("168, as asked.", 168),
    ],
)
def test_a_single_number_is_read(text: str, value: Fraction) -> None:
    assert read_number(text) == value


@pytest.mark.parametrize(
    "text",
    [
        *("", "   ", "\n", ".", "-", "=", "none", "**", "12*14 ="),
        *(
            "168 or 169",
            "168 169",
            "168, 169",
            "The answer is 168 or 169.",
            "1 2 3 168",
            "1,23",
            "1.2.3",
            "it is 169, it is 168",
            "a = 169, b = 168",
            "= 169 = 168",
        ),
        *(
            "What's 12 times 14?",
            "What's 2+2?",
            "What is 3 + 3 - 3?",
            "12 x 14",
            "6 * 28",
            "12*14",
            "((12*14))",
        ),
        *("1e999", "1e3", "0x10", "x168", "168x", "abc168def", "168%", "3r", "1_000", "168/1", "1/0"),
        *("9" * 400, "9" * 19, "1." + "0" * 30, "9**9**9", "99**98**97", "2**3**4", "1**68**", "16**8**"),
        *("١٦٨", "１６８", "16²", "½", "Ⅷ", "一百"),
        *("= - 5", "--5", "+-5", "~168", "<168", "168!=169", "168 > 4", "169 >= 168"),
    ],
)
def test_anything_else_is_refused_with_a_reason(text: str) -> None:
    found = read_number(text)
    assert isinstance(found, Refusal) and found.reason


@pytest.mark.parametrize("piece", ["9", "1 ", "=", "is ", "**1", "(", "1,", "-", "\u0661", "1+", " "])
def test_a_million_characters_are_refused_at_once(piece: str) -> None:
    start = time.perf_counter()
    assert isinstance(read_number(piece * (1_000_000 // len(piece))), Refusal)
    assert time.perf_counter() - start < 0.5


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=420) | st.text(alphabet="0123456789+-*/=.,()eE is\n", max_size=420))
def test_no_text_raises_and_values_stay_small(text: str) -> None:
    found = read_number(text)
    assert isinstance(found, Refusal) or abs(found) < 10**MAX_DIGITS


@settings(max_examples=200, deadline=None)
@given(
    st.integers(-(10**12), 10**12),
    st.sampled_from(["{}", "{}.", "The answer is {}.", "7 * 9 = {}", "**{}**"]),
)
def test_every_number_survives_its_wrappings(value: int, wrapping: str) -> None:
    assert read_number(wrapping.format(value)) == value
    assert read_number(wrapping.format(f"{value:,}")) == value


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(0, 10**6), min_size=2, max_size=5),
    st.sampled_from([" ", ", ", " or ", " and ", "\n"]),
)
def test_two_candidates_are_never_an_answer(values: list[int], between: str) -> None:
    assert isinstance(read_number(between.join(map(str, values))), Refusal) or between == ", "
    assert isinstance(read_number("The answer is " + " or ".join(map(str, values))), Refusal)


def test_a_substring_of_the_answer_is_wrong() -> None:
    problem = Problem("multiply", "What's 12 times 14?", "168", "multiply:12x14")
    for answer in ("1680", "16", "68", "1168", "168.5", "-168", "16 8"):
        assert not check_number(problem, answer).is_correct
    assert check_number(problem, "168").reward == 1.0
