"""Does it fit? Serving or training on devices of a size: the verdict, its margin, and the cheapest ways to
make it fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from thinkling.models.config import ModelConfig, MoE
from thinkling.models.presets import DISTILLED
from thinkling.plan.count import count_params, routed_params
from thinkling.plan.estimate import Answer, Figure, Way, count
from thinkling.plan.memory import BITS, CACHE_BYTES, Serving, devices_needed, serving_figures, weight_bytes
from thinkling.plan.named import NamedModel
from thinkling.plan.quantities import written
from thinkling.plan.training_memory import RolloutMemory, TrainingMemory, training_figures

FITS, TIGHT, NO = "fits", "fits, but only just", "does not fit"


@dataclass(frozen=True, slots=True)
class Fit:
    """What is needed on each device beside what it has."""

    need: Figure
    device_bytes: float

    @property
    def verdict(self) -> str:
        """Whether it fits; only just where the upper end of the need does not."""
        if self.need.range.expected > self.device_bytes:
            return NO
        return TIGHT if self.need.range.high > self.device_bytes else FITS

    @property
    def is_enough(self) -> bool:
        """Whether what is expected fits."""
        return self.verdict != NO

    @property
    def margin(self) -> float:
        """Bytes that are left, below zero where they are missing."""
        return self.device_bytes - self.need.range.expected


def fit_serving(config: ModelConfig, serving: Serving, device_bytes: float) -> Fit:
    """Whether a model can be served on each of `serving.num_devices` devices. Raises ConfigError."""
    return Fit(serving_figures(config, serving)[-1], device_bytes)


def answer_serving(model: NamedModel, serving: Serving, device_bytes: float) -> Answer:
    """Whether `model` can be served, and what else would fit. Raises ConfigError."""
    config = model.config
    figures = serving_figures(config, serving)
    fit = Fit(figures[-1], device_bytes)
    where = _where(serving.num_devices, device_bytes)
    what = f"{model.name} in {serving.format} with {_conversations(serving)}"
    others = tuple(
        _margin_figure(config, replace(serving, format=format_), device_bytes)
        for format_ in ("bf16", "int8", "int4")
        if format_ != serving.format
    )
    ways = () if fit.verdict == FITS else tuple(_serving_ways(model, serving, device_bytes))
    return Answer(
        question=f"Does {what} fit into {where}?",
        verdict=_sentence(fit, what, where),
        figures=(*figures, _margin(fit), *others),
        ways=_cheapest_first(ways),
        notes=_notes(model, serving),
    )


def _sentence(fit: Fit, what: str, where: str) -> str:
    need, rest = written(fit.need.value, "bytes"), written(abs(fit.margin), "bytes")
    if fit.verdict == NO:
        return f"No: {what} needs {need} on each device and {rest} are missing in {where}."
    close = ", if the runtime takes no more than expected" if fit.verdict == TIGHT else ""
    return f"Yes: {what} needs {need} on each device and leaves {rest} of {where}{close}."


def _margin(fit: Fit) -> Figure:
    need = fit.need.range
    left = replace(
        need, low=fit.device_bytes - need.high, expected=fit.margin, high=fit.device_bytes - need.low
    )
    return Figure("margin", left, "bytes", "memory of a device - needed on each device")


def _margin_figure(config: ModelConfig, serving: Serving, device_bytes: float) -> Figure:
    fit = fit_serving(config, serving, device_bytes)
    return replace(_margin(fit), name=f"margin in {serving.format}")


def _where(num_devices: int, device_bytes: float) -> str:
    each = written(device_bytes, "bytes")
    return each if num_devices == 1 else f"{num_devices} x {each}"


def _conversations(serving: Serving) -> str:
    many = "one conversation" if serving.batch == 1 else f"{serving.batch} conversations"
    return f"{many} of {serving.context:,} tokens"


def _notes(model: NamedModel, serving: Serving) -> tuple[str, ...]:
    notes = []
    if isinstance(model.config.ffn, MoE):
        counted = count_params(model.config)
        notes.append(
            f"A token uses {counted.active / counted.total:.0%} of the parameters, but all of them "
            "have to be in memory."
        )
    if BITS[serving.format] > BITS.get(model.stored_as, 16):
        notes.append(
            f"It is released in {model.stored_as}: {serving.format} makes it larger without making it better."
        )
    return tuple(notes)


def _serving_ways(model: NamedModel, serving: Serving, device_bytes: float) -> Iterable[Way]:
    """What can be done, each alone; then together; then other devices and other models."""
    config = model.config

    is_tight = fit_serving(config, serving, device_bytes).is_enough

    def way(action: str, changed: Serving) -> Way:
        return _way(action, fit_serving(config, changed, device_bytes), is_tight)

    for format_ in ("fp8", "int8", "int4"):
        # Between FP8 and int8 there are only the scales.
        if BITS[format_] < 0.9 * BITS[serving.format]:
            yield way(f"quantise to {format_}", replace(serving, format=format_))
    if serving.batch > 1:
        yield way(f"{serving.batch // 2} conversations at once", replace(serving, batch=serving.batch // 2))
    if CACHE_BYTES[serving.cache_format] > 1:
        yield way("keep the cache in fp8", replace(serving, cache_format="fp8"))
    shorter = _largest(
        lambda context: fit_serving(config, replace(serving, context=context), device_bytes), serving.context
    )
    shorter = shorter or 1024
    if shorter < serving.context:
        yield way(f"a context of {shorter:,} tokens", replace(serving, context=shorter))
    yield from _offload(config, serving, device_bytes)
    for format_ in dict.fromkeys((serving.format, "int4")):
        number = devices_needed(config, replace(serving, format=format_), device_bytes)
        if number and number > serving.num_devices:
            each = written(device_bytes, "bytes")
            yield Way(f"{number} devices of {each} in {format_}", "fits, cut evenly", True)
    yield from _smaller_models(model, serving, device_bytes)


def _way(action: str, fit: Fit, is_tight: bool) -> Way:
    """What a change leads to. Where all fits only just, nothing less than room to spare is enough."""
    is_enough = fit.verdict == FITS if is_tight else fit.is_enough
    return Way(action, f"needs {written(fit.need.value, 'bytes')}: {fit.verdict}", is_enough)


def _largest(fits: Callable[[int], Fit], limit: int) -> int:
    """The longest context, in steps of 256 tokens, that fits; 0 where none does."""
    low, high = 0, limit // 256
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle * 256).is_enough else (low, middle - 1)
    return low * 256


def _offload(config: ModelConfig, serving: Serving, device_bytes: float) -> Iterable[Way]:
    """Weights that are left in the computer's memory: experts where there are any, else whole layers."""
    figures = serving_figures(config, serving)
    weights, need = figures[0].value, figures[-1].value
    missing = need - device_bytes
    experts = routed_params(config)
    movable = experts * BITS[serving.format] / 8 / serving.num_devices if experts else weights * 0.95
    what = "routed experts" if experts else "layers"
    if 0 < missing <= movable:
        outside = written(missing * serving.num_devices, "bytes")
        yield Way(
            f"leave {outside} of the {what} in the computer's memory",
            "fits; that part is read at the computer's bandwidth, or computed there",
            True,
        )


