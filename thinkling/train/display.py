"""How a run looks while it goes: a live panel in a terminal, log lines elsewhere, nothing when asked.

All three are a `Display`; the loop tells them the same things.
"""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Mapping
from typing import Protocol, TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from thinkling.train.metrics import METRICS, describe, show

LOG_EVERY_S = 5.0
BARS = "▁▂▃▄▅▆▇█"
HISTORY = 32
"""Values in a sparkline, and steps over which the time that is left is estimated."""


class Display(Protocol):
    """Told by the loop what happens."""

    def start(self, stage: str, num_steps: int, first_step: int) -> None:
        """A stage begins, or goes on, at `first_step`."""

    def update(self, step: int, metrics: Mapping[str, float]) -> None:
        """Step `step` (from 0) is done."""

    def note(self, text: str) -> None:
        """Something a person should know; shown at once and kept on the screen."""

    def stop(self) -> None:
        """The stage is over, for now or for good."""


def open_display(is_quiet: bool, stream: TextIO | None = None) -> Display:
    """The display that suits the stream: standard output where none is given."""
    stream = sys.stdout if stream is None else stream
    if is_quiet:
        return Quiet()
    can_redraw = stream.isatty() and not Console(file=stream).is_dumb_terminal
    return LivePanel(stream) if can_redraw else LogLines(stream)


class Quiet:
    """Shows notes only, on standard error: what a person should know is said even then."""

    def start(self, stage: str, num_steps: int, first_step: int) -> None:
        pass

    def update(self, step: int, metrics: Mapping[str, float]) -> None:
        pass

    def note(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    def stop(self) -> None:
        pass


class LogLines:
    """One plain line every few seconds, and one for the last step."""

    def __init__(self, stream: TextIO, every_s: float = LOG_EVERY_S) -> None:
        self._stream = stream
        self._every_s = every_s
        self._said_at = float("-inf")
        self._pace = Pace()
        self._stage = ""

    def start(self, stage: str, num_steps: int, first_step: int) -> None:
        self._stage = stage
        self._pace = Pace(num_steps)
        self._said_at = float("-inf")
        place = f"going on at step {first_step}" if first_step else "starting"
        self._say(f"{stage}: {place}, {num_steps} steps")

    def update(self, step: int, metrics: Mapping[str, float]) -> None:
        self._pace.add(metrics)
        is_last = step + 1 == self._pace.num_steps
        if not is_last and time.monotonic() - self._said_at < self._every_s:
            return
        self._said_at = time.monotonic()
        shown = "  ".join(f"{describe(name).label} {show(name, metrics[name])}" for name in live(metrics))
        left = self._pace.left(step)
        self._say(f"{self._stage}  step {step + 1}/{self._pace.num_steps}  ETA {left}  {shown}")

    def note(self, text: str) -> None:
        self._say(text)

    def stop(self) -> None:
        pass

    def _say(self, text: str) -> None:
        print(text, file=self._stream, flush=True)


class LivePanel:
    """Stage, step, time left, and each metric with its recent course."""

    def __init__(self, stream: TextIO) -> None:
        self._console = Console(file=stream)
        self._live: Live | None = None
        self._pace = Pace()
        self._stage = ""
        self._history: dict[str, deque[float]] = {}

    def start(self, stage: str, num_steps: int, first_step: int) -> None:
        self._stage = stage
        self._pace = Pace(num_steps)
        self._history = {}
        # No thread of its own: a step is the only moment at which there is something new to show.
        self._live = Live(console=self._console, auto_refresh=False, transient=False)
        self._live.start()
        self._live.update(self._panel(first_step - 1), refresh=True)

    def update(self, step: int, metrics: Mapping[str, float]) -> None:
        self._pace.add(metrics)
        for name in live(metrics):
            self._history.setdefault(name, deque(maxlen=HISTORY)).append(metrics[name])
        if self._live is not None:
            self._live.update(self._panel(step), refresh=True)

    def note(self, text: str) -> None:
        self._console.print(Text(text, style="yellow"))

    def stop(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _panel(self, step: int) -> Panel:
        num_steps = self._pace.num_steps
        head = Table.grid(expand=True)
        head.add_row(
            Text(f"step {step + 1}/{num_steps}"), Text(f"ETA {self._pace.left(step)}", justify="right")
        )
        table = Table.grid(padding=(0, 2))
        for name, values in self._history.items():
            label = Text(describe(name).label, style="dim")
            table.add_row(label, Text(show(name, values[-1]), justify="right"), Text(sparkline(values)))
        # A bar ends without a new line, so it needs a row of its own.
        bar = Table.grid(expand=True)
        bar.add_row(ProgressBar(total=max(num_steps, 1), completed=step + 1))
        return Panel(Group(head, bar, table), title=Text(self._stage), title_align="left", width=72)


class Pace:
    """Seconds a step takes, and so the time that is left."""

    def __init__(self, num_steps: int = 0) -> None:
        self.num_steps = num_steps
        self._seconds: deque[float] = deque(maxlen=HISTORY)

    def add(self, metrics: Mapping[str, float]) -> None:
        """Takes the time of one more step from its metrics."""
        if "step_s" in metrics:
            self._seconds.append(metrics["step_s"])

    def left(self, step: int) -> str:
        """The time after step `step`, as minutes and seconds; "?" before the first measured step."""
        if not self._seconds:
            return "?"
        mean = sum(self._seconds) / len(self._seconds)
        return clock(mean * (self.num_steps - step - 1))


def clock(seconds: float) -> str:
    """Seconds as 4:05, or as 1:04:05 from an hour on."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def live(metrics: Mapping[str, float]) -> list[str]:
    """The metrics worth watching, in the order of the table; unknown ones follow."""
    known = [name for name, metric in METRICS.items() if metric.is_live and name in metrics]
    return known + [name for name in metrics if name not in METRICS]


def sparkline(values: deque[float] | list[float]) -> str:
    """The course of some values as one line of bars."""
    low, high = min(values), max(values)
    if high <= low:
        return BARS[0] * len(values)
    return "".join(BARS[round((value - low) / (high - low) * (len(BARS) - 1))] for value in values)
