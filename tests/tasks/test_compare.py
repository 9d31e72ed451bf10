"""Comparing decimals: what is drawn, what a worked solution says, and which answers are right."""

from __future__ import annotations

import re
import time
from fractions import Fraction
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkling.errors import TaskError
from thinkling.records import Problem
from thinkling.tasks.compare import Compare
from thinkling.tasks.split import RESERVED, is_held_out

TASK = Compare()


def _famous(answer: str = "9.9") -> Problem:
    return Problem("compare", "Which is larger, 9.11 or 9.9?", answer, "compare:9.11,9.9", 3)


def _draw(count: int, level: int | None = None, language: str = "en") -> list[Problem]:
    random = Random(3)
    return [TASK.sample(random, level, language) for _ in range(count)]


@pytest.mark.parametrize(
    ("answer", "is_right"),
    [
        *((text, True) for text in ("9.9", "9.9.", " 9.9\n", "**9.9**", "larger: 9.9", "Larger: **9.9**.")),
        *((text, True) for text in ("9.9 is larger than 9.11", "9.9 is larger than 9.11.", "9.9 > 9.11")),
        *((text, True) for text in ("9.11 is smaller than 9.9", "9.11 < 9.9", "9.9>9.11", "9.90", "= 9.9")),
        *((text, True) for text in ("9.9更大", "9.9更大。", "答案是9.9。", "9.9比9.11大", "9.11比9.9小。")),
        *(
            (text, True)
            for text in ("9.9, because 9.9 > 9.11.", "所以9.9更大", "9.9大于9.11", "更大的数是9.9")
        ),
        *((text, True) for text in ("The larger of 9.11 and 9.9 is 9.9.", "9.11和9.9中，9.9更大。")),
        *(
            (text, True)
            for text in ("The answer is 9.9.", "It is 9.9.", "The bigger one is 9.9", "9.9一定更大")
        ),
        *((text, False) for text in ("9.11", "9.11 > 9.9", "9.9 is smaller", "9.9 is smaller than 9.11", "")),
        *((text, False) for text in ("9.9 or 9.11", "9.11 9.9", "9.9, 9.11", "9.9 9.11", "9.11和9.9", "9")),
        *((text, False) for text in ("Which is larger, 9.11 or 9.9?", "9.9?", "9.9 is not larger", "9.10")),
        *((text, False) for text in ("9.9 > 9.11 > 9.9", "9.9 = 9.11", "9.11更大", "9.9更小", "9.9不大")),
        *(
            (text, False)
            for text in ("9.11 < 9.9, 9.11", "x9.9", "9.9x", "9.9.1", "-9.9", "9.9 - 9.11", "9,9")
        ),
        *(
            (text, False)
            for text in ("９.９", "九点九", "larger", "9.9 and 9.11 are equal", "9.9 is the larger 9")
        ),
        *(
            (text, False)
            for text in ("9.9比9.11小", "9.11比9.9大", "neither 9.9", "1e9", "9.9 9.9 9.11", "9..9")
        ),
    ],
)
def test_the_larger_number_is_named_in_many_ways_and_nothing_else_passes(answer: str, is_right: bool) -> None:
    verdict = TASK.check(_famous(), answer)
    assert verdict.is_correct is is_right and verdict.reward == float(is_right), verdict


def test_the_direction_of_the_question_counts() -> None:
    smaller = _famous("9.11")
    for answer in ("9.11", "9.11 is smaller", "9.11 < 9.9", "9.9 > 9.11", "9.11更小", "9.9比9.11大"):
        assert TASK.check(smaller, answer).is_correct, answer
    for answer in ("9.9", "9.11 is larger", "9.9 is larger", "larger: 9.11", "9.11 > 9.9"):
        assert not TASK.check(smaller, answer).is_correct, answer


def test_of_three_numbers_one_or_the_whole_order_is_right() -> None:
    problem = Problem("compare", "Which is largest, 3.2, 3.15 or 3?", "3.2", "compare:3,3.15,3.2", 4)
    for answer in (
        "3.2",
        "3.2 > 3.15 > 3",
        "3 < 3.15 < 3.2",
        "The largest of 3.2, 3.15 and 3 is 3.2.",
        "最大的数是3.2",
    ):
        assert TASK.check(problem, answer).is_correct, answer
    for answer in ("3.2 > 3", "3.2 > 3 > 3.15", "3.2 > 3.15 < 3", "3.2, 3.15, 3", "3.15"):
        assert not TASK.check(problem, answer).is_correct, answer


