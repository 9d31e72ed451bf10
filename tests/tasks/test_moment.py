"""Reading one time of day: natural forms are read; two times, echoes and impossible times are refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkling.records import Problem
from thinkling.tasks.verify.moment import check_moment, moment, read_moment
from thinkling.tasks.verify.number import Refusal

QUESTION = "What time is it 45 minutes after 13:20?"


@pytest.mark.parametrize(
    "answer",
    [
        "14:05",
        "14:05.",
        "**14:05**",
        "It is 14:05.",
        "The answer is 14:05!",
        "2:05 pm",
        "2:05 PM.",
        "2:05 p.m.",
        "It's 2:05pm",
        "13:20 + 45 minutes = 14:05",
        "45 minutes after 13:20 is 14:05.",
        "14:05 is 45 minutes after 13:20",
        "14点5分",
        "14点05分。",
        "答案是14:05。",
        "下午2点5分",
        "下午2:05",
        "13:20之后45分钟是14:05。",
        "14时5分",
    ],
)
def test_a_right_time_is_read_in_every_natural_form(answer: str) -> None:
    assert read_moment(answer, QUESTION) == "14:05"


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("12:30 am", "0:30"),
        ("12:30 pm", "12:30"),
        ("noon", "12:00"),
        ("midnight", "0:00"),
        ("24:00", "0:00"),
        ("09:05", "9:05"),
        ("3 pm", "15:00"),
        ("3点半", "3:30"),
        ("晚上12点", "0:00"),
        ("中午12点", "12:00"),
        ("凌晨2点", "2:00"),
        ("2:05", "2:05"),
    ],
)
def test_halves_of_the_day_are_told_apart(answer: str, value: str) -> None:
    assert read_moment(answer) == value


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "14",
        "1405",
        "14:5",
        "14:05 or 14:15",
        "14:05 14:15",
        "It is 14:05. It is 14:15.",
        "It is not 14:05",
        "不是14:05",
        "14:05:30",
        "114:05",
        "45 minutes after 13:20",
        QUESTION,
        "13:20 plus 45 minutes",
        "14:05 " * 100,
    ],
)
def test_anything_else_is_refused(answer: str) -> None:
    assert isinstance(read_moment(answer, QUESTION), Refusal), answer


def test_impossible_times_are_wrong() -> None:
    problem = Problem("clock", QUESTION, "14:05", "clock:13:20+0:45")
    for answer in ("14:65", "26:05", "14:05 pm", "0:05 pm", "2:05", "2:05 am", "15:05"):
        assert not check_moment(problem, answer).is_correct, answer
    assert check_moment(problem, "2:05 pm").is_correct


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789:点分时半apm. 上下午是=", max_size=60))
def test_no_text_makes_the_reader_raise(text: str) -> None:
    found = read_moment(text, QUESTION)
    assert isinstance(found, Refusal | str)


def test_every_minute_of_the_day_is_read_as_it_is_written() -> None:
    for minutes in range(24 * 60):
        assert read_moment(moment(minutes)) == moment(minutes)
