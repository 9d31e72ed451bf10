"""Intervals: how often they hold what they should, and the impossible counts they refuse."""

from __future__ import annotations

import random

import pytest

from thinkling.errors import TaskError
from thinkling.tasks.passrate import interval_of_mean, paired_interval, wilson_interval


def draws(random_: random.Random, trials: int, gain: float, loss: float) -> tuple[int, int]:
    """How many of `trials` problems were gained and lost."""
    thrown = [random_.random() for _ in range(trials)]
    return sum(x < gain for x in thrown), sum(x > 1 - loss for x in thrown)


@pytest.mark.parametrize(("trials", "gain", "loss"), [(30, 0.3, 0.1), (128, 0.5, 0.05), (512, 0.02, 0.03)])
def test_the_paired_interval_holds_the_true_change_about_95_times_in_100(
    trials: int, gain: float, loss: float
) -> None:
    random_ = random.Random(0)
    tries = 2000
    num_held = 0
    for _ in range(tries):
        low, high = paired_interval(*draws(random_, trials, gain, loss), trials)
        num_held += low <= gain - loss <= high
    assert 0.93 <= num_held / tries <= 0.985


def test_a_change_among_the_same_problems_is_known_better_than_the_difference_of_two_shares() -> None:
    before, after = wilson_interval(256, 512), wilson_interval(266, 512)
    low, high = paired_interval(15, 5, 512)
    assert low <= 10 / 512 <= high
    assert high - low < 0.3 * ((before[1] - before[0]) + (after[1] - after[0]))


def test_the_ends() -> None:
    assert paired_interval(0, 0, 0) == (-1.0, 1.0)
    low, high = paired_interval(0, 0, 100)
    assert low < 0 < high and high == pytest.approx(-low)
    assert paired_interval(10, 0, 10)[1] <= 1.0 and paired_interval(0, 10, 10)[0] >= -1.0
    low, high = paired_interval(7, 2, 50)
    assert paired_interval(2, 7, 50) == pytest.approx((-high, -low))
    for gained, lost, trials in ((-1, 0, 5), (0, -1, 5), (3, 3, 5)):
        with pytest.raises(TaskError, match="of 5"):
            paired_interval(gained, lost, trials)


def test_the_interval_of_a_mean_narrows_with_the_root_of_their_number() -> None:
    assert interval_of_mean([0.3], [(0.2, 0.4)]) == pytest.approx((0.2, 0.4))
    assert interval_of_mean([0.3] * 4, [(0.2, 0.4)] * 4) == pytest.approx((0.25, 0.35))
    with pytest.raises(TaskError, match="no intervals"):
        interval_of_mean([], [])


@pytest.mark.parametrize("share", [0.0, 0.02, 0.5, 0.9766, 1.0])
def test_the_interval_of_a_mean_holds_the_mean_and_stays_among_the_shares(share: float) -> None:
    """Intervals of shares near an end lean inwards: their middles are no estimate."""
    one = wilson_interval(round(share * 128), 128)
    value = round(share * 128) / 128
    low, high = interval_of_mean([value] * 30, [one] * 30)
    assert 0 <= low <= value <= high <= 1


def test_the_interval_of_a_mean_holds_the_true_mean_about_95_times_in_100() -> None:
    random_ = random.Random(1)
    truths, num_held = (0.97, 0.6, 0.9, 0.99), 0
    for _ in range(1000):
        counts = [sum(random_.random() < truth for _ in range(128)) for truth in truths]
        low, high = interval_of_mean([c / 128 for c in counts], [wilson_interval(c, 128) for c in counts])
        num_held += low <= sum(truths) / 4 <= high
    assert 930 <= num_held <= 985
