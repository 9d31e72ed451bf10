"""Spelling: what is asked can be read back, the worked letters are numbered, and checks are strict."""

from __future__ import annotations

import re
from random import Random

import pytest

from tests.tasks.spelling_meaning import spelling_meaning
from thinkling.errors import TaskError
from thinkling.records import Problem
from thinkling.tasks.spelling import Spelling
from thinkling.tasks.spelling_wordings import BACKWARDS, BETWEEN, LETTER, SPELL
from thinkling.tasks.verify.number import read_number
from thinkling.tasks.verify.spelled import Spelled, read_spelled

TASK = Spelling()


def _problem(question: str, answer: str, asked: str, language: str = "en") -> Problem:
    assert spelling_meaning(Problem("spelling", question, answer, "spelling:berry"))[0] == asked
    return Problem("spelling", question, answer, "spelling:berry", 1, language)


DASHED = _problem("Spell berry with dashes.", "b-e-r-r-y", "spell")
SPACED = _problem("拼写berry，用空格隔开。", "b e r r y", "spell", "zh")
FREELY = _problem("Spell berry letter by letter.", "b-e-r-r-y", "spell")
BACK = _problem("Spell berry backwards.", "yrreb", "back")
THIRD = _problem("What is the third letter of berry?", "r", "letter")
LENGTH = _problem("berry有几个字母？", "5", "length", "zh")


@pytest.mark.parametrize("language", TASK.languages)
def test_every_question_asks_what_its_key_says(language: str) -> None:
    random = Random(5)
    for _ in range(4000):
        problem = TASK.sample(random, None, language)
        asked, place, word = spelling_meaning(problem)
        letters = list(word)
        right = {
            "spell": {"-".join(letters), " ".join(letters)},
            "back": {word[::-1]},
            "length": {str(len(word))},
            "letter": {word[int(place or 1) - 1]},
        }
        assert problem.key == f"spelling:{word}" and problem.answer in right[asked], problem
        reasoning = TASK.solve(problem, random, "worked").reasoning
        num_lines, last = reasoning.count("\n") + 1, reasoning.split(" ")[-1]
        assert num_lines == (2 if asked == "back" else 1)
        assert last == f"{word[0]}1" if asked == "back" else last.endswith(str(place or len(word))), problem


@pytest.mark.parametrize("word", ["last", "final", "begin"])
def test_a_word_that_sounds_like_the_question_is_no_part_of_it(word: str) -> None:
    for question, place in (
        ("What is the last letter of {}?", len(word)),
        ("{} begins with which letter?", 1),
    ):
        problem = Problem("spelling", question.format(word), word[place - 1], f"spelling:{word}", 1)
        worked = TASK.solve(problem, Random(0), "worked").reasoning
        assert worked.split(" ")[-1] == f"{word[place - 1]}{place}", (problem, worked)


def test_no_question_asks_for_something_that_is_not_written() -> None:
    for wordings in (SPELL, BACKWARDS, LETTER):
        for template in wordings["en"].expanded():
            assert not re.search(r"mirror|out loud|slowly|Spell.* and tell", template), template
    assert not {"slowly", "out loud"} & set(BETWEEN["en", ""])


def test_worked_solutions_number_the_letters_as_far_as_needed() -> None:
    for problem, reasoning in (
        (DASHED, "b1 e2 r3 r4 y5"),
        (BACK, "b1 e2 r3 r4 y5\ny5 r4 r3 e2 b1"),
        (THIRD, "b1 e2 r3"),
        (LENGTH, "b1 e2 r3 r4 y5"),
    ):
        assert TASK.solve(problem, Random(0), "worked").reasoning == reasoning


@pytest.mark.parametrize("language", TASK.languages)
def test_a_worked_slip_answers_what_its_own_letters_show(language: str) -> None:
    random = Random(6)
    for _ in range(500):
        problem = TASK.sample(random, None, language)
        wrong = TASK.slip(problem, random, "worked")
        letters = re.findall(r"([a-z])\d+", wrong.reasoning.split("\n")[-1])
        asked = spelling_meaning(problem)[0]
        if asked == "length":
            assert read_number(wrong.answer) == len(letters)
            continue
        found = read_spelled(wrong.answer)
        shown = letters[-1] if asked == "letter" else "".join(letters)
        assert isinstance(found, Spelled) and found.letters == shown, (problem, wrong)


@pytest.mark.parametrize(
    ("problem", "answer", "is_right"),
    [
        (DASHED, "b-e-r-r-y", True),
        (DASHED, "B-E-R-R-Y.", True),
        (DASHED, "berry is spelled b-e-r-r-y.", True),
        (DASHED, "b e r r y", False),
        (DASHED, "berry", False),
        (DASHED, "b-e-r-y", False),
        (DASHED, "b-e-r-r-y-", False),
        (DASHED, "b-e-r-y, b-e-r-r-y", False),
        (SPACED, "b e r r y", True),
        (SPACED, "berry的拼写是b e r r y。", True),
        (SPACED, "b-e-r-r-y", False),
        (FREELY, "b e r r y", True),
        (FREELY, "b, e, r, r, y", True),
        (FREELY, "berry", False),
        (BACK, "yrreb", True),
        (BACK, "y-r-r-e-b", True),
        (BACK, "berry倒过来是yrreb。", True),
        (BACK, "berry", False),
        (BACK, "yreb", False),
        (BACK, "yrreb or berry", False),
        (THIRD, "r", True),
        (THIRD, "The third letter is R.", True),
        (THIRD, "第3个字母是r。", True),
        (THIRD, "e", False),
        (THIRD, "r or e", False),
        (THIRD, "berry", False),
        (LENGTH, "5", True),
        (LENGTH, "berry有5个字母。", True),
        (LENGTH, "5 letters", True),
        (LENGTH, "6", False),
        (LENGTH, "berry有几个字母？", False),
    ],
)
def test_answers_are_judged_by_their_letters(problem: Problem, answer: str, is_right: bool) -> None:
    assert TASK.check(problem, answer).is_correct is is_right


@pytest.mark.parametrize("language", TASK.languages)
def test_an_echo_of_the_question_is_wrong(language: str) -> None:
    random = Random(7)
    for _ in range(1000):
        problem = TASK.sample(random, None, language)
        assert not TASK.check(problem, problem.question).is_correct, problem


def test_a_made_up_word_cannot_ask_for_dashes() -> None:
    problem = Problem("spelling", "Spell dashee with spaces.", "d a s h e e", "spelling:dashee", 2)
    assert TASK.check(problem, "d a s h e e").is_correct
    assert not TASK.check(problem, "d-a-s-h-e-e").is_correct


@pytest.mark.parametrize(
    ("question", "answer", "key"),
    [
        ("What is the ninth letter of berry?", "y", "spelling:berry"),
        ("What is the third letter of berry?", "e", "spelling:berry"),
        ("Spell berry with dashes.", "b-e-r-y", "spelling:berry"),
        ("Spell berry backwards.", "berry", "spelling:berry"),
        ("How many letters has berry?", "6", "spelling:berry"),
        ("What is the first letter of it?", "b", "spelling:"),
        ("What is 1 + 1?", "2", "sums:1+1"),
    ],
)
def test_a_problem_whose_answer_does_not_fit_its_word_is_refused(
    question: str, answer: str, key: str
) -> None:
    with pytest.raises(TaskError):
        TASK.solve(Problem("spelling", question, answer, key), Random(0))
