"""Hours of reinforcement learning: rollout with its long tail, scoring, update, and moving weights. No
torch.

A phase samples `answers` at once, scores them (one forward pass by the reference, one by the policy where
several updates follow a phase), and updates on them. Sampling lasts until the longest answer has ended:
with S(n) the share of answers longer than n tokens, it takes the sum over n of the time of a decoding step
for the answers that are still alive, in turns where the cache does not hold them all. Lengths are
log-normal with a given mean, cut at the limit. Engines are the smallest groups of whole nodes that hold the
weights in half of their memory, and share the answers evenly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from thinkling.errors import ConfigError
from thinkling.models.config import ModelConfig, MoE
from thinkling.plan.assumptions import assumptions_named
from thinkling.plan.count import count_params, forward_flops_per_token, training_flops_per_token
from thinkling.plan.estimate import Assumption, Figure, Input, Values, expected_values, spread
from thinkling.plan.hardware import Device
from thinkling.plan.memory import Serving, most_conversations, weight_bytes
from thinkling.plan.roofline import check_speculation, decode_step, step_assumptions
from thinkling.plan.train_time import reached

NODE_DEVICES = 8
_GRID = 32


@dataclass(frozen=True, slots=True)
class Reinforcement:
    """One stretch of reinforcement learning with settings that do not change."""

    answers: int
    """Answers sampled in one phase: problems x group."""
    phases: float
    """Phases of sampling; each may have several optimizer steps."""
    mean_length: float
    """Mean tokens of an answer over the stretch."""
    max_length: int
    """The limit at which answers are cut."""
    num_devices: int
    """Devices, all of which sample, score and update in turn."""
    prompt_length: int = 256
    """Tokens of a problem."""
    format: str = "bf16"
    """Format of the sampler's matrices; FP8 weights mean FP8 products in scoring and updates too, where a
    device has units for them."""
    num_scorings: int = 2
    """Forward passes over all answers beside the update: reference and old policy."""
    has_speculation: bool = False
    """Whether a multi-token prediction module guesses ahead while sampling."""

    def check(self, config: ModelConfig) -> None:
        """Raises ConfigError where it cannot be."""
        if self.answers < 1 or self.phases <= 0 or self.num_devices < 1 or self.mean_length <= 0:
            raise ConfigError("Reinforcement needs answers, phases and devices.", "give numbers above zero")
        if self.has_speculation:
            check_speculation(config)
        if self.mean_length > self.max_length:
            raise ConfigError(
                f"The mean length {self.mean_length:,.0f} is above the limit {self.max_length:,}.",
                "give a longer --max-length or a shorter --mean-length",
            )
        if self.prompt_length + self.max_length > config.context_length:
            raise ConfigError(
                f"Answers of {self.max_length:,} tokens do not fit behind {self.prompt_length} of a "
                "problem: the "
                f"model was made for {config.context_length:,}.",
                "give a shorter --max-length",
            )


@dataclass(frozen=True, slots=True)
class Phase:
    """Seconds of one phase, part by part."""

    rollout_s: float
    scoring_s: float
    update_s: float
    switching_s: float
    tail_share: float
    """Part of the rollout in which less than a tenth of the answers is still being written."""

    @property
    def seconds(self) -> float:
        """The whole phase."""
        return self.rollout_s + self.scoring_s + self.update_s + self.switching_s


def engine_devices(config: ModelConfig, device: Device, run: Reinforcement) -> int:
    """Devices of one engine. Raises ConfigError where all of them together do not hold the weights.

    The weights take half of its memory, and the cache the rest; where there are too few devices for that, one
    engine takes them all, and its weights up to nine tenths.
    """
    weights = weight_bytes(config, run.format)
    fewest = math.ceil(weights / (device.memory_bytes / 2))
    number = 1 << (fewest - 1).bit_length()
    if number > NODE_DEVICES:
        number = NODE_DEVICES * math.ceil(fewest / NODE_DEVICES)
    if number <= run.num_devices:
        return number
    if weights <= 0.9 * device.memory_bytes * run.num_devices:
        return run.num_devices
    raise ConfigError(
        f"{run.num_devices} x {device.name} do not hold the weights in {run.format}: an engine "
        f"takes {number} of them.",
        "give more with --devices, or fewer bits with --quantize",
    )


def alive_share(tokens: float, mean: float, limit: int, spread_: float) -> float:
    """The share of answers longer than `tokens`: log-normal, `mean` before the cut at `limit`."""
    if tokens >= limit:
        return 0.0
    if tokens <= 0:
        return 1.0
    middle = math.log(mean) - spread_**2 / 2
    return 0.5 * math.erfc((math.log(tokens) - middle) / (spread_ * math.sqrt(2)))


def phase_of(config: ModelConfig, device: Device, run: Reinforcement, values: Values) -> Phase:
    """The parts of one phase. Raises ConfigError."""
    run.check(config)
    mean = min(float(run.max_length), run.mean_length * values["mean length factor"])
    run = replace(run, mean_length=mean)
    rollout, tail = rollout_seconds(config, device, run, values)
    tokens = run.answers * (run.mean_length + run.prompt_length)
    length = int(run.mean_length + run.prompt_length)
    speed = reached(config, device, values, is_fp8=_has_fp8(device, run)) * run.num_devices
    return Phase(
        rollout_s=rollout,
        scoring_s=run.num_scorings * tokens * forward_flops_per_token(config, length) / speed,
        update_s=tokens * training_flops_per_token(config, length) / speed,
        switching_s=2 * moved_bytes(config, device, run) / values["moving rate"],
        tail_share=tail,
    )


def _has_fp8(device: Device, run: Reinforcement) -> bool:
    """Whether scoring and updates have products in FP8."""
    return run.format == "fp8" and device.fp8_peak is not None


def moved_bytes(config: ModelConfig, device: Device, run: Reinforcement) -> float:
    """Bytes that a device moves in and out once a phase: its share of the training state, and of the
    sampler."""
    state = 16.0 * count_params(config).total / run.num_devices
    return state + weight_bytes(config, run.format) / engine_devices(config, device, run)


def rollout_seconds(
    config: ModelConfig, device: Device, run: Reinforcement, values: Values
) -> tuple[float, float]:
    """Seconds until the longest answer has ended, and the share of them with under a tenth of answers alive.

    The sum over tokens is taken over a grid that is finer where answers are short.
    """
    engine = engine_devices(config, device, run)
    per_engine = run.answers / (run.num_devices // engine)
    gain = values["speculation gain"] if run.has_speculation else 1.0
    longest = longest_answer(run, values["length spread"])
    ends = [longest * ((index + 1) / _GRID) ** 2 for index in range(_GRID)]
    total = tail = begin = 0.0
    for end in ends:
        middle = (begin + end) / 2
        alive = alive_share(middle, run.mean_length, run.max_length, values["length spread"])
        context = int(run.prompt_length + middle)
        asked = Serving(run.format, context=context, num_devices=engine)
        wanted = max(1, round(per_engine * alive))
        batch = min(wanted, most_conversations(config, asked, device.memory_bytes))
        step = decode_step(
            config, device, replace(asked, batch=batch), values, int(run.has_speculation)
        ).seconds
        # Those for which the cache has no room wait for their turn.
        seconds = (end - begin) * step * wanted / batch / gain
        total, tail = total + seconds, tail + (seconds if alive < 0.1 else 0.0)
        begin = end
    return total, tail / total


def longest_answer(run: Reinforcement, spread_: float) -> float:
    """The length that one answer of all is expected to exceed, the limit at most. Found by halving."""
    low, high = 1.0, float(run.max_length)
    for _ in range(40):
        middle = (low + high) / 2
        is_exceeded = alive_share(middle, run.mean_length, run.max_length, spread_) * run.answers > 1
        low, high = (middle, high) if is_exceeded else (low, middle)
    return high


def reinforcement_assumptions(
    config: ModelConfig, device: Device, run: Reinforcement
) -> tuple[Assumption, ...]:
    """What the hours assume."""
    engine = engine_devices(config, device, run)
    names = ["training utilisation", "goodput", "mean length factor", "length spread"]
    names.append("moving rate")
    names += ["expert share"] if isinstance(config.ffn, MoE) else []
    names += ["fp8 gain"] if _has_fp8(device, run) else []
    names += ["speculation gain"] if run.has_speculation else []
    return (*assumptions_named(names), *step_assumptions(config, device, engine))


def reinforcement_hours(config: ModelConfig, device: Device, runs: tuple[Reinforcement, ...]) -> Figure:
    """Hours of all devices together over all stretches. Raises ConfigError."""
    assumed = reinforcement_assumptions(config, device, runs[0])

    def hours(values: Values) -> float:
        stretches = (
            run.num_devices * run.phases * phase_of(config, device, run, values).seconds for run in runs
        )
        return sum(stretches) / values["goodput"] / 3600

    phases = [phase_of(config, device, run, expected_values(assumed)) for run in runs]
    inputs: list[Input] = []
    for number, (run, phase) in enumerate(zip(runs, phases, strict=True), 1):
        of = f" of stretch {number}" if len(runs) > 1 else ""
        inputs += [
            Input(f"devices{of}", run.num_devices, device.name),
            Input(f"phases{of}", run.phases),
            Input(f"answers a phase{of}", run.answers),
            Input(f"mean length{of}", run.mean_length, "tokens"),
            Input(f"limit{of}", run.max_length, "tokens"),
            Input(f"rollout{of}", phase.rollout_s, "seconds"),
            Input(f"of it with under a tenth alive{of}", phase.tail_share),
            Input(f"scoring{of}", phase.scoring_s, "seconds"),
            Input(f"update{of}", phase.update_s, "seconds"),
            Input(f"switching{of}", phase.switching_s, "seconds"),
        ]
    inputs += [Input(one.name, one.expected) for one in assumed]
    return Figure(
        "device hours",
        spread(hours, assumed),
        "hours",
        "devices x phases x (rollout + scoring + update + switching) / goodput / 3600",
        tuple(inputs),
    )
