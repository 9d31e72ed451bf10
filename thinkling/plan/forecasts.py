"""Published hours, forecast from architecture, tokens and devices, with one set of assumptions for all
rows.

No row has a number of its own beside what was published about its run: shape, tokens, length of a row,
device, whether the products were in FP8; for reinforcement learning phases, answers, limits and mean
lengths.
"""

from __future__ import annotations

from dataclasses import dataclass

from thinkling.models.config import ModelConfig
from thinkling.models.presets import PRESETS
from thinkling.plan.estimate import Figure, Input
from thinkling.plan.hardware import DEVICES
from thinkling.plan.named import model_named
from thinkling.plan.reinforce import Reinforcement, reinforcement_assumptions, reinforcement_hours
from thinkling.plan.rows import Row
from thinkling.plan.train_time import Training, training_assumptions, training_figures

_V3 = "DeepSeek-V3 (arXiv 2412.19437), table 1"
_LLAMA_2 = "Llama 2 (arXiv 2307.09288), table 2 and section 2.2"
_V2 = "DeepSeek-V2 (arXiv 2405.04434), section 3.2.3"


@dataclass(frozen=True, slots=True)
class PretrainingRun:
    """A run whose hours were published."""

    model: str
    device: str
    tokens: float
    context: int
    hours: float
    source: str
    is_fp8: bool = False
    what: str = "pretraining"


RUNS = (
    PretrainingRun("deepseek-v3", "h800", 14.8e12, 4096, 2.664e6, _V3, True),
    PretrainingRun(
        "llama-3.1-405b", "h100", 15.6e12, 8192, 30.84e6,
        "Llama 3.1 model card (2024-07-23); 15.6 T tokens: arXiv 2407.21783, section 3.2.1",
    ),
    PretrainingRun("llama-2-70b", "a100", 2e12, 4096, 1_720_320, _LLAMA_2),
    PretrainingRun("llama-2-34b", "a100", 2e12, 4096, 1_038_336, _LLAMA_2),
    PretrainingRun("llama-2-13b", "a100", 2e12, 4096, 368_640, _LLAMA_2),
    PretrainingRun("llama-2-7b", "a100", 2e12, 4096, 184_320, _LLAMA_2),
    PretrainingRun("deepseek-67b", "h800", 1e12, 4096, 300.6e3, _V2, what="a trillion tokens"),
    PretrainingRun("deepseek-v2", "h800", 1e12, 4096, 172.8e3, _V2, what="a trillion tokens"),
)  # fmt: skip

R1_ZERO = (
    Reinforcement(
        answers=8192, phases=8200 / 16, mean_length=5000, max_length=32_768, num_devices=512,
        format="fp8", has_speculation=True,
    ),
    Reinforcement(
        answers=8192, phases=2200 / 16, mean_length=12_000, max_length=65_536, num_devices=512,
        format="fp8", has_speculation=True,
    ),
)  # fmt: skip
"""10,400 steps of 32 problems x 16 answers, 16 steps to a phase; the limit doubled after step 8,200. The
mean lengths stand in no text: they were taken from memory of figure 1. Others who read that figure found
2,500 tokens at step 2,000, 4,000 at 4,000, 6,000 at 6,000, 10,000 to 12,500 at 8,000 and 15,000 to 16,000 at
10,000, which is 4,400 to 4,900 and 13,000 to 14,000 for the two stretches: within 2 % in hours."""


def forecasts() -> tuple[Row, ...]:
    """Every forecast."""
    return (*(pretraining_row(run) for run in RUNS), _r1_zero())


def pretraining_row(run: PretrainingRun) -> Row:
    """The row of one run."""
    config = model_named(run.model).config
    training = Training(run.tokens, run.context, run.is_fp8)
    hours = _hours(training_figures(config, DEVICES[run.device], training))
    return Row(
        f"{run.device.upper()} hours of {run.model}, {run.what}",
        run.hours,
        hours.range,
        "hours",
        hours.formula,
        run.source,
        inputs=(*hours.inputs, Input("tokens a row", run.context)),
        assumed=tuple(one.name for one in training_assumptions(config, training)),
    )


def _hours(figures: tuple[Figure, ...]) -> Figure:
    return next(one for one in figures if one.name == "device hours")


def _r1_zero() -> Row:
    config: ModelConfig = PRESETS["deepseek-r1"]
    device = DEVICES["h800"]
    hours = reinforcement_hours(config, device, R1_ZERO)
    return Row(
        "H800 hours of R1-Zero's reinforcement learning",
        512 * 198,
        hours.range,
        "hours",
        hours.formula,
        "DeepSeek-R1 (arXiv 2501.12948 v2), table 7; steps and limits: Nature 645, 633 (2025), methods; mean "
        "lengths: figure 1, approximate",
        inputs=hours.inputs,
        assumed=tuple(one.name for one in reinforcement_assumptions(config, device, R1_ZERO[0])),
    )
