"""How long a forward pass takes: reading against arithmetic, and the latency of layers. No torch.

A decoding step reads every weight that its tokens touch and the cache of every conversation, once; it
computes twice the weights that a token meets, for every token. It takes as long as the slower of the two,
and a latency for each layer on top. A mixture of experts reads, at one conversation, the few experts a
token visits, and with more of them nearly all: E x (1 - (1 - A/E)^batch) for choices that fall evenly.
"""

from __future__ import annotations

from dataclasses import dataclass

from thinkling.errors import ConfigError
from thinkling.models.config import MLA, ModelConfig, MoE
from thinkling.plan.assumptions import assumptions_named
from thinkling.plan.count import (
    attention_flops_per_token,
    count_params,
    forward_flops_per_token,
    kv_bytes_per_token,
    module_flops_per_token,
    module_routed_params,
    routed_params,
)
from thinkling.plan.estimate import Assumption, Values
from thinkling.plan.hardware import Device
from thinkling.plan.memory import BITS, CACHE_BYTES, Serving, cache_on_device, kept_in_16_bits, matrix_params


@dataclass(frozen=True, slots=True)
class Step:
    """The seconds of one decoding step, and what they are made of."""

    weight_bytes: float
    cache_bytes: float
    flops: float
    reading_s: float
    computing_s: float
    latency_s: float

    @property
    def seconds(self) -> float:
        """The slower of reading and computing, and the latency."""
        return max(self.reading_s, self.computing_s) + self.latency_s

    @property
    def bound(self) -> str:
        """What most of the time is spent on."""
        times = {"reading": self.reading_s, "arithmetic": self.computing_s, "latency": self.latency_s}
        return max(times, key=lambda name: times[name])


def experts_touched(moe: MoE, num_tokens: float) -> float:
    """Routed experts of one layer that `num_tokens` tokens visit between them, expected for even choices."""
    return moe.num_experts * float(1.0 - (1.0 - moe.num_active / moe.num_experts) ** num_tokens)


def bytes_read(config: ModelConfig, format_: str, num_tokens: float) -> float:
    """Bytes of weights that a step for `num_tokens` tokens reads. Of the embedding only their rows."""
    routed = routed_params(config)
    matrices = matrix_params(config, format_) - routed
    if isinstance(config.ffn, MoE):
        matrices += int(routed * experts_touched(config.ffn, num_tokens) / config.ffn.num_experts)
    rest = kept_in_16_bits(config, format_) - (0 if config.is_tied else config.vocab_size * config.width)
    return matrices * BITS[format_] / 8 + rest * (4 if format_ == "fp32" else 2)


def module_bytes_read(config: ModelConfig, format_: str, num_tokens: float) -> float:
    """Bytes of the multi-token prediction module that a step for `num_tokens` tokens reads, its tables apart:
    these are the model's."""
    params = float(count_params(config).mtp)
    if isinstance(config.ffn, MoE):
        unread = 1 - experts_touched(config.ffn, num_tokens) / config.ffn.num_experts
        params -= module_routed_params(config) * unread
    return params * BITS[format_] / 8


def decode_step(
    config: ModelConfig, device: Device, serving: Serving, values: Values, guesses: int = 0
) -> Step:
    """One step for all conversations of `serving`, whose cache holds `serving.context` tokens each.

    With `guesses` so many tokens of each are verified beside the next one, and the module that guessed them
    is read and computed too.
    """
    number, tokens = serving.num_devices, serving.batch * (1 + guesses)
    weights = bytes_read(config, serving.format, tokens)
    module = serving.batch * guesses * module_flops_per_token(config)
    weights += module_bytes_read(config, serving.format, serving.batch) if guesses else 0.0
    per_token = kv_bytes_per_token(config, CACHE_BYTES[serving.cache_format])
    conversations, cut = cache_on_device(config, serving)
    cache = conversations * serving.context * per_token / cut
    is_latent = isinstance(config.attention, MLA)
    products = forward_flops_per_token(config, 0)
    attention = attention_flops_per_token(config, serving.context, is_absorbed=is_latent)
    share, math = (values[name] for name in shares(device))
    peak = device.peak(serving.format == "fp8")
    return Step(
        weight_bytes=weights,
        cache_bytes=float(serving.batch * serving.context * per_token),
        flops=tokens * (products + attention) + module,
        reading_s=(weights / number + cache) / (device.bandwidth * share),
        computing_s=(
            (tokens * products + module) / peak / number
            + conversations * (1 + guesses) * attention / device.bf16_peak / cut
        )
        / math,
        latency_s=config.num_layers * values[layer_latency(config, device, number)],
    )


def check_speculation(config: ModelConfig) -> None:
    """Raises ConfigError for a model that has no module to guess ahead with."""
    if not config.mtp_depth:
        raise ConfigError(
            "This model has no multi-token prediction module to guess ahead with.", "leave --speculate out"
        )


def layer_latency(config: ModelConfig, device: Device, num_devices: int) -> str:
    """The name of the assumption that says how long a layer takes beside reading."""
    has_experts = isinstance(config.ffn, MoE)
    if device.is_processor:
        return "expert layer latency on a processor" if has_experts else "layer latency on a processor"
    if num_devices == 1:
        return "layer latency on one device"
    return "expert layer latency over devices" if has_experts else "layer latency over devices"


def step_assumptions(config: ModelConfig, device: Device, num_devices: int) -> tuple[Assumption, ...]:
    """What `decode_step` assumes."""
    return assumptions_named((*shares(device), layer_latency(config, device, num_devices)))


def shares(device: Device) -> tuple[str, str]:
    """The names of the assumptions that say what of its bandwidth and of its peak a device gives."""
    if device.is_measured:
        return "measured bandwidth share", "measured arithmetic share"
    return "bandwidth share", "prefill share"


def prefill_seconds(config: ModelConfig, device: Device, serving: Serving, values: Values) -> float:
    """Seconds to read one prompt of `serving.context` tokens: arithmetic, or reading all weights where that
    is more."""
    products = forward_flops_per_token(config, 0)
    attention = forward_flops_per_token(config, serving.context) - products
    share, math = (values[name] for name in shares(device))
    # Attention is computed in BF16, whatever the products are in.
    a_token = products / device.peak(serving.format == "fp8") + attention / device.bf16_peak
    computing = serving.context * a_token / (serving.num_devices * math)
    reading = bytes_read(config, serving.format, serving.context) / (
        serving.num_devices * device.bandwidth * share
    )
    return max(computing, reading)
