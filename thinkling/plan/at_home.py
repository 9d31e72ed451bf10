"""This machine, as it was measured: which models fit, and how fast they would be."""

from __future__ import annotations

import re
from dataclasses import replace

from thinkling.models.presets import DISTILLED
from thinkling.plan.estimate import Answer, Figure, count
from thinkling.plan.fit import fit_serving
from thinkling.plan.hardware import DEVICES, Device
from thinkling.plan.memory import Serving
from thinkling.plan.quantities import written
from thinkling.plan.speed import Service, decode_speed, service_assumptions

_FORMATS = ("bf16", "int8")
"""What is held in memory here: int4 takes the room of int8 while it runs, and its time."""
_CACHE = "fp32"
"""The engine's own on a processor."""


def answer_home(device: Device, gpu: str | None = None) -> Answer:
    """Bandwidth, arithmetic, memory, and the decoding speed of every distilled model that fits, at 4,096
    tokens."""
    reading = "the fastest of several readings of a block larger than the caches"
    product = "2 x side^3 / seconds of a product in fp32"
    figures = [
        count("memory that is free", device.memory_bytes, "bytes", device.source),
        count("bandwidth", device.bandwidth, "bytes a second", reading),
        count("arithmetic", device.bf16_peak, "operations a second", product),
    ]
    speeds = [_speed(name, format_, device) for name in DISTILLED for format_ in _FORMATS]
    found = [one for one in speeds if one is not None]
    best = found[-1] if found else None
    verdict = (
        f"This machine reads {written(device.bandwidth, 'bytes')} a second and computes "
        f"{written(device.bf16_peak)} operations; "
    )
    if best is None:
        verdict += "no distilled model of R1 fits into what is free."
    else:
        verdict += f"{best.name} would write {best.value:.2g} tokens/s."
    notes = () if gpu is None else (_gpu_note(gpu),)
    config = next(iter(DISTILLED.values()))
    assumed = service_assumptions(config, device, Service(Serving(context=4096, cache_format=_CACHE)))
    return Answer("How fast is this machine?", verdict, (*figures, *found), (), notes, assumed)


def _gpu_note(gpu: str) -> str:
    """What to do about a GPU, which is not measured."""
    words = re.split(r"[^a-z0-9]+", gpu.lower().replace("rtx ", "rtx"))
    known = None if "laptop" in words else next((name for name in DEVICES if name in words), None)
    if known is None:
        return f"There is a GPU, {gpu}, which was not measured and is not in the table of devices."
    has = written(DEVICES[known].memory_bytes, "bytes")
    return (
        f"There is a GPU, {gpu}, which was not measured: thinkling plan serve --device {known} plans for one "
        f"with {has}."
    )


def _speed(name: str, format_: str, device: Device) -> Figure | None:
    """The figure of one model in one format; None where it does not fit."""
    config, serving = DISTILLED[name], Serving(format_, context=4096, cache_format=_CACHE)
    if not fit_serving(config, serving, device.memory_bytes).is_enough:
        return None
    one, _ = decode_speed(config, device, Service(serving))
    return replace(one, name=f"{name} in {format_}")
