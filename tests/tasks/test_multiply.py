"""Multiplication: levels, the columns style, and wordings in two languages."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkling.records import Problem
from thinkling.tasks.multiply import Multiply
from thinkling.tasks.split import RESERVED

TASK = Multiply()
EQUATION = re.compile(r"(\d+)([*+])(\d+)=(\d+)")


def _problem(first: int, second: int) -> Problem:
    key = f"multiply:{min(first, second)}x{max(first, second)}"
    return Problem("multiply", f"What's {first} times {second}?", str(first * second), key, 4)


def _is_true(line: str) -> bool:
    match = EQUATION.fullmatch(line)
    assert match, line
    left, right = int(match[1]), int(match[3])
    return int(match[4]) == (left * right if match[2] == "*" else left + right)


@settings(max_examples=200, deadline=None)
@given(st.integers(2, 999), st.integers(2, 99), st.booleans())
def test_columns_write_only_small_true_equations_and_grow_the_product(
    first: int, second: int, is_swapped: bool
) -> None:
    factors = (second, first) if is_swapped else (first, second)
    lines = TASK.solve(_problem(*factors), Random(0), "columns").reasoning.split("\n")
    assert lines[0] == "{}*{}".format(*factors)
    assert lines[-1] == f">{first * second}"
    for line in lines[1:]:
        if line.startswith(">"):
            assert str(first * second).endswith(line[1:])
        else:
            assert _is_true(line) and max(map(int, re.findall(r"\d+", line))) <= 180
    assert sum(map(len, lines)) + len(lines) <= 120


@settings(max_examples=200, deadline=None)
@given(st.integers(100, 999), st.integers(11, 99), st.sampled_from(["split", "digits"]))
def test_three_digits_by_two_are_worked_out_by_true_equations(first: int, second: int, style: str) -> None:
    solution = TASK.solve(_problem(first, second), Random(0), style)
    assert all(map(_is_true, solution.reasoning.split("\n")))
    assert len(solution.reasoning) <= (70 if style == "split" else 115)


@settings(max_examples=200, deadline=None)
@given(
    st.integers(2, 999), st.integers(2, 99), st.sampled_from(["split", "digits", "columns"]), st.integers()
)
def test_a_slip_is_one_wrong_equation_that_ends_in_a_wrong_product(
    first: int, second: int, style: str, seed: int
) -> None:
    problem = _problem(first, second)
    wrong = TASK.slip(problem, Random(seed), style)
    equations = [line for line in wrong.reasoning.split("\n") if "=" in line]
    assert [_is_true(line) for line in equations].count(False) == 1
    assert not TASK.check(problem, wrong.answer).is_correct


@pytest.mark.parametrize(
    ("level", "smaller", "larger"),
    [
        (0, (2, 9), (2, 9)),
        (1, (11, 29), (11, 29)),
        (2, (11, 59), (30, 59)),
        (3, (11, 99), (60, 99)),
        (4, (11, 99), (100, 999)),
        (None, (11, 99), (11, 99)),
    ],
)
def test_levels_have_the_factors_they_promise(
    level: int | None, smaller: tuple[int, int], larger: tuple[int, int]
) -> None:
    random = Random(0)
    for _ in range(300):
        problem = TASK.sample(random, level)
        low, high = map(int, problem.key.split(":")[1].split("x"))
        assert smaller[0] <= low <= smaller[1] and larger[0] <= high <= larger[1]
        assert problem.level == (level if level is not None else 1 + (high > 29) + (high > 59))


def test_the_problem_that_people_show_is_reserved_in_both_orders_and_languages() -> None:
    random = Random(0)
    found = {
        problem.language: problem.question
        for language in TASK.languages
        for problem in (TASK.sample(random, 1, language) for _ in range(4000))
        if problem.key in RESERVED
    }
    assert set(found) == {"en", "zh"}


@pytest.mark.parametrize("language", TASK.languages)
def test_there_are_hundreds_of_wordings(language: str) -> None:
    random = Random(0)
    drawn = {re.sub(r"\d+", "N", TASK.sample(random, None, language).question) for _ in range(4000)}
    assert len(drawn) > 500


def test_answers_in_either_language_are_read() -> None:
    problem = _problem(12, 14)
    for answer in (
        "168",
        "12 * 14 = 168",
        "答案是168。",
        "12乘14等于168。",
        "得168",
        "**168**",
        "It is 168.",
    ):
        assert TASK.check(problem, answer).is_correct, answer
    for answer in ("12乘14等于多少？", "12乘14", "答案是169。", "168或169", "不是168"):
        assert not TASK.check(problem, answer).is_correct, answer


def test_a_chinese_question_of_signs_alone_is_answered_with_the_number_alone() -> None:
    problem = Problem("multiply", "12*14=?", "168", "multiply:12x14", 1, "zh")
    assert {TASK.solve(problem, Random(seed)).answer for seed in range(30)} == {"168"}
