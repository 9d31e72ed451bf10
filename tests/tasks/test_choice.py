"""Reading one choice among known words: natural answers are read; echoes, dumps and denials are refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkling.errors import TaskError
from thinkling.records import Problem
from thinkling.tasks.verify.choice import Choices, check_choice, read_choice
from thinkling.tasks.verify.number import Refusal

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKDAYS = Choices(
    {
        day: (day, day[:3], *(f"{week}{sign}" for week in ("星期", "周") for sign in signs))
        for day, signs in zip(DAYS, ("一", "二", "三", "四", "五", "六", "日天"), strict=True)
    }
)
MONTHS = Choices({"January": ("January", "一月", "1月"), "November": ("November", "十一月", "11月")})
NAMES = Choices({"Ann": ("Ann",), "Bob": ("Bob",), "Cid": ("Cid",), "甲": ("甲",), "乙": ("乙",)})
QUESTION = "What day is 4 days after Monday?"


@pytest.mark.parametrize(
    "answer",
    [
        "Friday",
        "friday.",
        "**Friday**",
        "It is Friday.",
        "It's Fri!",
        "The answer is Friday.",
        "Monday + 4 days = Friday",
        "4 days after Monday is Friday.",
        "Friday is 4 days after Monday.",
        "It will be Friday",
        "星期五",
        "答案是星期五。",
        "星期一之后4天是周五。",
        "星期一4天后是星期五",
        "Friday, it is Friday.",
        "If today is Monday, in 4 days it is Friday.",
        "今天是星期一，4天后是星期五。",
    ],
)
def test_a_right_day_is_read_in_every_natural_form(answer: str) -> None:
    assert read_choice(answer, WEEKDAYS, QUESTION) == "Friday"


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "  ",
        "4",
        "someday",
        "Fridays2",
        "\u017funday",  # matches an s where case is ignored beyond ASCII
        "xFriday",
        "Friday or Saturday",
        "Monday Tuesday Wednesday Thursday Friday",
        "It is Friday. It is Saturday.",
        "Saturday, no, the answer is Friday",
        "It is Friday, it is Saturday, it is Friday",
        "It is not Friday.",
        "It isn't Friday",
        "不是星期五",
        "星期四五",
        "星期五六日",
        QUESTION,
        QUESTION.lower().rstrip("?"),
        "4 days after Monday",
        "Monday + 4",
        "Friday" * 100,
    ],
)
def test_echoes_dumps_denials_and_two_candidates_are_refused(answer: str) -> None:
    assert isinstance(read_choice(answer, WEEKDAYS, QUESTION), Refusal), answer


def test_a_longer_chinese_numeral_is_not_the_shorter_one() -> None:
    assert read_choice("十一月", MONTHS) == "November"
    assert read_choice("是11月。", MONTHS) == "November"
    assert read_choice("一月份", MONTHS) == "January"
    assert isinstance(read_choice("二十一月", MONTHS), Refusal)
    assert isinstance(read_choice("111月", MONTHS), Refusal)


def test_comparisons_with_those_the_question_named_are_references() -> None:
    question = "Ann is taller than Bob. Bob is taller than Cid. Who is the tallest? 甲比乙高。"
    assert read_choice("Ann is taller than Bob", NAMES, question) == "Ann"
    assert read_choice("The tallest is Ann.", NAMES, question) == "Ann"
    assert read_choice("最高的是Ann。", NAMES, question) == "Ann"
    assert read_choice("因为甲比乙高，所以最高的是甲", NAMES, question) == "甲"
    assert isinstance(read_choice("Ann, Bob, Cid", NAMES, question), Refusal)
    assert isinstance(read_choice("甲乙", NAMES, question), Refusal)
    assert isinstance(read_choice("Annabel is the tallest", NAMES, question), Refusal)


def test_who_was_named_in_the_question_is_no_second_candidate_unless_told_so() -> None:
    question = "Ann is taller than Bob. Bob is taller than Cid. Who is the tallest?"
    for hedge in ("Bob. It is Ann", "It is Bob. It is Ann.", "Cid, Bob: the answer is Ann"):
        assert read_choice(hedge, NAMES, question) == "Ann"
        assert isinstance(read_choice(hedge, NAMES, question, may_repeat=False), Refusal), hedge
    assert read_choice("Ann is taller than Bob", NAMES, question, may_repeat=False) == "Ann"


def test_verdicts_compare_choices_and_not_spellings() -> None:
    problem = Problem("day", QUESTION, "星期五", "day:1+4")
    assert check_choice(problem, "Friday", WEEKDAYS).is_correct
    wrong = check_choice(problem, "周六", WEEKDAYS)
    assert not wrong.is_correct and "Saturday" in wrong.reason
    assert not check_choice(problem, "Friday or Monday", WEEKDAYS).is_correct


def test_choices_that_share_a_spelling_are_refused() -> None:
    with pytest.raises(TaskError, match="two choices"):
        Choices({"a": ("same",), "b": ("Same",)})
    with pytest.raises(TaskError, match="none of the choices"):
        WEEKDAYS.value("Someday")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=500))
def test_no_text_makes_the_reader_raise(text: str) -> None:
    found = read_choice(text, WEEKDAYS, QUESTION)
    assert isinstance(found, Refusal) or found in DAYS
