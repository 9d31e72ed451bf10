"""The display: readable without a terminal, harmless with one, silent when asked."""

from __future__ import annotations

import io

import pytest

from thinkling.train.display import (
    Display,
    LivePanel,
    LogLines,
    Pace,
    Quiet,
    clock,
    live,
    open_display,
    sparkline,
)
from thinkling.train.metrics import METRICS, describe

GRPO = {
    "reward": 0.5,
    "accuracy": 0.25,
    "response_length": 61.5,
    "tokens_per_s": 4321.0,
    "all_right_share": 0.1,
    "all_wrong_share": 0.2,
    "entropy": 1.25,
    "logp_gap": 3e-5,
    "step_s": 2.0,
}


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def _go(display: Display) -> None:
    display.start("3_grpo", 10, 0)
    for step in range(10):
        display.update(step, GRPO)
    display.note("a [bold]note[/bold] about /a/path")
    display.stop()


def test_without_a_terminal_there_are_plain_lines_with_every_number_one_watches() -> None:
    stream = io.StringIO()
    display = open_display(is_quiet=False, stream=stream)
    assert isinstance(display, LogLines)
    _go(display)
    lines = stream.getvalue().splitlines()
    assert "\x1b" not in stream.getvalue()
    first, last = lines[1], lines[-2]
    assert "step 1/10" in first and "ETA 0:18" in first
    assert "step 10/10" in last and "ETA 0:00" in last
    for part in ["reward 0.500", "accuracy 25.0%", "response length 61.5", "tokens/s 4,321", "entropy 1.250"]:
        assert part in last
    for part in ["all-right groups 10.0%", "all-wrong groups 20.0%", "|logp gap| 3.0e-05"]:
        assert part in last


def test_log_lines_come_every_few_seconds_and_not_every_step() -> None:
    stream = io.StringIO()
    _go(LogLines(stream, every_s=1000.0))
    steps = [line for line in stream.getvalue().splitlines() if " step " in line and "ETA" in line]
    assert len(steps) == 2


def test_a_terminal_gets_a_panel_with_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("LINES", "40")
    stream = Terminal()
    display = open_display(is_quiet=False, stream=stream)
    assert isinstance(display, LivePanel)
    _go(display)
    for part in ["3_grpo", "step 10/10", "reward", "25.0%", "4,321", "3.0e-05", "[bold]note[/bold]"]:
        assert part in stream.getvalue()


def test_a_terminal_that_cannot_redraw_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(open_display(is_quiet=False, stream=Terminal()), LogLines)


def test_a_quiet_run_says_only_what_a_person_must_know(capsys: pytest.CaptureFixture[str]) -> None:
    display = open_display(is_quiet=True)
    assert isinstance(display, Quiet)
    _go(display)
    assert capsys.readouterr().out == ""


def test_the_time_left_follows_the_recent_steps() -> None:
    pace = Pace(100)
    assert pace.left(0) == "?"
    for _ in range(3):
        pace.add({"step_s": 2.0})
    assert pace.left(9) == "3:00"
    assert clock(3725.4) == "1:02:05"


def test_numbers_are_shown_in_the_order_of_the_table_and_unknown_ones_follow() -> None:
    assert live({"mystery": 1.0, "entropy": 1.0, "loss": 2.0, "step_s": 1.0}) == [
        "loss",
        "entropy",
        "mystery",
    ]


def test_a_sparkline_has_a_bar_for_each_value() -> None:
    assert sparkline([0.0, 1.0, 0.5]) == "▁█▅"
    assert sparkline([2.0, 2.0]) == "▁▁"


def test_every_metric_says_what_it_means_in_a_sentence() -> None:
    for name, metric in METRICS.items():
        assert metric.meaning.endswith("."), name
        assert format(1.0, metric.format), name
        assert describe(name) is metric
