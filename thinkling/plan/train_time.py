"""Hours of pretraining and finetuning: operations over devices, peak, utilisation, goodput. No torch.

hours = tokens x operations a token / (peak x utilisation x goodput) / 3600, where the utilisation is that
of a tuned dense model in BF16, times the expert share for a mixture of experts, times the gain of FP8. It
is counted against the BF16 peak and with attention: 6 N D alone, or the FP8 peak, gives other shares of the
same hours.
"""

from __future__ import annotations

from dataclasses import dataclass

from thinkling.errors import ConfigError
from thinkling.models.config import ModelConfig, MoE
from thinkling.plan.assumptions import assumptions_named, changed
from thinkling.plan.count import count_params, training_flops_per_token
from thinkling.plan.estimate import Assumption, Figure, Input, Range, Values, count, spread
from thinkling.plan.hardware import Device


@dataclass(frozen=True, slots=True)
class Training:
    """What is trained on: tokens in all, the length of a row, and how products are computed."""

    tokens: float
    """Tokens in all, epochs counted."""
    context: int
    """Tokens of one row."""
    is_fp8: bool = False
    """Whether the products are in FP8."""
    has_recompute: bool = False
    """Whether the whole forward pass is computed again for backward: a third more arithmetic."""
    num_devices: int = 1
    """Devices that share the work."""
    utilisation: float | None = None
    """The user's own share of the BF16 peak, goodput apart; None takes ours."""

    def check(self, device: Device) -> None:
        """Raises ConfigError where it cannot be."""
        if self.tokens <= 0 or self.context < 1 or self.num_devices < 1:
            raise ConfigError("Training needs tokens, a row and a device.", "give numbers above zero")
        if self.is_fp8 and device.fp8_peak is None:
            raise ConfigError(
                f"{device.name} has no units for FP8.", "leave --fp8 out, or choose another device"
            )


def training_assumptions(config: ModelConfig, training: Training) -> tuple[Assumption, ...]:
    """What the hours assume, the user's own utilisation among it."""
    utilisation, goodput = assumptions_named(("training utilisation", "goodput"))
    if training.utilisation is not None:
        return changed(utilisation, training.utilisation), goodput
    names = ["expert share"] if isinstance(config.ffn, MoE) else []
    names += ["fp8 gain"] if training.is_fp8 else []
    return utilisation, goodput, *assumptions_named(names)


def reached(config: ModelConfig, device: Device, values: Values, *, is_fp8: bool) -> float:
    """Operations a second of one device while it trains. Factors that `values` leaves out are one."""
    experts = values.get("expert share", 1.0) if isinstance(config.ffn, MoE) else 1.0
    gain = values.get("fp8 gain", 1.0) if is_fp8 else 1.0
    return device.bf16_peak * values["training utilisation"] * experts * gain


def device_hours(config: ModelConfig, device: Device, training: Training) -> Range:
    """Hours of all devices together. Raises ConfigError."""
    training.check(device)
    flops = training.tokens * training_flops(config, training)

    def hours(values: Values) -> float:
        speed = reached(config, device, values, is_fp8=training.is_fp8)
        return flops / (speed * values["goodput"]) / 3600

    return spread(hours, training_assumptions(config, training))


def training_flops(config: ModelConfig, training: Training) -> float:
    """Operations of one token, those that are computed again included."""
    return training_flops_per_token(config, training.context) * (4 / 3 if training.has_recompute else 1.0)


def training_figures(config: ModelConfig, device: Device, training: Training) -> tuple[Figure, ...]:
    """Operations, hours of devices, days. Raises ConfigError."""
    hours = device_hours(config, device, training)
    per_token = training_flops(config, training)
    assumed = training_assumptions(config, training)
    factors = " x ".join(one.name for one in assumed)
    inputs = (
        Input("tokens", training.tokens),
        Input("operations a token", per_token),
        Input("peak", device.bf16_peak, f"operations a second in BF16, {device.name}"),
        *(Input(one.name, one.expected) for one in assumed),
    )
    repeated = ", and a third more for what is computed again" if training.has_recompute else ""
    module = " + the same of the prediction module" if config.mtp_depth else ""
    active = count_params(config).active
    return (
        count(
            "operations a token",
            per_token,
            "operations",
            f"3 x (2 x matrix weights a token meets + attention over half a row{module}){repeated}",
            (Input("active parameters", active), Input("row", training.context, "tokens")),
        ),
        count(
            "operations",
            per_token * training.tokens,
            "operations",
            "tokens x operations a token",
            (Input("tokens", training.tokens), Input("operations a token", per_token)),
        ),
        Figure(
            "device hours",
            hours,
            "hours",
            f"tokens x operations a token / (peak x {factors}) / 3600",
            inputs,
        ),
        Figure(
            "days",
            hours.times(1 / 24 / training.num_devices),
            "days",
            "device hours / devices / 24",
            (Input("device hours", hours.expected), Input("devices", training.num_devices)),
        ),
    )
