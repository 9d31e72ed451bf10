"""Sums and differences: what a question means can be read back, and the worked order is the asked order."""

from __future__ import annotations

import re
from random import Random

import pytest

from thinkling.records import Problem
from thinkling.tasks.sums import Sums

TASK = Sums()


def _worked(question: str, answer: int, key: str, language: str = "en") -> str:
    problem = Problem("sums", question, str(answer), key, 2, language)
    return TASK.solve(problem, Random(0), "worked").reasoning


@pytest.mark.parametrize(
    "question",
    [
        "What's 86 - 82 + 29?",
        "86 minus 82 plus 29",
        "86减82加29等于多少？",
        "86减去82加上29",
        "算86 减 82 加 29。",
    ],
)
def test_a_worked_sum_follows_the_order_of_the_question(question: str) -> None:
    assert _worked(question, 33, "sums:29+86-82") == "86-80=6\n6-2=4\n4+20=24\n24+9=33"


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Subtract 29 from 95.", "en"),
        ("29加上几等于95？", "zh"),
        ("95比29多多少？", "zh"),
        ("29比95少多少？", "zh"),
    ],
)
def test_a_difference_in_words_is_taken_from_the_larger_number(question: str, language: str) -> None:
    assert _worked(question, 66, "sums:95-29", language) == "95-20=75\n75-9=66"


@pytest.mark.parametrize("language", TASK.languages)
def test_every_question_names_the_terms_of_its_key_and_no_other_number(language: str) -> None:
    random = Random(3)
    for _ in range(2000):
        problem = TASK.sample(random, None, language)
        named = sorted(re.findall(r"\d+", problem.question))
        assert named == sorted(re.findall(r"\d+", problem.key)), problem


@pytest.mark.parametrize("language", TASK.languages)
def test_there_are_hundreds_of_wordings(language: str) -> None:
    random = Random(0)
    drawn = {re.sub(r"\d+", "N", TASK.sample(random, 1, language).question) for _ in range(4000)}
    assert len(drawn) > 500


def test_an_answer_with_the_expression_repeats_it_as_it_was_asked() -> None:
    problem = Problem("sums", "86减82加29", "33", "sums:29+86-82", 2, "zh")
    answers = {TASK.solve(problem, Random(seed)).answer for seed in range(60)}
    assert "86-82+29 = 33" in answers and "答案是33。" in answers
    assert all(TASK.check(problem, answer).is_correct for answer in answers)
    for wrong in ("86减82加29", "86减82加29等于多少？", "86-82+29", "不是33", "33或34"):
        assert not TASK.check(problem, wrong).is_correct, wrong
