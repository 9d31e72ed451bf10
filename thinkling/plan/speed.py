"""How fast a model runs on devices, and what a token costs there: prefill, decode, speculation, batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from thinkling.models.config import ModelConfig
from thinkling.plan.assumptions import assumptions_named
from thinkling.plan.count import count_params, forward_flops_per_token
from thinkling.plan.estimate import Answer, Assumption, Figure, Input, Range, Values, expected_values, spread
from thinkling.plan.fit import NO, fit_serving
from thinkling.plan.hardware import Device, rent_of
from thinkling.plan.memory import BITS, Serving
from thinkling.plan.named import NamedModel
from thinkling.plan.price import break_even, list_price, ownership_figure, per_million
from thinkling.plan.quantities import written
from thinkling.plan.roofline import (
    Step,
    check_speculation,
    decode_step,
    prefill_seconds,
    shares,
    step_assumptions,
)

_BOUND = {"reading": "reading memory", "arithmetic": "arithmetic", "latency": "the latency of layers"}
_BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)


@dataclass(frozen=True, slots=True)
class Service:
    """How a model is served, and what it is compared with."""

    serving: Serving
    has_speculation: bool = False
    """Whether a multi-token prediction module guesses one token ahead."""
    compared_with: str | None = None
    """A listed price, for the break-even."""
    input_share: float = 0.78
    """Input among all tokens of the break-even (DeepSeek's service: 608 of 776 G)."""
    hit_share: float = 0.563
    """Input found in the cache (DeepSeek's service)."""

    @property
    def guesses(self) -> int:
        """Tokens that are verified beside the next one in a step."""
        return int(self.has_speculation)


def answer_service(model: NamedModel, device: Device, service: Service) -> Answer:
    """Speed of one conversation and of all, the time to the first token, and dollars. Raises ConfigError."""
    config, serving = model.config, service.serving
    serving.check(config)
    if service.has_speculation:
        check_speculation(config)
    fit = fit_serving(config, serving, device.memory_bytes)
    assumed = service_assumptions(config, device, service)
    step = decode_step(config, device, serving, expected_values(assumed), service.guesses)
    one, all_ = decode_speed(config, device, service)
    figures = [_first_token(config, device, serving), one, all_, *_prices(config, device, service, all_)]
    where = f"{serving.num_devices} x {device.name}" if serving.num_devices > 1 else device.name
    speed = f"{one.value:.3g} tokens/s"
    if serving.batch > 1:
        speed += f" for each of {serving.batch:,} conversations, {all_.value:,.0f} tokens/s in all"
    verdict = f"{model.name} in {serving.format} on {where}: {speed}; most of a step is {_BOUND[step.bound]}."
    notes = [_crossover(config, device, service)]
    if figures[-1].name == "use at break-even" and figures[-1].range.low > 100:
        notes.append("These devices cannot write as much as the break-even takes: the service is cheaper.")
    if service.has_speculation:
        module = written(count_params(config).mtp * BITS[serving.format] / 8, "bytes")
        notes.append(f"The module that guesses takes {module} beside what was counted for the fit.")
    if fit.verdict == NO:
        missing = written(-fit.margin, "bytes")
        notes.insert(
            0, f"It does not fit: {missing} are missing on each device (thinkling plan fit says what would)."
        )
    return Answer(f"How fast is {model.name} on {where}?", verdict, tuple(figures), (), tuple(notes), assumed)


def service_assumptions(config: ModelConfig, device: Device, service: Service) -> tuple[Assumption, ...]:
    """What the speeds assume."""
    assumed = step_assumptions(config, device, service.serving.num_devices)
    return (*assumed, *assumptions_named(["speculation gain"])) if service.has_speculation else assumed


def decode_speed(config: ModelConfig, device: Device, service: Service) -> tuple[Figure, Figure]:
    """Tokens a second of one conversation, and of all."""
    serving, assumed = service.serving, service_assumptions(config, device, service)

    def speed(values: Values) -> float:
        gain = values["speculation gain"] if service.has_speculation else 1.0
        return gain / decode_step(config, device, serving, values, service.guesses).seconds

    middle = decode_step(config, device, serving, expected_values(assumed), service.guesses)
    gain = " x speculation gain; a guess is verified and its module read" if service.has_speculation else ""
    formula = f"1 / (max(bytes read / bandwidth, operations / peak) + layers x latency){gain}"
    one = Figure(
        "decode, one conversation",
        spread(speed, assumed),
        "tokens/s",
        formula,
        step_inputs(middle, device, assumed, is_fp8=serving.format == "fp8"),
    )
    all_ = Figure(
        "decode, all conversations",
        one.range.times(serving.batch),
        "tokens/s",
        "conversations x decode, one conversation",
        (Input("conversations", serving.batch), Input("decode, one conversation", one.value, "tokens/s")),
    )
    return one, all_


def step_inputs(
    step: Step, device: Device, assumed: tuple[Assumption, ...], *, is_fp8: bool = False
) -> tuple[Input, ...]:
    """What went into a decoding step."""
    return (
        Input("weights read", step.weight_bytes, "bytes"),
        Input("cache read", step.cache_bytes, "bytes"),
        Input("operations", step.flops),
        Input("bandwidth", device.bandwidth, f"bytes a second of {device.name}"),
        *_peaks(device, is_fp8=is_fp8),
        Input("reading", step.reading_s, "seconds"),
        Input("arithmetic", step.computing_s, "seconds"),
        Input("latency", step.latency_s, "seconds"),
        *(Input(one.name, one.expected) for one in assumed),
    )


def _peaks(device: Device, *, is_fp8: bool) -> list[Input]:
    if is_fp8 and device.fp8_peak:
        return [
            Input("peak of products", device.fp8_peak, "operations a second in FP8"),
            Input("peak of attention", device.bf16_peak, "in BF16"),
        ]
    return [Input("peak", device.bf16_peak, "operations a second in BF16")]


def _first_token(config: ModelConfig, device: Device, serving: Serving) -> Figure:
    assumed = assumptions_named(shares(device))
    seconds = spread(lambda values: prefill_seconds(config, device, serving, values), assumed)
    inputs = (
        Input("tokens", serving.context),
        Input("operations a token", forward_flops_per_token(config, serving.context)),
        *_peaks(device, is_fp8=serving.format == "fp8"),
        Input("devices", serving.num_devices),
        *(Input(one.name, one.expected) for one in assumed),
    )
    formula = "max(tokens x operations a token / (devices x peak x share of it), weights / bandwidth)"
    return Figure("reading a prompt of the whole context", seconds, "seconds", formula, inputs)


def _prices(config: ModelConfig, device: Device, service: Service, all_: Figure) -> list[Figure]:
    number = service.serving.num_devices
    if service.compared_with is not None and device.price is None:
        rent_of(device)
    if device.rent is not None:
        hourly = device.rent * number
    elif device.price is not None:
        hourly = ownership_figure(device, number).value
    else:
        return []
    figures = [per_million(all_.range, hourly, "output, at all hours")]
    if device.price is not None:
        figures.append(ownership_figure(device, number))
    if service.compared_with is not None:
        price = list_price(service.compared_with)
        # At all hours the price is spread over all of them, too.
        always = hourly if device.rent is not None else ownership_figure(device, number, use=1.0).value
        even = break_even(always, price, service.input_share, service.hit_share)
        figures += [even, _capacity(config, device, even, all_, service)]
    return figures


def _capacity(config: ModelConfig, device: Device, even: Figure, all_: Figure, service: Service) -> Figure:
    """How much of a day the devices need for the break-even: writing the output, and reading what no cache
    had."""
    serving = replace(service.serving, batch=1)
    assumed = assumptions_named(shares(device))
    values = expected_values(assumed)
    a_token = prefill_seconds(config, device, serving, values) / serving.context
    output = even.value * (1 - service.input_share)
    misses = even.value * service.input_share * (1 - service.hit_share)
    writing, reading = all_.range.inverse(100 * output / 86_400), 100 * misses * a_token / 86_400
    share = Range(
        writing.low + reading, writing.expected + reading, writing.high + reading, writing.dominated_by
    )
    inputs = (
        Input("output at break-even", output, "tokens a day"),
        Input("decode", all_.value, "tokens/s"),
        Input("input that is read", misses, "tokens a day"),
        Input("reading a token", a_token, "seconds"),
        *(Input(one.name, one.expected) for one in assumed),
    )
    formula = "(output at break-even / decode + input that is read x reading a token) / 86,400"
    return Figure("use at break-even", share, "%", formula, inputs)


def _crossover(config: ModelConfig, device: Device, service: Service) -> str:
    """From how many conversations on another one costs speed."""
    values = expected_values(service_assumptions(config, device, service))
    alone = decode_step(config, device, replace(service.serving, batch=1), values).seconds
    last = 1
    for batch in _BATCHES:
        if decode_step(config, device, replace(service.serving, batch=batch), values).seconds > 1.5 * alone:
            break
        last = batch
    return f"Up to {last} conversations of this length a step takes at most half as long again as for one."


def speed_by(
    change: Callable[[Serving, int], Serving],
    xs: tuple[int, ...],
    config: ModelConfig,
    device: Device,
    service: Service,
) -> list[tuple[float, Range]]:
    """Speed of one conversation where `change` sets something of the serving to each of `xs`."""
    points = []
    for x in xs:
        changed = replace(service, serving=change(service.serving, x))
        points.append((float(x), decode_speed(config, device, changed)[0].range))
    return points
