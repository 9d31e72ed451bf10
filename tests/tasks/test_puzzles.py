"""The task "puzzles": one order fits the statements, the lines join them, and one name answers."""

from __future__ import annotations

import re
from itertools import permutations
from random import Random

import pytest

from tests.tasks.puzzle_meaning import puzzle_read
from thinkling.errors import TaskError
from thinkling.records import Problem
from thinkling.tasks.people import CHINESE_NAMES, ENGLISH_NAMES
from thinkling.tasks.puzzle_wordings import COLOURS
from thinkling.tasks.puzzles import Puzzles

TASK = Puzzles()


def _shown(name: str, problem: Problem) -> str:
    """A colour in the language of the question."""
    return dict(zip(*COLOURS.values(), strict=True)).get(name, name) if problem.language == "zh" else name


@pytest.mark.parametrize("language", TASK.languages)
def test_exactly_one_order_fits_the_pairs_of_the_key(language: str) -> None:
    random = Random(1)
    for _ in range(300):
        problem = TASK.sample(random, language=language)
        pairs = [pair.split(">") for pair in problem.key.partition(":")[2].split(",")]
        names = {name for pair in pairs for name in pair}
        assert len(names) == problem.level + 2
        fitting = [
            order
            for order in permutations(sorted(names))
            if all(order.index(first) < order.index(second) for first, second in pairs)
        ]
        assert len(fitting) == 1, problem


@pytest.mark.parametrize("language", TASK.languages)
def test_the_statements_of_the_question_alone_lead_to_the_answer(language: str) -> None:
    random = Random(2)
    for _ in range(3000):
        problem = TASK.sample(random, language=language)
        pairs, answer = puzzle_read(problem.question)
        assert ",".join(sorted(map(">".join, pairs))) == problem.key.partition(":")[2], problem
        assert _shown(answer, problem) == problem.answer, (problem, answer)


@pytest.mark.parametrize("language", TASK.languages)
def test_pairs_are_copied_in_the_order_of_the_question_and_then_joined_one_by_one(language: str) -> None:
    random = Random(3)
    for _ in range(2000):
        problem = TASK.sample(random, language=language)
        *lines, last = TASK.solve(problem, random, "worked").reasoning.split("\n")
        asked, _ = puzzle_read(problem.question)
        copied = [">".join(_shown(name, problem) for name in pair) for pair in asked]
        assert lines[: len(copied)] == copied, (problem, lines)
        chains = [line.split(">") for line in lines[len(copied) :]]
        assert [len(chain) for chain in chains] == list(range(3, problem.level + 3)), (problem, lines)
        for shorter, longer in zip([lines[0].split(">"), *chains], chains, strict=False):
            assert shorter in (longer[1:], longer[:-1]), (problem, lines)
        assert last.endswith(f": {problem.answer}") and len("\n".join(lines)) <= 150


def test_names_keep_their_capital_in_either_language() -> None:
    random = Random(5)
    for language in TASK.languages:
        for _ in range(4000):
            question = TASK.sample(random, language=language).question
            lowered = "|".join(name.lower() for name in ENGLISH_NAMES)
            assert not re.search(rf"(?<![A-Za-z])(?:{lowered})(?![A-Za-z])", question), question


def test_things_are_no_persons() -> None:
    random = Random(5)
    for _ in range(3000):
        problem = TASK.sample(random, language="zh")
        is_of_things = problem.answer in COLOURS["zh"]
        assert ("他们" if is_of_things else "它们") not in problem.question, problem


def test_the_place_that_is_asked_for_is_no_part_of_the_key() -> None:
    random = Random(0)
    keys: dict[str, set[str]] = {}
    for _ in range(6000):
        problem = TASK.sample(random, 1, "zh")
        keys.setdefault(problem.key, set()).add(problem.answer)
    assert max(map(len, keys.values())) == 3


def test_the_worked_lines_of_a_small_puzzle() -> None:
    question = "Cid is shorter than Bob. Ann is taller than Bob. Who is the shortest?"
    problem = Problem("puzzles", question, "Cid", "puzzles:Ann>Bob,Bob>Cid", 1)
    assert TASK.solve(problem, Random(0), "worked").reasoning.split("\n") == [
        "Bob>Cid",
        "Ann>Bob",
        "Ann>Bob>Cid",
        "last: Cid",
    ]


@pytest.mark.parametrize(
    ("answer", "is_right"),
    [
        ("Cid", True),
        ("cid.", True),
        ("**Cid**", True),
        ("Cid is the shortest.", True),
        ("The shortest is Cid.", True),
        ("It is Cid, who is shorter than Bob.", True),
        ("最矮的是Cid。", True),
        ("Bob", False),
        ("Zoe", False),
        ("Cid or Bob", False),
        ("Ann, Bob, Cid", False),
        ("Bob. It is Cid.", False),
        ("not Cid", False),
        ("Cidney", False),
        ("", False),
    ],
)
def test_one_name_answers(answer: str, is_right: bool) -> None:
    question = "Cid is shorter than Bob. Ann is taller than Bob. Who is the shortest?"
    problem = Problem("puzzles", question, "Cid", "puzzles:Ann>Bob,Bob>Cid", 1)
    assert TASK.check(problem, answer).is_correct is is_right
    assert not TASK.check(problem, question).is_correct


def test_a_colour_may_be_named_with_its_thing_in_either_language() -> None:
    key = "puzzles:blue>red,red>green"
    problem = Problem("puzzles", "红球比绿球重，蓝球比红球重。哪个球最重？", "蓝", key, 1, "zh")
    for said in ("蓝", "蓝球", "蓝色的球。", "最重的是蓝球。", "blue", "蓝球比红球重"):
        assert TASK.check(problem, said).is_correct, said
    for said in ("红", "蓝和红", "不是蓝球", "红蓝绿"):
        assert not TASK.check(problem, said).is_correct, said


def test_relations_wordings_and_names_vary() -> None:
    random = Random(4)
    for language, least in (("en", 300), ("zh", 120)):
        shapes = set()
        for _ in range(4000):
            problem = TASK.sample(random, 1, language)
            pattern = "|".join((*ENGLISH_NAMES, *CHINESE_NAMES, "[甲乙丙丁戊]"))
            shapes.add(re.sub(pattern, "N", problem.question))
        assert len(shapes) >= least, (language, len(shapes))
    assert not any(a != b and b.startswith(a) for a in ENGLISH_NAMES for b in ENGLISH_NAMES)


@pytest.mark.parametrize("language", TASK.languages)
def test_an_echo_of_the_question_is_wrong(language: str) -> None:
    random = Random(6)
    for _ in range(1000):
        problem = TASK.sample(random, language=language)
        assert not TASK.check(problem, problem.question).is_correct, problem


def test_a_key_without_an_order_is_refused() -> None:
    for body in ("", "Ann>Bob", "Ann>Bob,Bob>Ann", "Ann", "Bob>Cid,Cid>Dan", "Ann>Bob,Cid>Dan"):
        with pytest.raises(TaskError, match="names no order"):
            TASK.solve(Problem("puzzles", "?", "Ann", f"puzzles:{body}"), Random(0))


def test_a_question_that_tells_other_pairs_is_refused() -> None:
    question = "Cid is shorter than Dan. Ann is taller than Bob. Who is the shortest?"
    with pytest.raises(TaskError, match="does not tell the pairs"):
        TASK.solve(Problem("puzzles", question, "Cid", "puzzles:Ann>Bob,Bob>Cid", 1), Random(0), "worked")
