"""Control rewards: fair coins, and answers of other problems."""

from __future__ import annotations

from thinkling.records import Completion, Problem, Verdict
from thinkling.train.controls import controlled_judge, gold_problems


def rule(problem: Problem, completion: Completion) -> Verdict:
    is_right = completion.text == problem.answer
    return Verdict(float(is_right), is_right, "rule")


def problem(kind: str, number: int) -> Problem:
    return Problem(kind, f"{kind} {number}?", str(number), f"{kind}:{number}")


def test_a_coin_is_fair_blind_to_the_answer_and_the_same_when_tossed_again() -> None:
    judge = controlled_judge("random_rewards", rule)
    asked = [problem("sums", number) for number in range(400)]
    right = [judge(one, Completion((1,), one.answer, "stop")) for one in asked]
    wrong = [judge(one, Completion((1,), "no", "stop")) for one in asked]
    for verdicts in (right, wrong):
        assert 0.4 < sum(one.is_correct for one in verdicts) / 400 < 0.6
        assert all(one.reward == float(one.is_correct) for one in verdicts)
    assert right == [judge(one, Completion((1,), one.answer, "stop")) for one in asked]


def test_without_a_control_nothing_is_changed() -> None:
    assert controlled_judge(None, rule) is rule and controlled_judge("shuffled_answers", rule) is rule
    assert gold_problems(None, [problem("sums", 1)]) is None
    assert gold_problems("random_rewards", [problem("sums", 1)]) is None


def test_shuffled_answers_are_those_of_another_problem_of_the_same_kind() -> None:
    asked = [problem(kind, number) for number in range(5) for kind in ("sums", "letters")]
    gold = gold_problems("shuffled_answers", asked)
    assert gold is not None and sorted(gold, key=asked.index) == asked
    assert all(truth.kind == one.kind and truth != one for one, truth in zip(asked, gold, strict=True))
