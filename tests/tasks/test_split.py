"""The split: training and held-out keys never meet, whatever the wording or the order of the operands."""

from __future__ import annotations

import re
from random import Random

import pytest

from tests.tasks.chain_meaning import chain_meaning
from tests.tasks.equation_meaning import equation_meaning
from tests.tasks.meanings import MEANINGS
from tests.tasks.spelling_meaning import spelling_meaning
from thinkling.errors import TaskError
from thinkling.records import Problem
from thinkling.tasks import TASKS, Task
from thinkling.tasks.split import RESERVED, is_held_out, sample_problems, sample_training

every_task = pytest.mark.parametrize("task", TASKS.values(), ids=list(TASKS))


def _meaning(problem: Problem) -> tuple[str, ...]:
    """The problem read back from its question alone, in another way than the tasks do."""
    text, kind = problem.question, problem.kind
    if kind in MEANINGS:
        return MEANINGS[kind](problem)
    if kind == "letters":
        _, letter, word = problem.key.split(":")
        assert re.search(rf"\b{word}\b", text) and re.search(rf"\b{letter}\b", text), problem
        return letter, word
    if kind == "greetings":
        return (re.sub(r"[^a-z']+", "", text.lower()),)
    if kind == "spelling":
        return spelling_meaning(problem)
    if kind == "equations":
        return equation_meaning(problem)
    if kind == "chains":
        return chain_meaning(problem)
    if kind == "facts":  # a fact in an unseen wording
        return (re.sub(r"[^a-z\u4e00-\u9fff]+", "", text.lower()),)
    if kind == "sequences":  # with the answer in the gap, or at the end
        places = [*re.findall(r"\d+|_+|□|\[ \]|[(（] ?[)）]", text), "_"]
        gap = next(index for index, place in enumerate(places) if not place.isdigit())
        return tuple([*places[:gap], problem.answer, *places[gap + 1 :]][:5])
    if kind == "compare":  # who has seen a pair in one direction knows the other
        return tuple(sorted(re.findall(r"[\d.]*\d", text)))
    numbers = sorted(re.findall(r"\d+", text), key=int)
    if kind == "divide":  # with or without remainder, it is the same division
        return tuple(numbers)
    if kind == "countdown":  # what the question says beyond the numbers of an answer is the target
        return (*numbers, *sorted(re.findall(r"\d+", problem.answer), key=int))
    return (*numbers, problem.answer)


@every_task
def test_training_and_held_out_problems_share_no_key_and_no_meaning(task: Task) -> None:
    random = Random(7)
    training = [sample_training(task, random) for _ in range(3000)]
    held_out = sample_problems(task, 200, seed=7, held_out=True)
    assert {p.key for p in training}.isdisjoint(p.key for p in held_out)
    assert {_meaning(p) for p in training}.isdisjoint(_meaning(p) for p in held_out)
    assert all(is_held_out(p.key) for p in held_out)


def test_the_order_of_the_operands_does_not_change_the_key() -> None:
    random = Random(0)
    keys: dict[frozenset[str], set[str]] = {}
    for _ in range(5000):
        problem = TASKS["multiply"].sample(random)
        keys.setdefault(frozenset(re.findall(r"\d+", problem.question)), set()).add(problem.key)
    assert all(len(found) == 1 for found in keys.values())


def test_what_people_like_to_show_is_always_held_out() -> None:
    for key in ("multiply:12x14", "sums:2+2", "letters:r:strawberry"):
        assert key in RESERVED and is_held_out(key)
    random = Random(0)
    shown = {sample_training(TASKS["sums"], random, level=0).key for _ in range(3000)}
    assert "sums:2+2" not in shown and len(shown) > 80
    assert not any("strawberry" in sample_training(TASKS["letters"], random).key for _ in range(5000))


def test_about_one_key_in_eight_is_held_out() -> None:
    keys = [f"multiply:{a}x{b}" for a in range(11, 100) for b in range(a, 100)]
    share = sum(map(is_held_out, keys)) / len(keys)
    assert 0.10 < share < 0.15


@every_task
@pytest.mark.parametrize("held_out", [True, False])
def test_samples_are_distinct_and_follow_the_seed(task: Task, held_out: bool) -> None:
    once = sample_problems(task, 60, seed=1, held_out=held_out)
    assert once == sample_problems(task, 60, seed=1, held_out=held_out)
    assert once != sample_problems(task, 60, seed=2, held_out=held_out)
    assert len({problem.key for problem in once}) == 60
    assert once[:20] == sample_problems(task, 20, seed=1, held_out=held_out)


def test_a_small_level_gives_what_it_has_rather_than_repeating_itself_or_running_for_ever() -> None:
    problems = sample_problems(TASKS["sums"], 100, seed=0, held_out=True, level=0)
    assert len({problem.key for problem in problems}) == len(problems) < 40
    assert len(problems) > 5
    with pytest.raises(TaskError):
        sample_problems(TASKS["sums"], 1, seed=0, held_out=True, level=9)
