"""The numbers of a run: `metrics.jsonl`, one line a step, and the table that says what each number means.

A stage returns plain `dict[str, float]`; the table drives the live display, the report and the documentation.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thinkling.errors import TrainingError
from thinkling.train.checkpoint import flush, write_whole


@dataclass(frozen=True, slots=True)
class Metric:
    """What a number is called, how it is written, and what it tells a reader."""

    label: str
    format: str
    meaning: str
    group: str
    """Metrics of one group share a plot."""
    is_time: bool = False
    """Whether it depends on the machine, so that two equal runs differ in it."""
    is_live: bool = False
    """Whether the live display shows it."""


METRICS: dict[str, Metric] = {
    # Every stage.
    "loss": Metric(
        "loss", ".3f", "What the gradient lowers; in pretraining, nats per token.", "loss", is_live=True
    ),
    "lr": Metric("learning rate", ".2e", "Peak times warm-up and decay.", "learning rate", is_live=True),
    "gradient_norm": Metric("gradient norm", ".3f", "Before clipping; spikes announce trouble.", "gradient"),
    "tokens_per_s": Metric("tokens/s", ",.0f", "Tokens of the step by its seconds.", "speed", True, True),
    "tokens_seen": Metric(
        "tokens seen", ",.0f", "Training tokens since the stage began.", "tokens", is_live=True
    ),
    "step_s": Metric("seconds a step", ".2f", "The whole step.", "seconds", True),
    "elapsed_s": Metric("elapsed", ".0f", "Seconds of training in all, over resumes.", "elapsed", True),
    # Pretraining.
    "mtp_loss": Metric(
        "MTP loss", ".3f", "The loss of the module that predicts one token further.", "loss", is_live=True
    ),
    "validation_loss": Metric(
        "validation loss", ".3f", "The loss on rows that are never trained on.", "loss", is_live=True
    ),
    "balance_loss": Metric(
        "balance loss", ".2e", "The sequence-wise balance loss, unweighted.", "balance loss"
    ),
    "max_violation": Metric(
        "MaxVio",
        ".2f",
        "How far the busiest expert is above an even share: 0 is perfect balance.",
        "balance",
        is_live=True,
    ),
    # GRPO.
    "reward": Metric("reward", ".3f", "Mean reward of the sampled answers.", "reward", is_live=True),
    "accuracy": Metric(
        "accuracy", ".1%", "Share of sampled answers that are right.", "accuracy", is_live=True
    ),
    "format_share": Metric(
        "format",
        ".1%",
        "Share of answers with exactly one closed think block and an answer after it.",
        "accuracy",
    ),
    "reasoned_share": Metric(
        "reasoned",
        ".1%",
        "Share of answers with anything in the think block.",
        "accuracy",
        is_live=True,
    ),
    "pass_at_1": Metric(
        "pass@1", ".1%", "Share right on held-out problems at temperature 1.", "accuracy", is_live=True
    ),
    "response_length": Metric(
        "response length",
        ".1f",
        "Mean tokens of a sampled answer, thinking included.",
        "length",
        is_live=True,
    ),
    "truncated_share": Metric(
        "truncated", ".1%", "Share of answers cut off at the token limit.", "truncated"
    ),
    "all_right_share": Metric(
        "all-right groups", ".1%", "Groups with only right answers teach nothing.", "groups", is_live=True
    ),
    "all_wrong_share": Metric(
        "all-wrong groups", ".1%", "Groups with only wrong answers teach nothing.", "groups", is_live=True
    ),
    "unscored_share": Metric("unscored", ".1%", "Answers that no grader could judge; left out.", "unscored"),
    "entropy": Metric(
        "entropy",
        ".3f",
        "Mean entropy of the next token in nats, where something is learned: how much is still tried.",
        "entropy",
        is_live=True,
    ),
    "logp_gap": Metric(
        "|logp gap|",
        ".1e",
        "Largest |logp_train - logp_sample|: trainer and sampler must agree.",
        "agreement",
        is_live=True,
    ),
    "ratio_max": Metric(
        "largest ratio", ".3f", "Largest probability ratio, new to old, before clipping.", "ratio"
    ),
    "clip_low_share": Metric("clipped low", ".1%", "Tokens whose ratio is clipped from below.", "clipping"),
    "clip_high_share": Metric("clipped high", ".1%", "Tokens whose ratio is clipped from above.", "clipping"),
    "kl": Metric("KL", ".4f", "Mean k3 estimate of the distance to the reference model, in nats.", "KL"),
    "rollout_s": Metric("sampling", ".2f", "Seconds of a step spent sampling answers.", "seconds", True),
    "train_s": Metric(
        "training", ".2f", "Seconds of a step spent in forward, backward and update.", "seconds", True
    ),
}


def describe(name: str) -> Metric:
    """What `name` means; a number that the table does not know is shown under its own name."""
    return METRICS.get(name) or Metric(name.replace("_", " "), ".4g", "", name, is_time=name.endswith("_s"))


def show(name: str, value: float) -> str:
    """A number as its metric is written."""
    return format(value, describe(name).format)


def without_time(line: Mapping[str, Any]) -> dict[str, Any]:
    """A line of `metrics.jsonl` without what two equal runs differ in."""
    return {name: value for name, value in line.items() if not describe(name).is_time}


def refuse_non_finite(step: int, metrics: Mapping[str, float]) -> None:
    """Raises TrainingError where a number is infinite or not a number: what follows could not be trusted."""
    for name, value in metrics.items():
        if not math.isfinite(value):
            raise TrainingError(
                f"{describe(name).label} is {value} at step {step}.",
                "lower optimizer.lr or raise optimizer.warmup_steps; the last checkpoint is from before",
            )


class MetricsFile:
    """`metrics.jsonl` or `warnings.jsonl`: {"step": 0, ...} a line, appended as the run goes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, step: int, metrics: Mapping[str, float | str]) -> None:
        """Adds the line of `step`."""
        line = json.dumps({"step": step, **metrics}, allow_nan=False)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def flush(self) -> None:
        """Waits until every line is on the disk."""
        if self.path.exists():
            flush(self.path)

    def cut(self, num_steps: int) -> int:
        """Keeps the lines of steps before `num_steps`, up to the first torn one; returns how many."""
        kept = [line for line in self.lines() if line["step"] < num_steps]
        text = "".join(json.dumps(line) + "\n" for line in kept)
        if self.path.exists() and self.path.read_bytes() != text.encode():
            write_whole(self.path, text)
        return len(kept)

    def lines(self) -> list[dict[str, Any]]:
        """All lines up to the first that is torn (a kill can leave half a line)."""
        if not self.path.exists():
            return []
        found: list[dict[str, Any]] = []
        for raw in self.path.read_bytes().splitlines(keepends=True):
            line = _parsed(raw)
            if line is None:
                break
            found.append(line)
        return found


def _parsed(raw: bytes) -> dict[str, Any] | None:
    if not raw.endswith(b"\n"):
        return None
    try:
        line = json.loads(raw)
    except ValueError:
        return None
    return line if isinstance(line, dict) and isinstance(line.get("step"), int) else None
