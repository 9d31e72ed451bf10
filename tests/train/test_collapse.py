"""Warnings: each way to go wrong is said once, in time, and a healthy run hears nothing."""

from __future__ import annotations

import json

import pytest

from thinkling.train.collapse import WINDOW, CollapseWatch

HEALTHY = {
    "truncated_share": 0.02,
    "all_wrong_share": 0.3,
    "all_right_share": 0.2,
    "entropy": 0.4,
    "response_length": 40.0,
    "accuracy": 0.5,
    "loss": 0.1,
}
SICK = {
    "max_tokens": {"truncated_share": 0.2},
    "no right answer": {"all_wrong_share": 0.95},
    "entropy has fallen": {"entropy": 0.01},
    "have shrunk": {"response_length": 10.0, "accuracy": 0.4},
    "have grown": {"response_length": 200.0, "accuracy": 0.4},
}


def said(watch: CollapseWatch, metrics: dict[str, float], steps: int) -> list[str]:
    return [text for _ in range(steps) for text in watch.warnings(metrics)]


def test_a_healthy_run_hears_nothing() -> None:
    watch = CollapseWatch()
    assert said(watch, HEALTHY, 30) == []
    assert said(watch, HEALTHY | {"entropy": 0.02, "all_right_share": 0.9, "accuracy": 0.95}, 30) == []
    assert said(watch, HEALTHY | {"response_length": 12.0, "accuracy": 0.9}, 30) == []


@pytest.mark.parametrize("words", SICK)
def test_every_way_to_go_wrong_is_said_once(words: str) -> None:
    watch = CollapseWatch()
    assert said(watch, HEALTHY, 10) == []
    (text,) = said(watch, HEALTHY | SICK[words], 30)
    assert words in text


def test_one_strange_step_is_not_a_collapse() -> None:
    watch = CollapseWatch()
    said(watch, HEALTHY, 10)
    assert said(watch, HEALTHY | {"truncated_share": 0.3}, 1) == []


def test_a_resumed_run_is_not_warned_twice() -> None:
    watch = CollapseWatch()
    said(watch, HEALTHY, WINDOW)
    assert len(said(watch, HEALTHY | {"truncated_share": 0.5}, WINDOW)) == 1
    resumed = CollapseWatch()
    resumed.restore(json.loads(json.dumps(watch.state())))
    assert said(resumed, HEALTHY | {"truncated_share": 0.5}, WINDOW) == []
    assert len(said(resumed, HEALTHY | {"all_wrong_share": 0.9}, 2 * WINDOW)) == 1


def test_a_run_that_learns_nothing_at_all_is_warned_though_it_has_no_entropy() -> None:
    lost = {name: one for name, one in HEALTHY.items() if name != "entropy"} | {"all_wrong_share": 1.0}
    (text,) = said(CollapseWatch(), lost, 20)
    assert "no right answer" in text


def test_under_a_curriculum_lengths_are_no_sign() -> None:
    watch = CollapseWatch(has_curriculum=True)
    said(watch, HEALTHY, 10)
    assert said(watch, HEALTHY | {"response_length": 400.0, "accuracy": 0.4}, 20) == []
    assert len(said(watch, HEALTHY | {"truncated_share": 0.4}, 20)) == 1