def _smaller_models(model: NamedModel, serving: Serving, device_bytes: float) -> Iterable[Way]:
    """The largest distilled models that fit, where another is asked for."""
    found = 0
    for name in sorted(DISTILLED, key=lambda one: -count_params(DISTILLED[one]).total):
        if found == 2 or count_params(DISTILLED[name]).total >= count_params(model.config).total:
            continue
        config = DISTILLED[name]
        asked = replace(serving, context=min(serving.context, config.context_length))
        for format_ in ("bf16", "int8", "int4"):
            fit = fit_serving(config, replace(asked, format=format_), device_bytes)
            if fit.is_enough:
                found += 1
                yield Way(
                    f"{name} in {format_}", f"another model; needs {written(fit.need.value, 'bytes')}", True
                )
                break


def _cheapest_first(ways: tuple[Way, ...]) -> tuple[Way, ...]:
    """Those that are enough first, in the order in which they were named."""
    return tuple(sorted(ways, key=lambda way: not way.is_enough))


def answer_training(
    model: NamedModel,
    training: TrainingMemory,
    device_bytes: float,
    rollout: RolloutMemory | None = None,
) -> Answer:
    """Whether `model` can be trained, with rollouts where they are asked for. Raises ConfigError."""
    figures = training_figures(model.config, training, rollout)
    fit = Fit(figures[-1], device_bytes)
    how = "LoRA of rank " + str(training.lora_rank) if training.lora_rank else "training of all weights"
    kind = "a GRPO step with " + how if rollout else how
    what = f"{kind} of {model.name} with {training.tokens_per_pass:,} tokens a pass"
    if rollout:
        what += f" and {rollout.answers:,} answers of {rollout.length:,} tokens at once"
    where = _where(training.layout.num_devices, device_bytes)
    ways = () if fit.verdict == FITS else tuple(_training_ways(model.config, training, device_bytes, rollout))
    return Answer(
        question=f"Does {what} fit into {where}?",
        verdict=_sentence(fit, what, where),
        figures=(*figures, _margin(fit)),
        ways=_cheapest_first(ways),
    )


