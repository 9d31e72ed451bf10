"""Control rewards: fair coins, and answers of other problems."""

from __future__ import annotations

from random import Random

from thinkling.records import Completion, Problem, Verdict
from thinkling.tasks.registry import task_named
from thinkling.tasks.split import is_held_out, sample_training
from thinkling.train.controls import controlled_judge, gold_problems

PROBLEM = Problem("sums", "What is 1+1?", "2", "sums:1+1")
DONE = Completion((1,), "2", "stop")


def rule(problem: Problem, completion: Completion) -> Verdict:
    is_right = completion.text == problem.answer
    return Verdict(float(is_right), is_right, "rule")


def tosses(seed: int, completion: Completion = DONE, count: int = 400) -> list[bool]:
    judge = controlled_judge("random_rewards", rule, seed)
    return [judge(PROBLEM, completion).is_correct for _ in range(count)]


def test_every_answer_has_a_fair_coin_of_its_own_even_among_equal_ones() -> None:
    assert 160 < sum(tosses(0)) < 240
    assert len(set(tosses(0, count=16))) == 2
    assert tosses(0) == tosses(0, Completion((1,), "wrong", "stop"))  # blind to what is answered
    assert controlled_judge("random_rewards", rule, 0)(PROBLEM, DONE).reward == float(tosses(0)[0])


def test_a_resumed_step_tosses_the_same_coins_and_another_step_others() -> None:
    assert tosses(1) == tosses(1) != tosses(2)


def test_without_a_control_nothing_is_changed() -> None:
    assert controlled_judge(None, rule, 0) is rule is controlled_judge("shuffled_answers", rule, 0)
    assert gold_problems(None, [PROBLEM], 0) is None is gold_problems("random_rewards", [PROBLEM], 0)


def test_shuffled_answers_are_those_of_other_problems_of_the_same_kind_and_level() -> None:
    random = Random(3)
    asked = [sample_training(task_named(kind), random) for kind in ("multiply", "countdown", "multiply")]
    gold = gold_problems("shuffled_answers", asked, 5)
    assert gold is not None and gold == gold_problems("shuffled_answers", asked, 5)
    assert gold != gold_problems("shuffled_answers", asked, 6)
    for one, truth in zip(asked, gold, strict=True):
        assert (truth.kind, truth.level) == (one.kind, one.level) and truth.key != one.key
        assert not is_held_out(truth.key)
