"""Sorting: the select style step by step, slips that show, and wordings in two languages."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkling.records import Problem
from thinkling.tasks.sorting import Sorting

TASK = Sorting()


def _problem(numbers: list[int], is_up: bool) -> Problem:
    ascending = sorted(numbers)
    key = f"sorting:{','.join(map(str, ascending))}"
    answer = ",".join(map(str, ascending if is_up else ascending[::-1]))
    return Problem("sorting", f"Sort {', '.join(map(str, numbers))}.", answer, key, len(numbers) - 2)


def test_select_takes_one_tens_digit_a_line() -> None:
    worked = TASK.solve(_problem([14, 3, 27, 9], True), Random(0), "select").reasoning
    assert worked == "< 14 03 27 09\n03 09\n14\n27"
    worked = TASK.solve(_problem([14, 3, 27, 9], False), Random(0), "select").reasoning
    assert worked == "> 14 03 27 09\n27\n14\n09 03"


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 99), min_size=3, max_size=6, unique=True), st.booleans(), st.integers(0, 999))
def test_a_slip_of_select_is_carried_into_the_answer(numbers: list[int], is_up: bool, seed: int) -> None:
    problem = _problem(numbers, is_up)
    for write, is_right in ((TASK.solve, True), (TASK.slip, False)):
        solution = write(problem, Random(seed), "select")
        _, *lines = solution.reasoning.split("\n")
        shown = [int(digits) for line in lines for digits in line.split(" ")]
        assert [int(digits) for digits in re.findall(r"\d+", solution.answer)] == shown
        assert all(len({digits[0] for digits in line.split(" ")}) == 1 for line in lines)
        assert TASK.check(problem, solution.answer).is_correct is is_right
        assert len(solution.reasoning) <= 40


@pytest.mark.parametrize("language", TASK.languages)
def test_every_question_says_its_direction_and_lists_just_its_numbers(language: str) -> None:
    random = Random(4)
    down = re.compile(
        r"descending|decreasing|falling|downwards|to (?:smallest|low|lowest|small|least)|the largest"
        r"|从大|由大|从高|降序|最大"
    )
    for _ in range(3000):
        problem = TASK.sample(random, None, language)
        named = sorted(map(int, re.findall(r"\d+", problem.question)))
        assert named == sorted(map(int, problem.answer.split(",")))
        answer = [int(number) for number in problem.answer.split(",")]
        assert bool(down.search(problem.question.lower())) is (answer[0] > answer[1]), problem
        assert problem.key == f"sorting:{','.join(map(str, named))}"


@pytest.mark.parametrize("language", TASK.languages)
def test_there_are_hundreds_of_wordings(language: str) -> None:
    random = Random(0)
    drawn = {re.sub(r"\d+", "N", TASK.sample(random, 1, language).question) for _ in range(5000)}
    assert len(drawn) > 1000


@pytest.mark.parametrize(
    ("answer", "is_right"),
    [
        ("3, 5, 9", True),
        ("从小到大：3、5、9。", True),
        ("顺序是3、5、9。", True),
        ("3、5和9", True),
        ("9、5、3", False),
        ("3、5", False),
        ("排序：3、5、9", False),  # the question, word for word
    ],
)
def test_lists_in_either_language_are_read_and_an_echo_is_wrong(answer: str, is_right: bool) -> None:
    problem = Problem("sorting", "排序：3、5、9", "3,5,9", "sorting:3,5,9", 1, "zh")
    assert TASK.check(problem, answer).is_correct is is_right