def _training_ways(
    config: ModelConfig, training: TrainingMemory, device_bytes: float, rollout: RolloutMemory | None
) -> Iterable[Way]:
    """What can be done, from what costs nothing to what changes the result; then all that costs nothing."""

    is_tight = Fit(training_figures(config, training, rollout)[-1], device_bytes).is_enough

    def way(action: str, changed: TrainingMemory, sampler: RolloutMemory | None) -> Way:
        return _way(action, Fit(training_figures(config, changed, sampler)[-1], device_bytes), is_tight)

    free, sampler = training, rollout
    if (training.logit_tokens or training.tokens_per_pass) > 1024:
        free = replace(free, logit_tokens=1024)
        yield way("logits of 1,024 tokens at once", free, rollout)
    if not training.has_recompute:
        yield way(
            "compute blocks again in backward (a third more arithmetic)",
            replace(training, has_recompute=True),
            rollout,
        )
        free = replace(free, has_recompute=True)
    if rollout is not None:
        if not rollout.is_shared:
            sampler = replace(rollout, is_shared=True)
            yield way("sample and train with one copy of the weights", training, sampler)
        if rollout.answers > 1:
            fewer = replace(rollout, answers=max(1, rollout.answers // 4))
            yield way(f"{fewer.answers} answers at once", training, fewer)
        if rollout.has_reference and training.lora_rank is None:
            yield way("no reference (no KL term)", training, replace(rollout, has_reference=False))
            sampler = replace(sampler or rollout, has_reference=False)
    yield _optimizer_outside(config, training, device_bytes, rollout)
    if training.layout.data > 1 and training.layout.zero < 3:
        cut = replace(training.layout, zero=3)
        yield way("ZeRO stage 3", replace(training, layout=cut), rollout)
        free = replace(free, layout=cut)
    yield way("all of these together", free, sampler)
    if training.lora_rank is None:
        lora = replace(free, lora_rank=16)
        yield way("LoRA of rank 16, and all of these", lora, sampler)
        yield way(
            "LoRA of rank 16 on int4 weights, and all of these", replace(lora, base_format="int4"), sampler
        )
    number = _replicas_needed(config, free, sampler, device_bytes)
    if number and number > training.layout.num_devices:
        yield Way(f"{number} devices with ZeRO stage 3, and all of these", "fits", True)


def _optimizer_outside(
    config: ModelConfig, training: TrainingMemory, device_bytes: float, rollout: RolloutMemory | None
) -> Way:
    """The optimizer in the computer's memory, where its step is computed too (ZeRO-Offload, arXiv
    2101.06840)."""
    figures = training_figures(config, training, rollout)
    optimizer = next(one.value for one in figures if one.name == "optimizer")
    need = figures[-1].value - optimizer
    is_enough = need <= device_bytes
    effect = (
        f"needs {written(need, 'bytes')} and {written(optimizer, 'bytes')} there: {FITS if is_enough else NO}"
    )
    return Way("keep the optimizer in the computer's memory", effect, is_enough)


def _replicas_needed(
    config: ModelConfig, training: TrainingMemory, rollout: RolloutMemory | None, device_bytes: float
) -> int | None:
    """The fewest replicas, by doubling, among which ZeRO stage 3 cuts the state so that it fits."""
    data = max(1, training.layout.data)
    while data <= 4096:
        layout = replace(training.layout, data=data, zero=3)
        need = training_figures(config, replace(training, layout=layout), rollout)[-1]
        if Fit(need, device_bytes).is_enough:
            return data * layout.tensor * layout.pipeline
        data *= 2
    return None


def total_weights(model: NamedModel) -> tuple[Figure, ...]:
    """Bytes of the weights in every format."""
    return tuple(
        count(
            f"weights in {format_}",
            weight_bytes(model.config, format_),
            "bytes",
            f"matrices x bits / 8 + rest x {4 if format_ == 'fp32' else 2}",
        )
        for format_ in BITS
    )
