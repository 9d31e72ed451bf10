"""Sequences: one sensible answer each, worked lines that are true, and answers that are judged strictly."""

from __future__ import annotations

import re
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkling.errors import TaskError
from thinkling.records import Problem
from thinkling.tasks.sequence_families import is_unambiguous
from thinkling.tasks.sequences import Sequences

TASK = Sequences()
GROWING = Problem("sequences", "What comes next: 1, 2, 4, 7, 11?", "16", "sequences:1,2,4,7,11", 3)
SUM = re.compile(r"(\d+)([*+/-])(\d+)=(\d+)")
RESULT = {"*": lambda a, b: a * b, "/": lambda a, b: a / b, "+": lambda a, b: a + b, "-": lambda a, b: a - b}


def _draw(count: int, level: int | None = None, language: str = "en") -> list[Problem]:
    random = Random(6)
    return [TASK.sample(random, level, language) for _ in range(count)]


def _completed(problem: Problem) -> tuple[list[int], int]:
    """All numbers and the place of the asked one, read from the signs of the question."""
    places = [*re.findall(r"\d+|_+|□|\[ \]|[(（] ?[)）]", problem.question), "_"]
    gap = next(index for index, place in enumerate(places) if not place.isdigit())
    numbers = [place for place in places if place.isdigit()]
    return [int(n) for n in (*numbers[:gap], problem.answer, *numbers[gap:])], gap


def _families(terms: list[int]) -> set[str]:
    """Which families the numbers belong to, tried term by term (another way than the task's)."""
    steps = [b - a for a, b in pairwise(terms)]
    found = set()
    if all(step == steps[0] for step in steps):
        found.add("add")
    if all(b - a == steps[1] - steps[0] for a, b in pairwise(steps)):
        found.add("grow")
    if all(step == steps[index % 2] for index, step in enumerate(steps)):
        found.add("alternate")
    if any(all(a * r == b for a, b in pairwise(terms)) for r in range(2, 6)):
        found.add("times")
    if any(all(b * r == a for a, b in pairwise(terms)) for r in range(2, 6)):
        found.add("over")
    if all(terms[i] == terms[i - 1] + terms[i - 2] for i in range(2, len(terms))):
        found.add("pair")
    return found


def test_no_other_number_fits_any_family() -> None:
    for problem in _draw(300):
        terms, gap = _completed(problem)
        assert _families(terms), problem
        for other in {*range(terms[gap] + 120), *range(0, 1400, 5)} - {terms[gap]}:
            assert not _families([*terms[:gap], other, *terms[gap + 1 :]]), (problem, other)


def test_a_sequence_that_goes_on_in_two_ways_is_not_asked() -> None:
    assert not is_unambiguous([2, 3, 5, 8, 13], 4) and not is_unambiguous([2, 3, 5, 8, 12], 4)
    assert is_unambiguous([2, 3, 5, 8, 13, 21], 5) and is_unambiguous([1, 2, 4, 7, 11, 16], 5)
    assert "sequences:2,3,5,8,13" not in {p.key for p in _draw(4000, 3) if len(_completed(p)[0]) == 5}


def test_every_family_has_its_level() -> None:
    expected = {
        1: {"add"},
        2: {"add", "times", "over"},
        3: {"alternate", "grow", "pair"},
        4: {"add", "times", "over", "pair"},
    }
    for level, families in expected.items():
        drawn = [_completed(problem) for problem in _draw(600, level)]
        assert {min(_families(terms), default="none") for terms, _ in drawn} == families
        assert all((gap < len(terms) - 1) is (level == 4) and gap > 0 for terms, gap in drawn)
        assert all(len(terms) in ((5, 6, 7) if level == 3 else (5, 6)) for terms, _ in drawn)
        assert all(0 <= term <= 1300 for terms, _ in drawn for term in terms)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_worked_line_is_true_and_the_last_ends_with_the_answer(language: str) -> None:
    random = Random(1)
    for problem in _draw(1200, language=language):
        terms, gap = _completed(problem)
        lines = TASK.solve(problem, random, "worked").reasoning.split("\n")
        shown = terms[:-1] if gap == len(terms) - 1 else [*terms[:gap], "_", *terms[gap + 1 :]]
        assert lines[0] == " ".join(map(str, shown))
        if _families(terms) & {"times", "over"} and "add" not in _families(terms):
            assert re.fullmatch(r"([*/]\d|_)( ([*/]\d|_))*", lines[1]), (problem, lines)
        else:
            steps = ["_" if "_" in pair else f"{pair[1] - pair[0]:+d}" for pair in pairwise(shown)]
            assert lines[1] == " ".join(steps)
            assert all(len(step) <= 3 for step in steps), (problem, lines)
        for left, sign, right, result in SUM.findall("\n".join(lines[2:])):
            assert RESULT[sign](int(left), int(right)) == int(result), (problem, lines)
        assert lines[-1].endswith(f"={problem.answer}") and len("\n".join(lines)) <= 90