def test_a_worked_solution_fills_up_and_compares_digit_by_digit() -> None:
    worked = TASK.solve(_famous(), Random(0), "worked").reasoning
    assert worked == "max 9.11 9.9\n9.11 9.90\n9=9 1<9\n9.11<9.9\n9.9"


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_every_line_of_a_worked_solution_is_true(level: int) -> None:
    random = Random(5)
    for problem in _draw(400, level):
        direction, *lines = TASK.solve(problem, random, "worked").reasoning.split("\n")
        assert direction.startswith("max" if problem.answer == problem.key.split(",")[-1] else "min ")
        for line in lines:
            for left, sign, right in re.findall(r"([\d.]+)([<>=])([\d.]+)", line):
                gap = Fraction(left) - Fraction(right)
                assert {"<": gap < 0, ">": gap > 0, "=": gap == 0}[sign], (problem, line)
        assert lines[-1] == problem.answer
        assert len("\n".join(lines)) <= 125


def test_filling_up_on_the_wrong_side_is_the_usual_slip() -> None:
    random = Random(0)
    slips = [TASK.slip(_famous(), random, "worked") for _ in range(20)]
    assert {slip.reasoning for slip in slips} == {"max 9.11 9.9\n9.11 9.09\n9=9 1>0\n9.11>9.9\n9.11"}


def test_levels_mean_what_they_say_and_the_trap_is_most_frequent() -> None:
    num_traps = 0
    for problem in _draw(1000, 3):
        low, high = problem.key.removeprefix("compare:").split(",")
        places = sorted(len(number.partition(".")[2]) for number in (low, high))
        assert places in ([1, 2], [1, 3])
        (low_whole, _, low_part), (high_whole, _, high_part) = low.partition("."), high.partition(".")
        num_traps += low_whole == high_whole and int(low_part) > int(high_part)
    assert 550 < num_traps < 800
    for level, count, most in ((1, 2, 0), (2, 2, 1), (4, 3, 3)):
        for problem in _draw(300, level):
            numbers = problem.key.removeprefix("compare:").split(",")
            assert len(numbers) == len({Fraction(n) for n in numbers}) == count
            assert all(len(number.partition(".")[2]) <= most for number in numbers)


def test_three_numbers_hold_no_pair_that_is_held_out() -> None:
    assert "compare:9.11,9.9" in RESERVED and is_held_out("compare:9.11,9.9")
    for problem in _draw(1000, 4):
        ascending = problem.key.removeprefix("compare:").split(",")
        for pair in combinations(ascending, 2):
            assert not is_held_out(f"compare:{','.join(pair)}"), problem


def test_wordings_are_many() -> None:
    for language, least in (("en", 150), ("zh", 100)):
        drawn = {re.sub(r"\d+(?:\.\d+)?", "N", problem.question) for problem in _draw(4000, 3, language)}
        assert len(drawn) >= least


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=210) | st.text(alphabet="9.1<>= 大比小larges thn,和中", max_size=210))
def test_no_text_raises(text: str) -> None:
    assert TASK.check(_famous(), text).reward in (0.0, 1.0)


@pytest.mark.parametrize("piece", ["9", "9.", "9.9 ", "9.9, ", "of 9.11 and ", "在9.9和", "> "])
def test_long_texts_are_refused_at_once(piece: str) -> None:
    start = time.perf_counter()
    assert not TASK.check(_famous(), piece * 100_000).is_correct
    TASK.check(_famous(), (piece * 200)[:200])
    assert time.perf_counter() - start < 0.2


def test_a_question_that_is_not_the_keys_is_refused() -> None:
    with pytest.raises(TaskError, match="does not ask what the key"):
        TASK.solve(Problem("compare", "Which is larger, 9.11 or 9.8?", "9.8", "compare:9.11,9.9"), Random(0))
