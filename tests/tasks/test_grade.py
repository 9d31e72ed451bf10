"""What a rollout earns, and what is never counted as wrong."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkling.errors import TaskError
from thinkling.records import Problem
from thinkling.tasks.grade import MAX_CHARACTERS, TRUNCATED, RewardWeights, grade
from thinkling.tasks.passrate import PassRate, wilson_interval

PROBLEM = Problem("multiply", "What's 12 times 14?", "168", "multiply:12x14", 1)
WORKED = "<think>\n12*10=120\n12*4=48\n120+48=168\n</think>\n\n168"


def test_a_right_answer_in_the_right_format_earns_both_rewards() -> None:
    graded = grade(PROBLEM, WORKED)
    assert graded.verdict.reward == pytest.approx(1.1) and graded.verdict.is_correct
    assert graded.has_format and graded.is_reasoned and not graded.is_truncated
    assert grade(PROBLEM, WORKED, weights=RewardWeights(accuracy=2, format=0)).verdict.reward == 2


@pytest.mark.parametrize(
    ("text", "reward", "has_format"),
    [
        ("<think>\n\n</think>\n\n168", 1.1, True),
        ("<think>\n\n</think>\n\n169", 0.1, True),
        ("<think>\n168\n</think>\n\n", 0.0, False),
        ("<think>\n168\n</think>\n\n\n ", 0.0, False),
        ("<think>\n168", 0.0, False),
        ("168", 1.0, False),
        ("<think>168</think>169", 0.1, True),
        ("<think>a</think>168<think>b</think>168", 0.0, False),
        ("<think>a</think><think>b</think>168", 1.0, False),
        ("<think>a</think>168</think>169", 0.0, False),
        ("", 0.0, False),
        ("<think></think>168 or 169", 0.1, True),
        ("<think></think>What's 12 times 14?", 0.1, True),
    ],
)
def test_accuracy_reads_the_answer_region_and_format_the_block(
    text: str, reward: float, has_format: bool
) -> None:
    graded = grade(PROBLEM, text)
    assert graded.verdict.reward == pytest.approx(reward), graded
    assert graded.has_format is has_format and graded.verdict.is_correct is (reward >= 1)


def test_a_prompt_may_have_opened_or_closed_the_block() -> None:
    assert grade(PROBLEM, "12*14\n</think>\n\n168", "reasoning").verdict.reward == pytest.approx(1.1)
    assert grade(PROBLEM, "168", "content").verdict.reward == pytest.approx(1.1)
    assert not grade(PROBLEM, "168", "reasoning").verdict.is_correct
    assert not grade(PROBLEM, "<think>\n \n</think>\n\n168").is_reasoned


@pytest.mark.parametrize("text", ["<think>\n12*14", WORKED, "", "168"])
def test_a_truncated_answer_is_called_truncated_and_not_badly_formatted(text: str) -> None:
    graded = grade(PROBLEM, text, finish_reason="length")
    assert graded.is_truncated and graded.verdict.reason == TRUNCATED
    assert graded.verdict.reward == 0 and not graded.verdict.is_correct and graded.verdict.is_scored


def test_what_could_not_be_judged_is_unscored_and_says_why() -> None:
    aborted = grade(PROBLEM, WORKED, finish_reason="abort").verdict
    unknown = grade(Problem("riddles", "?", "", "riddles:1"), WORKED).verdict
    broken = grade(Problem("multiply", "?", "no number", "multiply:1x1"), WORKED).verdict
    foreign = grade(Problem("greetings", "?", "", "sums:1+1"), WORKED).verdict
    assert [v.is_scored for v in (aborted, unknown, broken, foreign)] == [False] * 4
    assert all(v.reward == 0 and not v.is_correct and v.reason for v in (aborted, unknown, broken, foreign))
    assert "riddles" in unknown.reason and "ValueError" in broken.reason


def test_a_huge_text_is_wrong_at_once() -> None:
    assert grade(PROBLEM, "<think>" * MAX_CHARACTERS).verdict.reason == "text too long"


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(["<think>", "</think>", "168", "169", "\n", " ", "a", "<", "<answer>"]), max_size=9
    ),
    st.sampled_from(["undecided", "reasoning", "content"]),
)
def test_the_bonus_is_paid_for_the_contract_alone(parts: list[str], starts_in: str) -> None:
    text = "".join(parts)
    graded = grade(PROBLEM, text, starts_in)  # type: ignore[arg-type]
    assert graded.verdict.reward == pytest.approx(graded.verdict.is_correct + 0.1 * graded.has_format)
    if graded.has_format:
        assert text.count("</think>") == (starts_in != "content")


def test_wilson_interval_matches_the_books_and_never_leaves_zero_to_one() -> None:
    low, high = wilson_interval(81, 263)
    assert (low, high) == (pytest.approx(0.2553, abs=1e-4), pytest.approx(0.3662, abs=1e-4))
    assert wilson_interval(0, 0) == (0.0, 1.0)
    assert wilson_interval(0, 10)[0] == 0.0 and wilson_interval(10, 10)[1] == 1.0
    assert 0 < wilson_interval(0, 10)[1] < 0.3


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 500), st.integers(0, 500))
def test_the_rate_lies_inside_its_interval(correct: int, wrong: int) -> None:
    rate = PassRate.of(correct, correct + wrong)
    assert 0 <= rate.low <= rate.rate <= rate.high <= 1


def test_impossible_counts_are_refused() -> None:
    for successes, trials in ((2, 1), (-1, 4)):
        with pytest.raises(TaskError):
            PassRate.of(successes, trials)