def test_worked_solutions_look_at_steps_then_at_their_steps_or_factors_or_sums() -> None:
    worked = "1 2 4 7 11\n+1 +2 +3 +4\n+1 +1 +1\n4+1=5\n11+5=16"
    assert TASK.solve(GROWING, Random(0), "worked").reasoning == worked
    doubled = Problem("sequences", "3, 6, _, 24, 48", "12", "sequences:3,6,12,24,48", 4)
    worked = "3 6 _ 24 48\n*2 _ _ *2\n6*2=12"
    assert TASK.solve(doubled, Random(0), "worked").reasoning == worked
    turns = Problem("sequences", "3, 8, 6, 11, 9, ...", "14", "sequences:3,8,6,11,9", 3)
    assert TASK.solve(turns, Random(0), "worked").reasoning == "3 8 6 11 9\n+5 -2 +5 -2\n9+5=14"


@pytest.mark.parametrize(
    ("answer", "is_right"),
    [
        *(
            (text, True)
            for text in ("16", "16.", "**16**", "The next number is 16.", "It is 16", "11 + 5 = 16")
        ),
        *((text, True) for text in ("下一个数是16。", "答案是16", "16。", "下一项是16", "后面一个数是16。")),
        *(
            (text, False)
            for text in ("15", "", "16, 22", "1, 2, 4, 7, 11, 16", "16 or 17", "7 11 16", "十六")
        ),
        *(
            (text, False)
            for text in ("What comes next: 1, 2, 4, 7, 11?", "not 16", "-16", "16x", "11 + 5", "?")
        ),
    ],
)
def test_one_number_is_the_answer(answer: str, is_right: bool) -> None:
    assert TASK.check(GROWING, answer).is_correct is is_right


def test_an_echo_of_the_question_is_wrong() -> None:
    for language in ("en", "zh"):
        for problem in _draw(2000, language=language):
            assert not TASK.check(problem, problem.question).is_correct, problem


def test_a_key_holds_the_sequence_however_much_of_it_is_shown() -> None:
    random = Random(0)
    asked: dict[str, set[tuple[int, int]]] = {}
    for _ in range(6000):
        problem = TASK.sample(random, random.choice((1, 4)), random.choice(("en", "zh")))
        terms, gap = _completed(problem)
        assert problem.key == f"sequences:{','.join(map(str, terms[:5]))}"
        asked.setdefault(problem.key, set()).add((len(terms), gap))
    assert max(map(len, asked.values())) >= 6


def test_wordings_are_many() -> None:
    for language, least in (("en", 500), ("zh", 400)):
        drawn = {re.sub(r"\d+", "N", problem.question) for problem in _draw(4000, language=language)}
        assert len(drawn) >= least


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=420) | st.text(alphabet="16 ,.下一个数是=+_", max_size=420))
def test_no_text_raises(text: str) -> None:
    assert TASK.check(GROWING, text).reward in (0.0, 1.0)


def test_a_question_that_is_not_the_keys_is_refused() -> None:
    for key in ("sequences:1,2,4,7,12", "sequences:1,2", "sequences:x"):
        with pytest.raises(TaskError):
            TASK.solve(Problem("sequences", GROWING.question, "16", key, 3), Random(0))
