"""Counting letters: wordings and answers in two languages, and words that no model has memorised."""

from __future__ import annotations

import re
from collections import Counter
from random import Random

import pytest

from thinkling.records import Problem
from thinkling.tasks.letters import Letters

TASK = Letters()


@pytest.mark.parametrize("language", TASK.languages)
def test_every_question_names_the_letter_and_the_word_of_its_key(language: str) -> None:
    random = Random(1)
    for _ in range(2000):
        problem = TASK.sample(random, None, language)
        _, letter, word = problem.key.split(":")
        tokens = re.findall(r"[a-z]+", problem.question.lower())
        assert word in tokens and {letter, f"{letter}s"} & set(tokens), problem
        assert problem.answer == str(sum(character == letter for character in word))


@pytest.mark.parametrize("language", TASK.languages)
def test_no_single_guess_is_right_most_of_the_time(language: str) -> None:
    random = Random(2)
    counts = Counter(TASK.sample(random, None, language).answer for _ in range(2000))
    assert max(counts.values()) < 0.6 * 2000 and counts["0"] > 60 and counts["3"] > 60


@pytest.mark.parametrize("language", TASK.languages)
def test_there_are_many_wordings(language: str) -> None:
    random = Random(0)
    drawn = set()
    for _ in range(4000):
        problem = TASK.sample(random, None, language)
        _, letter, word = problem.key.split(":")
        drawn.add(re.sub(rf"(?<![a-z]){letter}(?=s?(?![a-z]))", "C", problem.question.replace(word, "W")))
    assert len(drawn) > 300


@pytest.mark.parametrize(
    ("answer", "is_right"),
    [
        ("3", True),
        ("There are 3 r's in strawberry.", True),
        ("strawberry里有3个r。", True),
        ("一共3个", True),
        ("答案是3。", True),
        ("2", False),
        ("strawberry里有几个r？", False),
        ("How many r's are in strawberry?", False),
        ("第3个", False),
        ("没有3个", False),
        ("2个或3个", False),
        ("三个", False),
    ],
)
def test_answers_in_either_language_are_read(answer: str, is_right: bool) -> None:
    problem = Problem("letters", "strawberry里有几个r？", "3", "letters:r:strawberry", 3, "zh")
    assert TASK.check(problem, answer).is_correct is is_right


def test_one_letter_is_spoken_of_in_the_singular() -> None:
    problem = Problem("letters", "How many m's are in drem?", "1", "letters:m:drem", 1)
    answers = {TASK.solve(problem, Random(seed)).answer for seed in range(60)}
    assert "There is 1 m in drem." in answers and not any("are 1" in answer for answer in answers)
